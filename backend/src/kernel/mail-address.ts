const MOST_LOCAL = 64;
const MOST_ADDRESS = 254;
/** An atom of RFC 5321 with the letters of all scripts (RFC 6531). No quoted form: nobody has one, and it can carry anything. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** As a browser writes it, which is punycode for other scripts; empty for what is more or less than a name. */
function asciiDomain(text: string): string {
  const url = /[\s/?#@:\\%[\]]/.test(text) ? null : URL.parse(`http://${text}`);
  return url?.hostname ?? '';
}

/**
 * An address as mail servers take it: one spelling of its letters, the domain in lower case and in ASCII (punycode). The part before the @
 * stays in its script. Null for what is not the address of one mailbox.
 */
export function mailAddress(text: string): string | null {
  const trimmed = text.trim().normalize('NFC');
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.substring(0, at);
  const domain = asciiDomain(trimmed.substring(at + 1));
  const address = `${local}@${domain}`;
  const fits = Buffer.byteLength(local) <= MOST_LOCAL && Buffer.byteLength(address) <= MOST_ADDRESS;
  return at > 0 && fits && LOCAL.test(local) && DOMAIN.test(domain) ? address : null;
}
