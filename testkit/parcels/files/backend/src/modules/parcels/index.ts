import { expiresAt, type RowOf } from '@astrix/contract';
import type { Selectable } from 'kysely';
import { defineModule } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { type Schema, type TenantTx, txActor, txNow } from '../../platform/db/index.ts';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    parcels: {
      agency_id: string;
      client_id: string;
      id: string;
      awb: string;
      content: string;
      status: 'waiting' | 'collected';
      updated_at: Date;
      version: number;
      expires_at: Date;
    };
  }
}

const parcelRow = (row: Selectable<Schema['parcels']>): RowOf<'parcels'> => ({
  id: row.id,
  clientId: row.client_id,
  awb: row.awb,
  content: row.content,
  status: row.status,
  updatedAt: row.updated_at.toISOString(),
  version: row.version,
  expiresAt: row.expires_at.toISOString(),
});

async function readParcels(tx: TenantTx, ids: readonly string[]) {
  const rows = await tx.selectFrom('parcels').selectAll().where('id', 'in', ids).execute();
  return rows.map(parcelRow);
}

type NewParcel = { readonly parcelId: string; readonly awb: string; readonly content: string };

/** Adding the same parcel again changes nothing; an id that is taken elsewhere is refused like one that does not exist. */
async function addParcel(tx: TenantTx, clientId: string, { parcelId, awb, content }: NewParcel) {
  const now = txNow(tx);
  const added = await tx
    .insertInto('parcels')
    .values({
      agency_id: txActor(tx).agencyId,
      client_id: clientId,
      id: parcelId,
      awb,
      content,
      status: 'waiting',
      updated_at: now,
      version: 1,
      expires_at: expiresAt('temporary-file', now),
    })
    .onConflict(conflict => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  const [known] = added ? [] : await readParcels(tx, [parcelId]);
  if (added) return parcelRow(added);
  return known?.clientId === clientId ? known : fail('not_found');
}

async function collectParcel(tx: TenantTx, clientId: string, parcelId: string) {
  const row = await tx
    .updateTable('parcels')
    .set(column => ({ status: 'collected', updated_at: txNow(tx), version: column('version', '+', 1) }))
    .where('id', '=', parcelId)
    .where('client_id', '=', clientId)
    .returningAll()
    .executeTakeFirst();
  return row ? parcelRow(row) : fail('not_found');
}

/** Parcels that wait at the agency's desk until a client collects them. */
export const parcels = defineModule({
  name: 'parcels',
  create: () => ({
    readers: { parcels: readParcels },
    handlers: {
      async 'parcels.list'({ tx, params }) {
        const rows = await tx
          .selectFrom('parcels')
          .selectAll()
          .where('client_id', '=', params.clientId)
          .orderBy('updated_at', 'desc')
          .limit(500)
          .execute();
        return { parcels: rows.map(parcelRow) };
      },
      async 'parcels.add'({ tx, params, body, audit }) {
        const parcel = await addParcel(tx, params.clientId, body);
        await audit({ subjectType: 'parcel', subjectId: parcel.id });
        return parcel;
      },
      async 'parcels.collect'({ tx, params, audit }) {
        const parcel = await collectParcel(tx, params.clientId, params.parcelId);
        await audit({ subjectType: 'parcel', subjectId: parcel.id });
        return parcel;
      },
    },
  }),
});
