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

export const Password = z.string().min(1).max(256);
/** What is safe enough is decided by the server, which says what is wrong (AU-13). Longer than the longest, so that it can say so. */
export const NewPassword = z.string().min(1).max(1024);
export const RecoveryCodes = z.array(z.string().max(20)).length(10);

export const TotpCode = z.string().regex(/^\d{6}$/, 'must be 6 digits');

/** Sixteen letters and digits; spaces and dashes are for the reader. */
export const RecoveryCode = z
  .string()
  .trim()
  .max(40)
  .regex(/^(?:[0-9a-z][\s-]*){16}$/i, 'must be 16 letters and digits');

/** Systems on which somebody signs in. */
export const DEVICE_PLATFORMS = ['win32', 'darwin', 'linux', 'cli'] as const;

export const Device = z.strictObject({
  /** Shown in the list of sessions, such as "Priya's laptop · Windows". */
  name: ShortText,
  platform: z.enum(DEVICE_PLATFORMS),
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

/** What was shown and not accepted. */
export const RefusedProof = z.enum(['password', 'code', 'recovery-code']);
export type RefusedProof = z.infer<typeof RefusedProof>;

/** What a person sees of their own security. */
export const OwnSecurity = z.strictObject({
  hasPassword: z.boolean(),
  /** The role demands a second factor: the last one cannot be removed (AU-10). */
  needsFactor: z.boolean(),
  factors: z.array(
    z.strictObject({
      id: Id,
      kind: z.enum(['totp', 'passkey']),
      label: z.string().max(120),
      createdAt: Instant,
      lastUsedAt: Instant.nullable(),
    }),
  ),
  /** How many are left. */
  recoveryCodes: z.int(),
  /** The last 50 sign-ins, the newest first. */
  signIns: z.array(
    z.strictObject({
      sessionId: Id,
      at: Instant,
      deviceName: z.string(),
      platform: z.string(),
      /** The network without the part that tells one machine from the next; null for a sign-in of an earlier version. */
      network: z.string().nullable(),
      given: z.array(z.string().max(20)),
      endedAt: Instant.nullable(),
      endReason: z.string().max(20).nullable(),
    }),
  ),
  /** The last 50 attempts that were refused, the newest first. Who tried is not known, and may have been the person. */
  refusals: z.array(z.strictObject({ at: Instant, reason: RefusedProof })),
  /** A recovery of this account that somebody started; the person can cancel it. */
  recovery: z.strictObject({ id: Id, readyAt: Instant, startedBy: Id }).nullable(),
});
export type OwnSecurity = z.infer<typeof OwnSecurity>;
