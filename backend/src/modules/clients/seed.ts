import type { DemoCast } from '../../composition/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import { grantAccess } from '../identity/index.ts';
import { createClient } from './change.ts';

/** The clients of the demo, and who works on which. */
export async function seedClients(tx: SystemTx, { agency, clients, people }: DemoCast): Promise<void> {
  for (const client of clients) await createClient(tx, agency.id, client);
  for (const person of people) {
    if (person.clients === 'all') continue;
    for (const n of person.clients) await grantAccess(tx, agency.id, clients[n]!.id, person.id);
  }
}
