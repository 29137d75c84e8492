import type { ModuleSamples } from '../../../test/kit/samples.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'contacts.set-opt-out': () => ({ optedOut: false, reason: 'asked on the phone' }),
    'contacts.answer-stop-hint': (_, now) => ({ choice: 'keep', hintAt: now.toISOString() }),
  },
};
