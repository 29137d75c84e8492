import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Secret } from '../../kernel/secret.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { Hears } from '../../platform/events/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { ConnectionOpened } from '../connections/index.ts';
import { keepToken } from './token.ts';
import './tables.ts';

export type NewChannel = {
  readonly id?: string;
  readonly clientId: string;
  readonly accountId: string;
  readonly businessAccountId?: string;
  readonly displayPhone: string;
  readonly token: Secret;
};

/** Demo and tests: a sending number of a client under the id of its connection, with its credential in the vault. */
export async function createChannel(
  tx: SystemTx,
  vault: Vault,
  agencyId: string,
  channel: NewChannel,
): Promise<string> {
  const id = channel.id ?? newId(txNow(tx));
  await tx
    .insertInto('channels')
    .values({
      agency_id: agencyId,
      id,
      client_id: channel.clientId,
      provider: 'whatsapp',
      account_id: channel.accountId,
      business_account_id: channel.businessAccountId ?? null,
      display_phone: channel.displayPhone,
      token_sealed: null,
      connection_id: id,
      status: 'active',
      notice: null,
      created_at: txNow(tx),
    })
    .execute();
  await keepToken(vault, tx, { agency_id: agencyId, connection_id: id, client_id: channel.clientId }, channel.token);
  return id;
}

/** A number that was connected, or got a new key. A number that this client had before continues its conversations. */
async function openChannel(tx: SystemTx, opened: ConnectionOpened & { readonly clientId: string }): Promise<void> {
  const values = {
    connection_id: opened.connectionId,
    business_account_id: opened.settings.businessAccountId ?? null,
    display_phone: opened.accountName,
    status: 'active' as const,
  };
  const before = await tx
    .selectFrom('channels')
    .select('id')
    .where('agency_id', '=', opened.agencyId)
    .where('client_id', '=', opened.clientId)
    .where('account_id', '=', opened.accountId)
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  const saved = before
    ? await tx
        .updateTable('channels')
        .set(values)
        .where('agency_id', '=', opened.agencyId)
        .where('id', '=', before.id)
        .returning('id')
        .executeTakeFirst()
    : await tx
        .insertInto('channels')
        .values({
          agency_id: opened.agencyId,
          id: newId(txNow(tx)),
          client_id: opened.clientId,
          provider: 'whatsapp',
          account_id: opened.accountId,
          token_sealed: null,
          notice: null,
          created_at: txNow(tx),
          ...values,
        })
        .onConflict(conflict => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
  if (!saved)
    fail('already_connected', { detail: 'This number is connected for another client. Disconnect it there first.' });
}

/** What customers wrote stays until it expires. The channel sends and receives nothing more. */
async function closeChannel(tx: SystemTx, agencyId: string, connectionId: string): Promise<void> {
  await tx
    .updateTable('channels')
    .set({ connection_id: null, status: 'broken' })
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .execute();
}

/** A channel follows its connection in the same transaction, so that no message finds one without the other. */
export const channelHears: Hears = {
  async 'connection.opened'(tx, opened) {
    const { clientId } = opened;
    if (opened.provider === 'whatsapp' && clientId !== null) await openChannel(tx, { ...opened, clientId });
  },
  'connection.closed': (tx, { agencyId, connectionId }) => closeChannel(tx, agencyId, connectionId),
};
