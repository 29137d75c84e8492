import type { ModuleSamples } from '../../../test/kit/samples.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'identity.sign-in': () => ({
      email: 'nobody@agency.example',
      password: 'not a password',
      device: { name: 'x', platform: 'linux', key: 'A'.repeat(43) },
    }),
    'identity.verify-totp': () => ({ challenge: 'x'.repeat(43), code: '123456' }),
    'identity.use-recovery-code': () => ({ challenge: 'x'.repeat(43), code: 'abcd-efgh-jkmn-pqrs' }),
    'identity.step-up': () => ({ code: '123456' }),
    'identity.refresh': () => ({ refreshToken: 'x'.repeat(43), deviceKey: 'A'.repeat(43) }),
  },
  queries: { 'identity.list-sessions': () => ({ all: 'false' }) },
};
