import { z } from 'zod';
import { DeviceKey, Id, Instant, ShortText, Token } from '../fields.ts';

export const SignedIn = z.strictObject({
  step: z.literal('signed-in'),
  accessToken: Token,
  /** Seconds the access token lives; at most 900 (AU-06). */
  accessExpiresIn: z.int().max(900),
  refreshToken: Token,
  sessionId: Id,
  personId: Id,
  agencyId: Id,
});
export type SignedIn = z.infer<typeof SignedIn>;

export const TotpNeeded = z.strictObject({ step: z.literal('totp'), challenge: Token, expiresIn: z.int() });

export const TotpCode = z.string().regex(/^\d{6}$/, 'must be 6 digits');

/** Sixteen letters and digits; spaces and dashes are for the reader. */
export const RecoveryCode = z
  .string()
  .trim()
  .max(40)
  .regex(/^(?:[0-9a-z][\s-]*){16}$/i, 'must be 16 letters and digits');

export const Device = z.strictObject({
  /** Shown in the list of sessions, such as "Priya's laptop · Windows". */
  name: ShortText,
  platform: z.enum(['win32', 'darwin', 'linux', 'cli']),
  key: DeviceKey,
});

export const SessionView = z.strictObject({
  id: Id,
  personId: Id,
  personName: z.string(),
  deviceName: z.string(),
  platform: z.string(),
  createdAt: Instant,
  lastSeenAt: Instant,
  current: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;
