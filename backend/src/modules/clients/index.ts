import type { ClientRow } from '@astrix/contract';
import { defineModule } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type SystemTx, type TenantTx, txNow } from '../../platform/db/index.ts';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    clients: {
      agency_id: string;
      id: string;
      name: string;
      initials: string;
      hue: ClientRow['hue'];
      reply_as: string;
      status: 'active' | 'paused';
      created_at: Date;
    };
    client_access: { agency_id: string; client_id: string; person_id: string; created_at: Date };
  }
}

async function readClients(tx: TenantTx, ids: readonly string[] | null): Promise<ClientRow[]> {
  let query = tx.selectFrom('clients').selectAll().orderBy('name');
  if (ids !== null) query = query.where('id', 'in', ids);
  const rows = await query.execute();
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    initials: row.initials,
    hue: row.hue,
    replyAs: row.reply_as,
    status: row.status,
    createdAt: row.created_at.toISOString(),
  }));
}

/** Row-level security decides which clients a person sees; a member without an entry sees none. */
async function demandMember(tx: TenantTx, personId: string): Promise<void> {
  const member = await tx
    .selectFrom('memberships')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!member) fail('not_found');
}

export type NewClient = Pick<ClientRow, 'name' | 'initials' | 'hue' | 'replyAs'> & { readonly id?: string };

export async function createAgency(
  tx: SystemTx,
  agency: { readonly id: string; readonly name: string },
): Promise<void> {
  await tx
    .insertInto('agencies')
    .values({ agency_id: agency.id, name: agency.name, created_at: txNow(tx) })
    .execute();
}

export async function createClient(tx: SystemTx, agencyId: string, client: NewClient): Promise<string> {
  const id = client.id ?? newId(txNow(tx));
  await tx
    .insertInto('clients')
    .values({
      agency_id: agencyId,
      id,
      name: client.name,
      initials: client.initials,
      hue: client.hue,
      reply_as: client.replyAs,
      status: 'active',
      created_at: txNow(tx),
    })
    .execute();
  return id;
}

export async function grantAccess(
  tx: SystemTx | TenantTx,
  agencyId: string,
  clientId: string,
  personId: string,
): Promise<void> {
  await tx
    .insertInto('client_access')
    .values({ agency_id: agencyId, client_id: clientId, person_id: personId, created_at: txNow(tx) })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

async function clientExists(tx: TenantTx, clientId: string): Promise<boolean> {
  const found = await tx.selectFrom('clients').select('id').where('id', '=', clientId).executeTakeFirst();
  return found !== undefined;
}

/** Clients of an agency and who works on them. */
export const clients = defineModule({
  name: 'clients',
  create: () => ({
    provides: { clientExists },
    readers: { clients: readClients },
    handlers: {
      'clients.list': async ({ tx }) => ({ clients: await readClients(tx, null) }),
      'clients.get': async ({ tx, params }) => (await readClients(tx, [params.clientId]))[0] ?? fail('not_found'),
      async 'clients.grant-access'({ tx, actor, params, audit }) {
        await demandMember(tx, params.personId);
        await grantAccess(tx, actor.agencyId, params.clientId, params.personId);
        await audit({ subjectType: 'person', subjectId: params.personId, clientId: params.clientId });
        return null;
      },
      async 'clients.revoke-access'({ tx, actor, params, audit }) {
        const removed = await tx
          .deleteFrom('client_access')
          .where('agency_id', '=', actor.agencyId)
          .where('client_id', '=', params.clientId)
          .where('person_id', '=', params.personId)
          .returning('person_id')
          .executeTakeFirst();
        if (!removed) fail('not_found');
        await audit({ subjectType: 'person', subjectId: params.personId, clientId: params.clientId });
        return null;
      },
    },
  }),
});
