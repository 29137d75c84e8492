import type { Capability, ProviderId } from '@astrix/contract';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Emit } from '../../platform/events/index.ts';
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

declare module '../../platform/events/events.ts' {
  interface Events {
    /** A connection became active, or its credential was replaced. */
    'connection.opened': ConnectionOpened;
    /** Nothing may go through a connection any more. Emitted when the end begins and again when it is complete. */
    'connection.closed': ConnectionRef;
    /** The person who consented wants their data deleted: what was read through the connection goes, wherever it is kept. */
    'connection.data-deleted': ConnectionRef;
    /** The provider told of a change: of one capability, or of everything when it is null. */
    'connection.changed': ConnectionRef & { readonly capability: Capability | null };
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

export const emitClosed = (emit: Emit, tx: SystemTx, row: ConnectionRow): Promise<void> =>
  emit(tx, 'connection.closed', refOf(row));

export const emitDataDeleted = (emit: Emit, tx: SystemTx, row: ConnectionRow): Promise<void> =>
  emit(tx, 'connection.data-deleted', refOf(row));

export const emitChanged = (
  emit: Emit,
  tx: SystemTx,
  row: ConnectionRow,
  capability: Capability | null,
): Promise<void> => emit(tx, 'connection.changed', { ...refOf(row), capability });
