import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { DeviceKey, Email, Id, Token } from '../fields.ts';
import { ROLES, Role } from '../roles.ts';
import { agencyChange, agencyRead, publicChange, publicRead } from '../route.ts';
import { Device, RecoveryCode, SessionView, SignedIn, TotpCode, TotpNeeded } from './views.ts';

/** Sign-in, sessions and devices. */
export const identity = defineFeature('identity', {
  permissions: {
    'session.own': ROLES,
    'session.any': ['owner', 'admin'],
  },
  routes: {
    'sign-in': publicChange({
      path: '/v1/auth/sign-in',
      summary: 'Sign in with e-mail and password; answers a session, or asks for the second factor',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 60,
      audit: 'session.start',
      body: z.strictObject({ email: Email, password: z.string().min(1).max(256), device: Device }),
      reply: z.discriminatedUnion('step', [SignedIn, TotpNeeded]),
      errors: ['sign_in_refused', 'locked_out', 'forbidden', 'passkey_needed'],
    }),
    'verify-totp': publicChange({
      path: '/v1/auth/totp',
      summary: 'Finish a sign-in with the authenticator code',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 60,
      audit: 'session.start',
      body: z.strictObject({ challenge: Token, code: TotpCode }),
      reply: SignedIn,
      errors: ['totp_refused', 'challenge_expired', 'locked_out'],
    }),
    'use-recovery-code': publicChange({
      path: '/v1/auth/recovery-code',
      summary: 'Finish a sign-in with a recovery code in place of the authenticator; the code is used up',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 60,
      audit: 'session.start',
      body: z.strictObject({ challenge: Token, code: RecoveryCode }),
      reply: SignedIn,
      errors: ['recovery_code_refused', 'challenge_expired', 'locked_out'],
    }),
    'step-up': agencyChange({
      reaches: 'vault',
      window: true,
      method: 'POST',
      path: '/v1/auth/step-up',
      summary: 'Prove that it is still you; counts for five minutes in this session (AU-12)',
      permission: 'session.own',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 30,
      audit: 'session.step-up',
      body: z.union([
        z.strictObject({ code: TotpCode }),
        z.strictObject({ recoveryCode: RecoveryCode }),
        z.strictObject({ password: z.string().min(1).max(256) }),
      ]),
      reply: z.null(),
      replyStatus: 204,
      errors: ['totp_refused', 'recovery_code_refused', 'sign_in_refused', 'locked_out'],
    }),
    refresh: publicChange({
      path: '/v1/auth/refresh',
      summary: 'Exchange the refresh token for the next one; reuse ends the session family',
      dataClasses: ['credentials'],
      ratePerMinute: 120,
      audit: 'session.refresh',
      body: z.strictObject({ refreshToken: z.string().min(1).max(512), deviceKey: DeviceKey }),
      reply: SignedIn,
      errors: ['session_ended', 'session_expired'],
    }),
    'sign-out': agencyChange({
      method: 'POST',
      path: '/v1/auth/sign-out',
      summary: 'End the session that makes the request',
      permission: 'session.own',
      dataClasses: ['account'],
      audit: 'session.end',
      reply: z.null(),
      replyStatus: 204,
    }),
    me: agencyRead({
      path: '/v1/me',
      summary: 'Who is signed in, in which agency, with which permissions',
      permission: 'session.own',
      dataClasses: ['account'],
      reply: z.strictObject({
        person: z.strictObject({ id: Id, name: z.string(), role: Role }),
        agency: z.strictObject({ id: Id, name: z.string() }),
        permissions: z.array(z.string().max(60)),
        sessionId: Id,
      }),
    }),
    'list-sessions': agencyRead({
      path: '/v1/sessions',
      summary: 'Live sessions: your own, or with `all` everybody’s in the agency for owners and admins',
      permission: 'session.own',
      dataClasses: ['account', 'security-telemetry'],
      ratePerMinute: 60,
      query: z.strictObject({ all: z.stringbool().default(false) }),
      reply: z.strictObject({ sessions: z.array(SessionView) }),
    }),
    'end-session': agencyChange({
      method: 'DELETE',
      path: '/v1/sessions/:sessionId',
      summary: 'End a session; its live stream closes within 5 seconds',
      permission: 'session.own',
      dataClasses: ['account'],
      audit: 'session.revoke',
      params: z.strictObject({ sessionId: Id }),
      reply: z.null(),
      replyStatus: 204,
      errors: ['not_found'],
    }),
    'demo-people': publicRead({
      path: '/v1/demo/people',
      summary: 'Demo only: who can sign in, with the password and the current code; absent outside the demo',
      dataClasses: ['public'],
      ratePerMinute: 120,
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
      errors: ['not_found'],
    }),
  },
});
