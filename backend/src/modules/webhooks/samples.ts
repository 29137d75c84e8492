import type { ModuleSamples } from '../../../test/kit/samples.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  queries: { 'webhooks.list-dead-letters': ids => ({ after: String(ids.deadLetterId) }) },
  words: { endpoint: 'A'.repeat(43), code: 'A'.repeat(32) },
};
