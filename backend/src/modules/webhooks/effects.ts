import { expiresAt } from '@astrix/contract';
import { sql } from 'kysely';
import { type SystemTx, txNow } from '../../platform/db/index.ts';

type Event = { readonly provider: string; readonly natural_key: string };

/**
 * The right to the one effect of an event, for ever as far as copies go: a delivery and its dead letter live thirty days, and so does this from
 * the moment of the effect (WH-08). False for a copy.
 */
export async function takeEffect(tx: SystemTx, { provider, natural_key }: Event): Promise<boolean> {
  const now = txNow(tx);
  const taken = await sql`
    insert into webhook_effects (key, expires_at)
    values (${`${provider}/${natural_key}`}, ${expiresAt('conversation', now)}) on conflict do nothing returning key`.execute(
    tx,
  );
  return taken.rows.length === 1;
}
