import type { Capability, ProviderId } from '@astrix/contract';
import { type Selectable, sql } from 'kysely';
import { type Schema, type SystemTx, txNow } from '../../platform/db/index.ts';
import type { RejectedFact } from '../../providers/validate-facts.ts';
import type { ConnectionRef } from '../connections/index.ts';
import './tables.ts';

export type CursorRow = Selectable<Schema['import_cursors']>;

/** How long a process has a cursor to itself before another may go on: longer than one page takes. */
const CLAIM_SECONDS = 300;

const after = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000);

/** Begins to import from a connection; one that is imported already is asked at once. */
export async function addCursors(
  tx: SystemTx,
  ref: ConnectionRef,
  capabilities: readonly Capability[],
  ifKnown: 'ask-now' | 'leave',
): Promise<void> {
  if (capabilities.length === 0) return;
  const now = txNow(tx);
  const rows = capabilities.map(capability => ({
    agency_id: ref.agencyId,
    connection_id: ref.connectionId,
    capability,
    client_id: ref.clientId,
    provider: ref.provider,
    read_until: null,
    reread_at: null,
    run_kind: null,
    run_since: null,
    run_until: null,
    cursor: null,
    changed_at: null,
    due_at: now,
    claim: null,
    claimed_until: null,
  }));
  await tx
    .insertInto('import_cursors')
    .values(rows)
    .onConflict(conflict => {
      const same = conflict.columns(['agency_id', 'connection_id', 'capability']);
      return ifKnown === 'leave' ? same.doNothing() : same.doUpdateSet({ due_at: now, failures: 0 });
    })
    .execute();
}

/** The provider told of a change: the next run begins now, or when the one under way has ended. */
export async function markChanged(
  tx: SystemTx,
  { agencyId, connectionId }: Pick<ConnectionRef, 'agencyId' | 'connectionId'>,
  capability: Capability | null,
): Promise<void> {
  const now = txNow(tx);
  await tx
    .updateTable('import_cursors')
    .set({ changed_at: now, due_at: sql`least(due_at, ${now})` })
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .$if(capability !== null, query => query.where('capability', '=', capability))
    .execute();
}

/** Forgets everything about a connection that has ended. */
export async function forgetConnection(
  tx: SystemTx,
  { agencyId, connectionId }: Pick<ConnectionRef, 'agencyId' | 'connectionId'>,
): Promise<void> {
  await tx
    .deleteFrom('import_cursors')
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .execute();
  await tx
    .deleteFrom('import_odd_rows')
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .execute();
}

/** Takes cursors that are due and that nobody works on, the longest due first. */
export async function claimDue(
  tx: SystemTx,
  claim: string,
  capabilities: readonly Capability[],
  most: number,
): Promise<CursorRow[]> {
  const now = txNow(tx);
  const due = await tx
    .selectFrom('import_cursors')
    .select(['agency_id', 'connection_id', 'capability'])
    .where('due_at', '<=', now)
    .where('capability', 'in', ['', ...capabilities])
    .where(where => where.or([where('claimed_until', 'is', null), where('claimed_until', '<=', now)]))
    .orderBy('due_at')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute();
  const taken: CursorRow[] = [];
  for (const row of due)
    taken.push(
      await updateCursor(tx, row, { claim, claimed_until: after(now, CLAIM_SECONDS) })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
  return taken;
}

type KeyOf = Pick<CursorRow, 'agency_id' | 'connection_id' | 'capability'>;

const updateCursor = (tx: SystemTx, { agency_id, connection_id, capability }: KeyOf, change: Partial<CursorRow>) =>
  tx
    .updateTable('import_cursors')
    .set(change)
    .where('agency_id', '=', agency_id)
    .where('connection_id', '=', connection_id)
    .where('capability', '=', capability);

/** Locks a cursor that is still ours; null when its claim has expired and another process has it, or its connection has ended. */
export async function lockMine(tx: SystemTx, row: CursorRow): Promise<CursorRow | null> {
  const mine = await tx
    .selectFrom('import_cursors')
    .selectAll()
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.connection_id)
    .where('capability', '=', row.capability)
    .where('claim', '=', row.claim)
    .forUpdate()
    .executeTakeFirst();
  return mine ?? null;
}

/** Changes a cursor that is ours and keeps it. */
export const moveOn = (tx: SystemTx, row: KeyOf, change: Partial<CursorRow>): Promise<CursorRow> =>
  updateCursor(tx, row, { ...change, claimed_until: after(txNow(tx), CLAIM_SECONDS) })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Gives a cursor back, to be asked again at `due_at`. */
export async function release(
  tx: SystemTx,
  row: CursorRow,
  change: Partial<CursorRow> & { readonly due_at: Date },
): Promise<void> {
  await updateCursor(tx, row, { ...change, claim: null, claimed_until: null })
    .where('claim', '=', row.claim)
    .execute();
}

/** Keeps the rows that could not be used, lets go of those that have been read well, and answers how many are left aside. */
export async function keepOdd(
  tx: SystemTx,
  row: CursorRow,
  rejected: readonly RejectedFact[],
  readWell: readonly string[],
): Promise<number> {
  const of = { agency_id: row.agency_id, connection_id: row.connection_id, capability: row.capability };
  const now = txNow(tx);
  if (readWell.length > 0)
    await tx
      .deleteFrom('import_odd_rows')
      .where('agency_id', '=', of.agency_id)
      .where('connection_id', '=', of.connection_id)
      .where('capability', '=', of.capability)
      .where('key', 'in', readWell)
      .execute();
  for (const [key, { reason, times }] of byKey(rejected))
    await tx
      .insertInto('import_odd_rows')
      .values({ ...of, key, client_id: row.client_id, reason, times, first_at: now, last_at: now })
      .onConflict(conflict =>
        conflict
          .columns(['agency_id', 'connection_id', 'capability', 'key'])
          .doUpdateSet({ reason, last_at: now, times: sql`greatest(import_odd_rows.times, excluded.times)` }),
      )
      .execute();
  const { total } = await tx
    .selectFrom('import_odd_rows')
    .select(({ fn }) => fn.sum<number | null>('times').as('total'))
    .where('agency_id', '=', of.agency_id)
    .where('connection_id', '=', of.connection_id)
    .where('capability', '=', of.capability)
    .executeTakeFirstOrThrow();
  return Number(total ?? 0);
}

/** Rows without a readable key are counted together, under the empty one; a row with a key is one, however often it was told. */
function byKey(rejected: readonly RejectedFact[]): Map<string, { readonly reason: string; readonly times: number }> {
  const found = new Map<string, { readonly reason: string; readonly times: number }>();
  for (const { key, reason } of rejected) {
    const before = found.get(key ?? '')?.times ?? 0;
    found.set(key ?? '', { reason, times: key === null ? before + 1 : 1 });
  }
  return found;
}

export const providerOfRow = ({ provider }: CursorRow) => provider as ProviderId;
