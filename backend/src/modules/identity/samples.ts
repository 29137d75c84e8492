import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { addFactor } from './factors/factors.ts';

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
    'identity.change-password': () => ({ current: 'not the password', next: 'mango tuesday lantern' }),
    'identity.confirm-totp': () => ({ setup: 'x'.repeat(43), code: '123456', label: 'Phone' }),
    'identity.step-up': () => ({ code: '123456' }),
    'identity.refresh': () => ({ refreshToken: 'x'.repeat(43), deviceKey: 'A'.repeat(43) }),
  },
  planted: ['factorId'],
  plant: async (tx, { personId, mark }) => ({
    factorId: await addFactor(tx, { personId, kind: 'passkey', label: mark }),
  }),
  queries: { 'identity.list-sessions': () => ({ all: 'false' }) },
};
