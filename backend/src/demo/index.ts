import type { DemoCast } from '../composition/index.ts';
import { DEMO_AGENCY, DEMO_CLIENTS, DEMO_PASSWORD, DEMO_PEOPLE, OTHER_AGENCY } from './people.ts';
import { storiesAt } from './threads.ts';

export { DEMO_CLIENTS } from './people.ts';

/** Everybody who appears in the demo. */
export const DEMO: DemoCast = {
  agency: DEMO_AGENCY,
  otherAgency: OTHER_AGENCY,
  password: DEMO_PASSWORD,
  people: DEMO_PEOPLE,
  clients: DEMO_CLIENTS,
  threadsOf: ({ id }, now) =>
    storiesAt(now)[DEMO_CLIENTS.findIndex(client => client.id === id)]?.map(({ thread }) => thread) ?? [],
};
