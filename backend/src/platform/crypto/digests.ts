import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

export const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

export const hmacSha256 = (key: string | Buffer, data: string | Buffer): Buffer =>
  createHmac('sha256', key).update(data).digest();

/** Constant-time for equal lengths and never throws: a different length is simply not equal (WH-02). */
export function equalDigests(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Compares texts of any length in time that depends on neither. */
export const equalTexts = (a: string, b: string): boolean => equalDigests(sha256(a), sha256(b));

/** `bytes` random bytes in base64url. */
export const randomToken = (bytes: number): string => randomBytes(bytes).toString('base64url');

/** One key for one purpose out of the KEK (HKDF-SHA-256), so that no key serves twice. */
export const deriveKey = (kek: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', kek, 'astrix', purpose, 32));
