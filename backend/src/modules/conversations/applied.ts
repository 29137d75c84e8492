import type { SystemTx } from '../../platform/db/index.ts';
import type { WhatsappEvent } from '../../providers/whatsapp/events.ts';
import type { Place } from '../contacts/index.ts';

export type ChannelPlace = Place & { readonly channelId: string; readonly connectionId?: string | null };
export type Event<K extends WhatsappEvent['kind']> = Extract<WhatsappEvent, { kind: K }>;

/**
 * What became of an event. `early`: it speaks of something that has not arrived yet, so it has to be tried again; `dead` goes where a
 * person finds it.
 */
export type Applied =
  | { readonly outcome: 'applied' | 'nothing-new' }
  | { readonly outcome: 'early' | 'dead'; readonly reason: string };

export const APPLIED: Applied = { outcome: 'applied' };
export const NOTHING_NEW: Applied = { outcome: 'nothing-new' };
export const early = (reason: string): Applied => ({ outcome: 'early', reason });

/** The channels, and so the tenant, of a verified provider account; none for an account that is nobody's (WH-12). */
export async function findChannels(
  tx: SystemTx,
  account: { readonly accountId: string | null; readonly businessId: string | null },
): Promise<ChannelPlace[]> {
  const { accountId, businessId } = account;
  if (accountId === null && businessId === null) return [];
  return tx
    .selectFrom('channels')
    .select(['agency_id as agencyId', 'client_id as clientId', 'id as channelId', 'connection_id as connectionId'])
    .where('provider', '=', 'whatsapp')
    .where('connection_id', 'is not', null)
    .$if(accountId !== null, query => query.where('account_id', '=', accountId))
    .$if(accountId === null, query => query.where('business_account_id', '=', businessId))
    .execute();
}
