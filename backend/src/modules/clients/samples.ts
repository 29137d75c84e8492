import { NO_PROFILE } from '@astrix/contract';
import type { ModuleSamples } from '../../../test/kit/samples.ts';
import { newId } from '../../kernel/ids.ts';
import { txNow } from '../../platform/db/index.ts';

/** What the suites that cut across all routes send to this module. */
export const samples: ModuleSamples = {
  bodies: {
    // Another name each time: no two clients have the same.
    'clients.create': () => ({ name: `Neem ${newId()}`, initials: 'NC', replyAs: 'Neem & Co' }),
    'clients.update': () => ({ replyAs: 'The shop' }),
    'clients.set-features': () => ({ off: [] }),
    // The client stays in use, for the routes that are asked after these.
    'clients.pause': () => ({ paused: false }),
    'clients.set-retention': () => ({ retention: 'days-30' }),
    'clients.archive': () => ({ archived: false }),
    'clients.schedule-deletion': () => ({ action: 'cancel' }),
    'clients.save-profile': () => ({ ...NO_PROFILE, version: 1 }),
  },
  async plant(tx, { agencyId, clientId, mark }) {
    const contacts = [{ name: mark, role: '', email: null, phone: null }];
    await tx
      .insertInto('client_profiles')
      .values({
        agency_id: agencyId,
        id: clientId,
        client_id: clientId,
        contacts: JSON.stringify(contacts),
        hours: null,
        holidays: '[]',
        languages: [],
        version: 1,
        updated_at: txNow(tx),
      })
      .execute();
    return {};
  },
};
