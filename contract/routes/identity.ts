import { z } from 'zod';
import { DeviceKey, Email, Id, Instant, ShortText, Token } from '../fields.ts';
import { PERMISSION_NAMES, Role } from '../roles.ts';
import { defineRoute } from '../route.ts';

const SignedIn = z.strictObject({
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

const TotpNeeded = z.strictObject({ step: z.literal('totp'), challenge: Token, expiresIn: z.int() });

export const Device = z.strictObject({
  /** Shown in the list of sessions, such as "Priya's laptop · Windows". */
  name: ShortText,
  platform: z.enum(['win32', 'darwin', 'linux', 'cli']),
  key: DeviceKey,
});

export const signIn = defineRoute({
  id: 'identity.sign-in',
  method: 'POST',
  path: '/v1/auth/sign-in',
  summary: 'Sign in with e-mail and password; answers a session, or asks for the second factor',
  auth: 'public',
  scope: 'none',
  permission: null,
  dataClasses: ['account', 'credentials'],
  ratePerMinute: 60,
  bodyLimit: 4096,
  idempotency: 'natural',
  audit: 'session.start',
  body: z.strictObject({ email: Email, password: z.string().min(1).max(256), device: Device }),
  reply: z.discriminatedUnion('step', [SignedIn, TotpNeeded]),
  replyStatus: 200,
  errors: ['sign_in_refused', 'locked_out', 'forbidden'],
});

export const verifyTotp = defineRoute({
  id: 'identity.verify-totp',
  method: 'POST',
  path: '/v1/auth/totp',
  summary: 'Finish a sign-in with the authenticator code',
  auth: 'public',
  scope: 'none',
  permission: null,
  dataClasses: ['account', 'credentials'],
  ratePerMinute: 60,
  bodyLimit: 4096,
  idempotency: 'natural',
  audit: 'session.start',
  body: z.strictObject({ challenge: Token, code: z.string().regex(/^\d{6}$/, 'must be 6 digits') }),
  reply: SignedIn,
  replyStatus: 200,
  errors: ['totp_refused', 'challenge_expired', 'locked_out'],
});

export const refresh = defineRoute({
  id: 'identity.refresh',
  method: 'POST',
  path: '/v1/auth/refresh',
  summary: 'Exchange the refresh token for the next one; reuse ends the session family',
  auth: 'public',
  scope: 'none',
  permission: null,
  dataClasses: ['credentials'],
  ratePerMinute: 120,
  bodyLimit: 4096,
  idempotency: 'natural',
  audit: 'session.refresh',
  body: z.strictObject({ refreshToken: z.string().min(1).max(512), deviceKey: DeviceKey }),
  reply: SignedIn,
  replyStatus: 200,
  errors: ['session_ended', 'session_expired'],
});

export const signOut = defineRoute({
  id: 'identity.sign-out',
  method: 'POST',
  path: '/v1/auth/sign-out',
  summary: 'End the session that makes the request',
  auth: 'session',
  scope: 'agency',
  permission: 'session.own',
  dataClasses: ['account'],
  ratePerMinute: 60,
  bodyLimit: 1024,
  idempotency: 'natural',
  audit: 'session.end',
  reply: z.null(),
  replyStatus: 204,
  errors: [],
});

export const me = defineRoute({
  id: 'identity.me',
  method: 'GET',
  path: '/v1/me',
  summary: 'Who is signed in, in which agency, with which permissions',
  auth: 'session',
  scope: 'agency',
  permission: 'session.own',
  dataClasses: ['account'],
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  reply: z.strictObject({
    person: z.strictObject({ id: Id, name: z.string(), role: Role }),
    agency: z.strictObject({ id: Id, name: z.string() }),
    permissions: z.array(z.enum(PERMISSION_NAMES as [string, ...string[]])),
    sessionId: Id,
  }),
  replyStatus: 200,
  errors: [],
});

const SessionView = z.strictObject({
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

export const listSessions = defineRoute({
  id: 'identity.list-sessions',
  method: 'GET',
  path: '/v1/sessions',
  summary: 'Live sessions: your own, or with `all` everybody’s in the agency for owners and admins',
  auth: 'session',
  scope: 'agency',
  permission: 'session.own',
  dataClasses: ['account', 'security-telemetry'],
  ratePerMinute: 60,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  query: z.strictObject({ all: z.stringbool().default(false) }),
  reply: z.strictObject({ sessions: z.array(SessionView) }),
  replyStatus: 200,
  errors: [],
});

export const endSession = defineRoute({
  id: 'identity.end-session',
  method: 'DELETE',
  path: '/v1/sessions/:sessionId',
  summary: 'End a session; its live stream closes within 5 seconds',
  auth: 'session',
  scope: 'agency',
  permission: 'session.own',
  dataClasses: ['account'],
  ratePerMinute: 60,
  bodyLimit: 1024,
  idempotency: 'natural',
  audit: 'session.revoke',
  params: z.strictObject({ sessionId: Id }),
  reply: z.null(),
  replyStatus: 204,
  errors: ['not_found'],
});

export const demoPeople = defineRoute({
  id: 'identity.demo-people',
  method: 'GET',
  path: '/v1/demo/people',
  summary: 'Demo only: who can sign in, with the password and the current code; absent outside the demo',
  auth: 'public',
  scope: 'none',
  permission: null,
  dataClasses: ['public'],
  ratePerMinute: 120,
  bodyLimit: 0,
  idempotency: 'natural',
  audit: null,
  reply: z.strictObject({
    people: z.array(
      z.strictObject({
        name: z.string(),
        email: z.string(),
        password: z.string(),
        role: Role,
        about: z.string(),
        code: z.string().nullable(),
        codeExpiresIn: z.int().nullable(),
      }),
    ),
  }),
  replyStatus: 200,
  errors: ['not_found'],
});
