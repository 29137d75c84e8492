import type { ProviderId } from '@astrix/contract';
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
  }
}

const refOf = (row: ConnectionRow): ConnectionRef => ({
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
