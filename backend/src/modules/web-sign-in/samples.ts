import type { ModuleSamples } from '../../../test/kit/samples.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'web-sign-in.exchange': () => ({
      code: 'x'.repeat(43),
      verifier: 'v'.repeat(43),
      port: 50_000,
      device: { name: 'x', platform: 'linux', key: 'A'.repeat(43) },
    }),
    'web-sign-in.set-ways': () => ({ ways: ['password', 'passkey'] }),
    'web-sign-in.set-provider': () => ({
      label: 'Nowhere',
      issuer: 'http://127.0.0.1:9',
      clientId: 'client',
      clientSecret: 'not a secret',
      domains: ['agency.example'],
      factorValues: [],
      roleClaim: null,
      roles: [],
    }),
  },
};
