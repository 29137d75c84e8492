import type { ModuleSamples } from '../../../test/kit/samples.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: { 'audit.export': () => ({ group: 'sign-in' }) },
  queries: { 'audit.list': ({ clientId }) => ({ clientId: clientId! }) },
};
