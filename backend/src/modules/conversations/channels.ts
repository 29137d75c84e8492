import type { ProviderId } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { TenantRef } from '../../kernel/tenant.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { Hears } from '../../platform/events/index.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import type { ConnectionOpened } from '../connections/index.ts';
import { forgetNotices } from './account-notices.ts';
import './tables.ts';

/** A connected account of a client that customers write to. */
export type ChannelRef = TenantRef & {
  readonly channelId: string;
  readonly provider: ProviderId;
  readonly connectionId: string | null;
};

/**
 * The channels, and so the tenants, of a verified provider account; none for an account that no client has connected (WH-12). An event that
 * names only the business account concerns every channel of it.
 */
export async function findChannels(
  tx: SystemTx,
  account: {
    readonly provider: ProviderId;
    readonly accountId: string | null;
    readonly businessId: string | null;
  },
): Promise<ChannelRef[]> {
  const { provider, accountId, businessId } = account;
  if (accountId === null && businessId === null) return [];
  return tx
    .selectFrom('channels')
    .select([
      'agency_id as agencyId',
      'client_id as clientId',
      'id as channelId',
      'provider',
      'connection_id as connectionId',
    ])
    .where('provider', '=', provider)
    .where('connection_id', 'is not', null)
    .$if(accountId !== null, query => query.where('account_id', '=', accountId))
    .$if(accountId === null, query => query.where('business_account_id', '=', businessId))
    .execute();
}

/**
 * Opens the channel of an account that was connected, or whose credential is new. An account that this client had before continues its
 * conversations. Fails with `already_connected` when the account is connected for another client. Answers the channel's id; null for a
 * connection that no channel belongs to.
 */
export async function openChannel(tx: SystemTx, opened: ConnectionOpened): Promise<string | null> {
  const { messaging } = PROVIDERS[opened.provider];
  const { clientId } = opened;
  if (!messaging || clientId === null) return null;
  const { businessField } = messaging;
  const values = {
    connection_id: opened.connectionId,
    business_account_id: (businessField ? opened.settings[businessField] : undefined) ?? null,
    address: opened.accountName,
    status: 'active' as const,
  };
  const known = await tx
    .selectFrom('channels')
    .select(['id', 'agency_id', 'client_id', 'connection_id'])
    .where('provider', '=', opened.provider)
    .where('account_id', '=', opened.accountId)
    .orderBy('created_at', 'desc')
    .execute();
  const isOwn = (row: (typeof known)[number]) => row.agency_id === opened.agencyId && row.client_id === clientId;
  if (known.some(row => row.connection_id !== null && !isOwn(row))) failConnectedElsewhere();
  const before = known.find(isOwn);
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
          client_id: clientId,
          provider: opened.provider,
          account_id: opened.accountId,
          token_sealed: null,
          created_at: txNow(tx),
          ...values,
        })
        .onConflict(conflict => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
  return saved?.id ?? failConnectedElsewhere();
}

const failConnectedElsewhere = (): never =>
  fail('already_connected', { detail: 'This account is connected for another client. Disconnect it there first.' });

/** What customers wrote stays until it expires. The channel sends and receives nothing more. */
async function closeChannel(tx: SystemTx, agencyId: string, connectionId: string): Promise<void> {
  await tx
    .updateTable('channels')
    .set({ connection_id: null, status: 'broken' })
    .where('agency_id', '=', agencyId)
    .where('connection_id', '=', connectionId)
    .execute();
  await forgetNotices(tx, agencyId, connectionId);
}

/** A channel follows its connection in the same transaction, so that no message finds one without the other. */
export const channelHears: Hears = {
  async 'connection.opened'(tx, opened) {
    await openChannel(tx, opened);
  },
  'connection.closed': (tx, { agencyId, connectionId }) => closeChannel(tx, agencyId, connectionId),
};
