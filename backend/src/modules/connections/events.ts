import type { Capability, ProviderId } from '@astrix/contract';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Emit } from '../../platform/events/index.ts';
import type { ConnectionRows } from '../../providers/read-connection.ts';
import type { ConnectionRow } from './repo.ts';
import { settingsOf } from './repo.ts';

export type ConnectionRef = {
  readonly agencyId: string;
  /** Null for a connection that all clients of the agency share. */
  readonly clientId: string | null;
  readonly connectionId: string;
  readonly provider: ProviderId;
};

export type ConnectionOpened = ConnectionRef & {
  readonly accountId: string;
  readonly accountName: string;
  /** What the person typed into the provider's form, without its secrets. */
  readonly settings: Readonly<Record<string, string>>;
};

/** Whoever hears it deletes what it keeps of the connection, and says how many rows these were: a receipt states the sum. */
type Deletion = { readonly deleted: (rows: number) => void };

declare module '../../platform/events/events.ts' {
  interface Events {
    /** A connection became active, or its credential was replaced. */
    'connection.opened': ConnectionOpened;
    /** Nothing may go through a connection any more. Emitted when the end begins, and again when it is complete. */
    'connection.closed': ConnectionRef & Deletion & { readonly complete: boolean };
    /** The person who consented wants their data deleted: what was read through the connection goes, wherever it is kept. */
    'connection.data-deleted': ConnectionRef & Deletion;
    /** The provider told of a change, or that access has ended: of one capability, or of everything when it is null. */
    'connection.changed': ConnectionRef & { readonly capability: Capability | null };
    /** Everything that one capability lists was read, the newest rows at least. Not emitted for the result of a search. */
    'connection.read': ConnectionRef & { readonly capability: Capability; readonly found: ConnectionRows };
  }
}

export const refOf = (row: ConnectionRow): ConnectionRef => ({
  agencyId: row.agency_id,
  clientId: row.client_id,
  connectionId: row.id,
  provider: row.provider as ProviderId,
});

export const emitOpened = (emit: Emit, tx: SystemTx, row: ConnectionRow): Promise<void> =>
  emit(tx, 'connection.opened', {
    ...refOf(row),
    accountId: row.account_id,
    accountName: row.account_name,
    settings: settingsOf(row).form,
  });

/** Answers how many rows other modules have deleted. */
export async function emitClosed(emit: Emit, tx: SystemTx, row: ConnectionRow, complete: boolean): Promise<number> {
  const { rows, deleted } = countDeleted();
  await emit(tx, 'connection.closed', { ...refOf(row), complete, deleted });
  return rows();
}

/** Answers how many rows other modules have deleted. */
export async function emitDataDeleted(emit: Emit, tx: SystemTx, row: ConnectionRow): Promise<number> {
  const { rows, deleted } = countDeleted();
  await emit(tx, 'connection.data-deleted', { ...refOf(row), deleted });
  return rows();
}

function countDeleted(): Deletion & { readonly rows: () => number } {
  let sum = 0;
  return {
    rows: () => sum,
    deleted: rows => {
      sum += rows;
    },
  };
}

export const emitChanged = (
  emit: Emit,
  tx: SystemTx,
  row: ConnectionRow,
  capability: Capability | null,
): Promise<void> => emit(tx, 'connection.changed', { ...refOf(row), capability });

export const emitRead = (
  emit: Emit,
  tx: SystemTx,
  row: ConnectionRow,
  capability: Capability,
  found: ConnectionRows,
): Promise<void> => emit(tx, 'connection.read', { ...refOf(row), capability, found });
