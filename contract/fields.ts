import { z } from 'zod';

/** Field types that many schemas share. Every string has a maximum; nothing unbounded enters the system. */

/** UUIDv7 where we make it; any UUID is accepted as an opaque id (AZ-08). */
export const Id = z.uuid();
export const Instant = z.iso.datetime({ offset: true });
/** 32 random bytes, base64url: a device's own secret, kept in its keychain (AU-05). */
export const DeviceKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url');
export const Token = z.string().min(20).max(512);
/** A domain in another script is kept in its ASCII form, in which it has one spelling; text that is no address stays as it is. */
function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  if (!/[^\0-\x7f]/.test(domain) || /[\s/?#:@\\]/.test(domain)) return address;
  const url = URL.parse(`http://${domain}`);
  return url === null ? address : `${address.slice(0, at + 1)}${url.hostname}`;
}

/** What zod takes for an address, and top-level domains of other scripts in their ASCII form. */
const ADDRESS =
  /^(?:[a-z0-9_'+-]+\.)*[a-z0-9_'+-]*[a-z0-9_+-]@(?:[a-z0-9][a-z0-9-]*\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;

export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .overwrite(text => asciiDomain(text.normalize('NFC')))
  .pipe(z.email({ pattern: ADDRESS }));
export const ShortText = z.string().trim().min(1).max(120);
/** WhatsApp allows 4 096 characters of text. */
export const MessageText = z.string().trim().min(1, 'must not be empty').max(4096, 'must be at most 4,096 characters');
export const NoteText = z.string().trim().min(1, 'must not be empty').max(4000, 'must be at most 4,000 characters');
export const Tag = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(32)
  .regex(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} _-]*$/u, 'may hold letters, digits, spaces, - and _');
export const Cursor = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_.-]*$/);
