/**
 * The bytes of a text in base64, base64url or lower-case hex; null unless it is their one spelling. Base64 has spare bits in its last
 * letter, and Node forgives more than that: a second spelling of the same bytes is a changed bit.
 */
export function bytesOf(text: string, encoding: 'base64' | 'base64url' | 'hex'): Buffer | null {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : null;
}
