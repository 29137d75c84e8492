import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { RECEIPT, SITE } from '../../../test/tenancy/house-connections.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'connections.start': ids => ({
      provider: 'jira',
      shared: false,
      connectionId: ids.connectionId,
      loopbackPort: 45_454,
    }),
    'connections.claim': () => ({ receipt: RECEIPT }),
    'connections.confirm': () => ({ receipt: RECEIPT, accountId: SITE }),
    // Answered before any key leaves: what a form is sent to is tested with the connections.
    'connections.connect-key': ids => ({ provider: 'jira', shared: false, connectionId: ids.connectionId, fields: {} }),
    'connections.set-switch': ids => ({
      scope: 'connection',
      subject: ids.spareConnectionId,
      off: true,
      reason: 'a drill',
      revoke: false,
    }),
    'connections.set-provider-access': () => ({ denied: ['canva'] }),
  },
  words: { provider: 'jira', capability: 'tasks' },
};
