import { expiresAt } from '@astrix/contract';
import { sql } from 'kysely';
import { type SystemTx, txNow } from '../../platform/db/index.ts';

/** docs/decisions/0020-webhook-events.md says which of these, and which natural key, protects what. */
type Key = { readonly provider: string; readonly natural_key: string };

const keyOf = ({ provider, natural_key }: Key) => `${provider}/${natural_key}`;

/** Exactly 300 seconds, shared by all workers, atomic (WH-07). False when a copy came within that time. */
export async function takeMarker(tx: SystemTx, key: Key): Promise<boolean> {
  const until = expiresAt('webhook-marker', txNow(tx));
  const taken = await sql`
    insert into webhook_markers (key, expires_at) values (${keyOf(key)}, ${until})
    on conflict (key) do update set expires_at = excluded.expires_at where webhook_markers.expires_at <= astrix_now() returning key`.execute(
    tx,
  );
  return taken.rows.length === 1;
}

/**
 * The right to the one effect of an event, for as long as a copy of it may come: a delivery and its dead letter are kept for thirty days, and so
 * is this, from the moment of the effect (WH-08). False for a copy.
 */
export async function takeEffect(tx: SystemTx, key: Key): Promise<boolean> {
  const taken = await sql`
    insert into webhook_effects (key, expires_at)
    values (${keyOf(key)}, ${expiresAt('conversation', txNow(tx))}) on conflict do nothing returning key`.execute(tx);
  return taken.rows.length === 1;
}
