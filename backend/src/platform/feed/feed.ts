import type { CollectionName, RowOf } from '@astrix/contract';
import { sql } from 'kysely';
import type { TenantTx } from '../db/index.ts';
import './tables.ts';

/** Where a reader stands: everything of a transaction before `xid`, and of `xid` itself up to `seq`, is known. */
export type FeedPosition = { readonly xid: string; readonly seq: number };
export type Change = FeedPosition & {
  /** One of the contract's collections, or the name of one that an older version had. */
  readonly collection: string;
  readonly rowId: string;
  readonly clientId: string | null;
  readonly op: 'put' | 'gone';
};

export const FEED_START: FeedPosition = { xid: '0', seq: 0 };

/** `<epoch>.<xid>.<seq>`; opaque to everybody else. */
export const encodeCursor = (epoch: string, at: FeedPosition): string => `${epoch}.${at.xid}.${at.seq}`;

/** Null for a cursor that is malformed or of another database. */
export function decodeCursor(epoch: string, cursor: string): FeedPosition | null {
  const [of, xid, seq] = cursor.split('.');
  if (of !== epoch || !xid || !/^\d{1,19}$/.test(xid) || !seq || !/^\d{1,15}$/.test(seq)) return null;
  return { xid, seq: Number(seq) };
}

export async function readEpoch(tx: TenantTx): Promise<string> {
  const row = await tx.selectFrom('deployment').select('epoch').executeTakeFirstOrThrow();
  return row.epoch;
}

/**
 * The next changes after `since`, in the order of transactions, and only of transactions below the oldest that still runs: whoever
 * commits later has a later place, so nobody is ever skipped. The order is that of the numbers: as text, 100 would stand before 99.
 */
export async function readChanges(
  tx: TenantTx,
  since: FeedPosition,
  limit: number,
  onlyClient: string | null = null,
): Promise<Change[]> {
  const ofClient = onlyClient === null ? sql`true` : sql`client_id = ${onlyClient}::uuid`;
  const { rows } = await sql<{
    collection: string;
    row_id: string;
    client_id: string | null;
    op: 'put' | 'gone';
    xid: string;
    seq: number;
  }>`
    select collection, row_id, client_id, op, changes.xid::text as xid, seq from changes
    where (changes.xid, seq) > (${since.xid}::xid8, ${since.seq}::bigint) and changes.xid < pg_snapshot_xmin(pg_current_snapshot())
      and agency_id = (select astrix_agency()) and ${ofClient}
    order by changes.xid, seq limit ${limit}`.execute(tx);
  return rows.map(row => ({
    collection: row.collection,
    rowId: row.row_id,
    clientId: row.client_id,
    op: row.op,
    xid: row.xid,
    seq: row.seq,
  }));
}

/** Reads rows of one collection by id, as the contract shapes them, under the tenant's RLS policies. Ids without a row are left out. */
export type CollectionReader<C extends CollectionName = CollectionName> = (
  tx: TenantTx,
  ids: readonly string[],
) => Promise<RowOf<C>[]>;
export type CollectionReaders = { readonly [C in CollectionName]: CollectionReader<C> };
