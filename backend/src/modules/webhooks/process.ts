import { expiresAt } from '@astrix/contract';
import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import { type Db, type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { type Log, type Metrics, nameOf } from '../../platform/telemetry/index.ts';
import { type Applied, type Exploded, type PendingEvent, type StoredDelivery, sourceOf } from './sources.ts';

const DELIVERIES_AT_ONCE = 50;
const EVENTS_AT_ONCE = 100;
/** Customers worked on at the same time by one process; half of the connections stay free for people. */
const LANES = 6;
const MAX_ATTEMPTS = 5;

export type ProcessDeps = { readonly db: Db; readonly log: Log; readonly metrics: Metrics };

/** Works until nothing is left that is due: deliveries into events, events into effects. Any number of workers may do it at once. */
export async function processAll(deps: ProcessDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    const exploded = await explodeSome(deps.db);
    const processed = await processSome(deps);
    if ((exploded === 0 && processed === 0) || signal.aborted) return;
  }
}

/** Takes deliveries apart and forgets their bytes, in one transaction: no event is lost and none is made twice. */
async function explodeSome(db: Db): Promise<number> {
  return withSystem(db, 'webhook-process', async tx => {
    const deliveries = await tx
      .selectFrom('webhook_deliveries')
      .selectAll()
      .orderBy('id')
      .limit(DELIVERIES_AT_ONCE)
      .forUpdate()
      .skipLocked()
      .execute();
    if (deliveries.length === 0) return 0;
    const events = [];
    for (const delivery of deliveries)
      for (const event of await sourceOf(delivery.provider).explode(tx, delivery))
        events.push(eventRow(event, delivery));
    for (let from = 0; from < events.length; from += 500)
      await tx
        .insertInto('webhook_events')
        .values(events.slice(from, from + 500))
        .execute();
    await tx
      .deleteFrom('webhook_deliveries')
      .where(
        'id',
        'in',
        deliveries.map(delivery => delivery.id),
      )
      .execute();
    return deliveries.length;
  });
}

const eventRow = (event: Exploded, delivery: StoredDelivery) => ({
  id: newId(delivery.received_at),
  provider: delivery.provider,
  account_id: event.accountId,
  business_id: event.businessId,
  connection_id: delivery.connection_id,
  verified: delivery.verified,
  topic: sourceOf(delivery.provider).topic,
  entity: event.entity,
  kind: event.kind,
  natural_key: event.naturalKey,
  payload: JSON.stringify(event.payload),
  agency_id: null,
  client_id: null,
  reason: null,
  received_at: delivery.received_at,
  next_at: delivery.received_at,
  expires_at: delivery.expires_at,
});

async function processSome(deps: ProcessDeps): Promise<number> {
  const due = await withSystem(deps.db, 'webhook-process', async tx =>
    tx
      .selectFrom('webhook_events')
      .select([
        'id',
        'provider',
        'account_id',
        'business_id',
        'connection_id',
        'verified',
        'entity',
        'natural_key',
        'payload',
        'attempts',
        'expires_at',
      ])
      .where('state', '=', 'pending')
      .where('next_at', '<=', txNow(tx))
      .orderBy('seq')
      .limit(EVENTS_AT_ONCE)
      .execute(),
  );
  const lanes = [...Map.groupBy(due, event => `${event.provider}/${event.entity}`).values()];
  const work = async () => {
    for (let lane = lanes.shift(); lane; lane = lanes.shift()) for (const event of lane) await processOne(deps, event);
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return due.length;
}

/** One event, one transaction: the effect, the marker and the end of the event stand or fall together. */
async function processOne(deps: ProcessDeps, event: PendingEvent): Promise<void> {
  try {
    const outcome = await withSystem(deps.db, 'webhook-process', tx => applyOnce(tx, event));
    deps.metrics.webhookEvents.inc({ outcome });
  } catch (error) {
    const early = error instanceof TooEarly;
    deps.metrics.webhookEvents.inc({ outcome: early ? 'early' : 'error' });
    if (!early) deps.log.warn('webhook event failed', { error: nameOf(error), attempt: event.attempts + 1 });
    const reason = early ? error.message : nameOf(error);
    await withSystem(deps.db, 'webhook-process', tx => postpone(tx, event, reason));
  }
}

/** Undoes the attempt, the marker included: what the event speaks of may arrive at any moment (WH-10). */
class TooEarly extends Error {}

async function applyOnce(tx: SystemTx, event: PendingEvent): Promise<Outcome> {
  // Two events about one customer never run at the same moment; their order does not matter to the result (WH-10).
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${event.provider}/${event.entity}`}, 1))`.execute(tx);
  const mine = await tx
    .selectFrom('webhook_events')
    .select('id')
    .where('id', '=', event.id)
    .where('state', '=', 'pending')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!mine) return 'elsewhere';
  if (!(await takeMarker(tx, markerOf(event)))) {
    await finish(tx, event.id);
    return 'copy';
  }
  const applied = await sourceOf(event.provider).apply(tx, event);
  if (applied.outcome === 'out-of-order') throw new TooEarly(applied.reason);
  if (applied.outcome === 'dead') await bury(tx, event, { reason: applied.reason, attempts: event.attempts });
  else await finish(tx, event.id);
  return applied.outcome;
}

type Outcome = Applied['outcome'] | 'elsewhere' | 'copy';

/** To the dead letters, where a person finds it: one for each event, however often it is delivered again. */
async function bury(tx: SystemTx, event: PendingEvent, why: { reason: string; attempts: number }): Promise<void> {
  const buried = await tx
    .selectFrom('webhook_events')
    .select('id')
    .where('state', '=', 'dead')
    .where('provider', '=', event.provider)
    .where('natural_key', '=', event.natural_key)
    .executeTakeFirst();
  if (buried) return void (await finish(tx, event.id));
  // The marker stands for an effect, and there was none: a replay within five minutes must not be taken for a copy.
  await tx.deleteFrom('webhook_markers').where('key', '=', markerOf(event)).execute();
  const whose = await sourceOf(event.provider).whose(tx, event);
  await tx
    .updateTable('webhook_events')
    .set({ ...why, state: 'dead', agency_id: whose?.agencyId ?? null, client_id: whose?.clientId ?? null })
    .where('id', '=', event.id)
    .where('state', '=', 'pending')
    .execute();
}

const finish = (tx: SystemTx, id: string) => tx.deleteFrom('webhook_events').where('id', '=', id).execute();

const markerOf = (event: PendingEvent) => `${event.provider}/${event.natural_key}`;

/** Exactly 300 seconds, shared by all workers, atomic (WH-07). False when a copy came within that time. */
async function takeMarker(tx: SystemTx, key: string): Promise<boolean> {
  const until = expiresAt('webhook-marker', txNow(tx));
  const taken = await sql`
    insert into webhook_markers (key, expires_at) values (${key}, ${until})
    on conflict (key) do update set expires_at = excluded.expires_at where webhook_markers.expires_at <= astrix_now() returning key`.execute(
    tx,
  );
  return taken.rows.length === 1;
}

/** 1, 4, 16, 64 seconds; then a person has to look. */
async function postpone(tx: SystemTx, event: PendingEvent, reason: string): Promise<void> {
  const attempts = event.attempts + 1;
  if (attempts >= MAX_ATTEMPTS) return bury(tx, event, { reason, attempts });
  await tx
    .updateTable('webhook_events')
    .set({ attempts, reason, next_at: new Date(txNow(tx).getTime() + 4 ** event.attempts * 1000) })
    .where('id', '=', event.id)
    .where('state', '=', 'pending')
    .execute();
}
