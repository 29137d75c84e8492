import type { ClientRow } from '@astrix/contract';
import { freeMark } from '@astrix/contract/clients/marks';
import { defineModule, type Seed } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type SystemTx, type TenantTx, txNow } from '../../platform/db/index.ts';
import { grantAccess, isMember, revokeAccess } from '../identity/index.ts';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    clients: {
      agency_id: string;
      id: string;
      name: string;
      initials: string;
      hue: ClientRow['hue'];
      shade: ClientRow['shade'];
      shape: ClientRow['shape'];
      reply_as: string;
      status: 'active' | 'paused';
      created_at: Date;
    };
  }
}

async function readClients(tx: TenantTx, ids: readonly string[] | null): Promise<ClientRow[]> {
  let query = tx.selectFrom('clients').selectAll().orderBy('name').orderBy('id');
  if (ids !== null) query = query.where('id', 'in', ids);
  const rows = await query.execute();
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    initials: row.initials,
    hue: row.hue,
    shade: row.shade,
    shape: row.shape,
    replyAs: row.reply_as,
    status: row.status,
    createdAt: row.created_at.toISOString(),
  }));
}

export type NewClient = Pick<ClientRow, 'name' | 'initials' | 'hue' | 'replyAs'> & { readonly id?: string };

/** Adds a client to an agency. `hue` is a wish: the client gets a mark that no other client of the agency has. */
export async function createClient(tx: SystemTx, agencyId: string, client: NewClient): Promise<string> {
  const id = client.id ?? newId(txNow(tx));
  const taken = await tx
    .selectFrom('clients')
    .select(['hue', 'shade', 'shape', 'initials'])
    .where('agency_id', '=', agencyId)
    .execute();
  const mark = freeMark(taken, client.initials, client.hue);
  if (!mark) throw new Error('Every mark is taken by clients with these initials. Give the client other initials.');
  await tx
    .insertInto('clients')
    .values({
      agency_id: agencyId,
      id,
      name: client.name,
      initials: client.initials,
      ...mark,
      reply_as: client.replyAs,
      status: 'active',
      created_at: txNow(tx),
    })
    .execute();
  return id;
}

/** Row-level security decides which clients a person sees: an unknown id and one of another agency are answered alike. */
export async function clientExists(tx: TenantTx, clientId: string): Promise<boolean> {
  const found = await tx.selectFrom('clients').select('id').where('id', '=', clientId).executeTakeFirst();
  return found !== undefined;
}

/** The clients that the tenant of this transaction sees, by id. */
export async function visibleClientIds(tx: TenantTx): Promise<string[]> {
  const clients = await tx.selectFrom('clients').select('id').orderBy('id').execute();
  return clients.map(client => client.id);
}

const clientsSeed: Seed = {
  after: ['identity'],
  async run(tx, { agency, clients, people }) {
    for (const client of clients) await createClient(tx, agency.id, client);
    for (const person of people) {
      if (person.clients === 'all') continue;
      for (const n of person.clients) await grantAccess(tx, agency.id, clients[n]!.id, person.id);
    }
  },
};

/** Clients of an agency and who works on them. */
export const clients = defineModule({
  name: 'clients',
  create: () => ({
    provides: { clientExists },
    readers: { clients: readClients },
    seed: clientsSeed,
    handlers: {
      'clients.list': async ({ tx }) => ({ clients: await readClients(tx, null) }),
      'clients.get': async ({ tx, params }) => (await readClients(tx, [params.clientId]))[0] ?? fail('not_found'),
      async 'clients.grant-access'({ tx, actor, params, audit }) {
        if (!(await isMember(tx, params.personId))) fail('not_found');
        await grantAccess(tx, actor.agencyId, params.clientId, params.personId);
        await audit({ subjectType: 'person', subjectId: params.personId });
        return null;
      },
      async 'clients.revoke-access'({ tx, actor, params, audit }) {
        const removed = await revokeAccess(tx, actor.agencyId, params.clientId, params.personId);
        if (!removed) fail('not_found');
        await audit({ subjectType: 'person', subjectId: params.personId });
        return null;
      },
    },
  }),
});
