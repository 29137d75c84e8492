import { equalDigests, hmacSha256, randomToken, sha256 } from '../../../platform/crypto/index.ts';

/** Opaque tokens. The prefix lets a secret scanner recognise one that got out. */
const ACCESS_PREFIX = 'astrix-access-';
const REFRESH_PREFIX = 'astrix-refresh-';

export const newAccessToken = (): string => `${ACCESS_PREFIX}${randomToken(32)}`;

export const hashToken = (token: string): Buffer => sha256(token);

/**
 * The refresh token of one generation of a session. It is computed and never stored, so that the same successor can be answered
 * again to a device whose reply got lost (AU-05), and a copy of the database holds none.
 */
export function refreshToken(key: Buffer, sessionId: string, generation: number, salt: Buffer): string {
  return `${REFRESH_PREFIX}${sessionId}.${generation}.${macOf(key, sessionId, generation, salt).toString('base64url')}`;
}

export type RefreshClaim = { readonly sessionId: string; readonly generation: number; readonly mac: Buffer };

const SHAPE =
  /^astrix-refresh-([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/;

export function readRefreshToken(token: string): RefreshClaim | null {
  const [, sessionId, generation, mac] = SHAPE.exec(token) ?? [];
  if (!sessionId || !generation || !mac) return null;
  const bytes = Buffer.from(mac, 'base64url');
  // The last letter has two spare bits: one token has one spelling.
  if (bytes.toString('base64url') !== mac) return null;
  return { sessionId, generation: Number(generation), mac: bytes };
}

export function refreshTokenHolds(key: Buffer, claim: RefreshClaim, salt: Buffer): boolean {
  return equalDigests(claim.mac, macOf(key, claim.sessionId, claim.generation, salt));
}

const macOf = (key: Buffer, sessionId: string, generation: number, salt: Buffer) =>
  hmacSha256(key, Buffer.concat([salt, Buffer.from(`${sessionId}.${generation}`)]));
