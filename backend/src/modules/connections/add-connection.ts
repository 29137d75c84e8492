import type { ProviderId } from '@astrix/contract';
import type { Secret } from '../../kernel/secret.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { ConnectionOpened } from './events.ts';
import type { Settings } from './tables.ts';

export type NewConnection = {
  readonly id: string;
  readonly agencyId: string;
  readonly clientId: string | null;
  readonly provider: ProviderId;
  readonly accountId: string;
  readonly accountName: string;
  readonly accountDetail: string | null;
  /** What the provider says about the account; nothing unless it is given. */
  readonly account?: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Secret>>;
};

/** Demo and tests: a connection that works from now on, without a call to its provider. */
export async function addConnection(tx: SystemTx, vault: Vault, connection: NewConnection): Promise<ConnectionOpened> {
  await tx
    .insertInto('connections')
    .values({
      agency_id: connection.agencyId,
      id: connection.id,
      client_id: connection.clientId,
      provider: connection.provider,
      status: 'active',
      account_id: connection.accountId,
      account_name: connection.accountName,
      account_detail: connection.accountDetail,
      settings: JSON.stringify({
        account: connection.account ?? {},
        form: connection.form,
        extras: {},
      } satisfies Settings),
      vault_id: connection.id,
      connected_at: txNow(tx),
    })
    .execute();
  const { agencyId, clientId, id } = connection;
  for (const [name, value] of Object.entries(connection.secrets))
    await vault.put(tx, { agencyId, clientId, connectionId: id }, name, value);
  const { provider, accountId, accountName } = connection;
  return { agencyId, clientId, connectionId: id, provider, accountId, accountName, settings: connection.form };
}
