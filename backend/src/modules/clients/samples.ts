import { NO_PROFILE } from '@astrix/contract';
import type { ModuleSamples } from '../../../test/kit/samples.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    'clients.create': () => ({ name: 'Neem & Co', initials: 'NC', replyAs: 'Neem & Co' }),
    'clients.update': () => ({ replyAs: 'The shop' }),
    'clients.set-features': () => ({ off: [] }),
    'clients.pause': () => ({ paused: true }),
    'clients.archive': () => ({ archived: true }),
    'clients.schedule-deletion': () => ({ action: 'schedule', name: 'Nobody' }),
    'clients.save-profile': () => ({ ...NO_PROFILE, version: 0 }),
  },
};
