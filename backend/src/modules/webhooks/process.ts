import type { ProviderId } from '@astrix/contract';
import { sql } from 'kysely';
import type { Services } from '../../composition/index.ts';
import { newId } from '../../kernel/ids.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { InboundEvent } from '../../providers/messaging.ts';
import { deadLetter, postpone, type Tenant } from './dead-letters.ts';
import { type Applied, dead, NOTHING_NEW, ProviderChange, type WebhookEvent } from './events.ts';
import { takeEffect, takeMarker } from './once.ts';
import { type Split, split } from './split.ts';
import { lockKeyOf, type PendingEvent } from './tables.ts';

const DELIVERIES_AT_ONCE = 50;
/** Deliveries that are split before events take effect again, so that the accounts behind a burst are known early. */
const SPLITS_IN_A_ROW = 10;
const EVENTS_AT_ONCE = 100;
/** Entities worked on at the same time by one process; half of the database connections stay free for people. */
const CONCURRENCY = 6;

export type ProcessDeps = Pick<Services, 'db' | 'log' | 'metrics' | 'emit' | 'ports'>;

/** Works until nothing is left that is due: deliveries into events, events into effects. Any number of workers may do it at once. */
export async function processAll(deps: ProcessDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    let isSplitting = true;
    for (let times = 0; times < SPLITS_IN_A_ROW && isSplitting; times++) isSplitting = (await splitSome(deps)) > 0;
    const ended = await applySome(deps);
    if ((!isSplitting && ended === 0) || signal.aborted) return;
  }
}

/** Splits deliveries into events and deletes their bytes, in one transaction: no event is lost and none is made twice. */
async function splitSome({ db, ports }: ProcessDeps): Promise<number> {
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
    const rows = [];
    for (const delivery of deliveries) {
      const account = delivery.connection_id === null ? null : await ports.connectedAccount(tx, delivery.connection_id);
      for (const event of split(delivery, account)) rows.push(rowOf(event, delivery));
    }
    for (let from = 0; from < rows.length; from += 500)
      await tx
        .insertInto('webhook_events')
        .values(rows.slice(from, from + 500))
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

type Stored = {
  readonly provider: string;
  readonly connection_id: string | null;
  readonly verified: boolean;
  readonly received_at: Date;
  readonly expires_at: Date;
};

const rowOf = (event: Split, delivery: Stored) => ({
  id: newId(delivery.received_at),
  provider: delivery.provider,
  topic: event.topic,
  account_id: event.accountId,
  business_id: event.businessId,
  connection_id: delivery.connection_id,
  verified: delivery.verified,
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

/**
 * The oldest of each account, then the second of each, and so on: a burst of one account keeps nobody else waiting. Answers how many have
 * come to an end; what another process works on is left to it.
 */
async function applySome(deps: ProcessDeps): Promise<number> {
  const due = await withSystem(deps.db, 'webhook-process', dueInTurns);
  let ended = 0;
  const entities = [...Map.groupBy(due, lockKeyOf).values()];
  const work = async () => {
    for (let events = entities.shift(); events; events = entities.shift())
      for (const event of events) if (await processOne(deps, event)) ended += 1;
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return ended;
}

/** The accounts are found by steps through the index, so that the length of the queue does not matter. */
async function dueInTurns(tx: SystemTx): Promise<PendingEvent[]> {
  const { rows } = await sql<PendingEvent>`
    with recursive accounts as (
      (select coalesce(account_id, '') as account from webhook_events where state = 'pending' order by 1 limit 1)
      union all
      select (
        select coalesce(account_id, '') from webhook_events
        where state = 'pending' and coalesce(account_id, '') > accounts.account order by 1 limit 1
      ) from accounts where account is not null
    )
    select id, provider, topic, account_id, business_id, connection_id, verified, entity, natural_key, payload, attempts
    from accounts cross join lateral (
      select *, row_number() over (order by seq) as turn from webhook_events
      where state = 'pending' and coalesce(account_id, '') = account and next_at <= ${txNow(tx)}
      order by seq limit ${EVENTS_AT_ONCE}
    ) waiting
    order by turn, seq limit ${EVENTS_AT_ONCE}`.execute(tx);
  return rows;
}

/** Rolls the transaction of an event back that was not applied: its marker and its effect are free again for the next attempt. */
class NotApplied extends Error {
  readonly result: Extract<Applied, { readonly reason: string }>;
  constructor(result: NotApplied['result']) {
    super(result.reason);
    this.result = result;
  }
}

/**
 * One event, one transaction: the effect, the marker and the end of the event are committed together or not at all. False when another
 * process works on it.
 */
async function processOne(deps: ProcessDeps, event: PendingEvent): Promise<boolean> {
  const { db, log, metrics } = deps;
  let tenant: Tenant | null = null;
  const claim = (of: Tenant) => {
    tenant = of;
  };
  try {
    const outcome = await withSystem(db, 'webhook-process', tx => applyOnce(deps, tx, event, claim));
    metrics.webhookEvents.inc({ outcome });
    return outcome !== 'elsewhere';
  } catch (error) {
    const result = error instanceof NotApplied ? error.result : null;
    metrics.webhookEvents.inc({ outcome: result?.outcome ?? 'error' });
    if (result === null) log.warn('webhook event failed', { error: nameOf(error), attempt: event.attempts + 1 });
    const reason = result?.reason ?? nameOf(error);
    const inTheEnd = result?.outcome === 'out-of-order' ? result.inTheEnd : 'dead';
    const gaveUp = await withSystem(db, 'webhook-process', async tx => {
      if (result?.outcome !== 'dead') return postpone(tx, event, { reason, tenant, inTheEnd });
      await deadLetter(tx, event, { reason, attempts: event.attempts, tenant });
      return 'dead';
    });
    if (gaveUp === 'foreign') metrics.webhookEvents.inc({ outcome: 'foreign' });
    return true;
  }
}

type Outcome = Applied['outcome'] | 'elsewhere' | 'copy';

async function applyOnce(
  deps: ProcessDeps,
  tx: SystemTx,
  event: PendingEvent,
  claim: (tenant: Tenant) => void,
): Promise<Outcome> {
  // Two events of one entity never run at the same moment; their order does not matter to the result (WH-10). Who holds one goes on with
  // the others of it, so waiting for the lock would only keep a connection busy.
  const { rows } = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${lockKeyOf(event)}, 1)) as free`.execute(tx);
  if (rows[0]?.free !== true) return 'elsewhere';
  const mine = await tx
    .selectFrom('webhook_events')
    .select('id')
    .where('id', '=', event.id)
    .where('state', '=', 'pending')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!mine) return 'elsewhere';
  const isCopy = !(await takeMarker(tx, event));
  const result = isCopy ? NOTHING_NEW : await apply(deps, tx, event, claim);
  if (result.outcome === 'dead' || result.outcome === 'out-of-order') throw new NotApplied(result);
  await tx.deleteFrom('webhook_events').where('id', '=', event.id).execute();
  return isCopy ? 'copy' : result.outcome;
}

/** Lets the modules hear the event. Messages have natural keys of their own; a change has its effect once (WH-08). */
async function apply(
  { emit }: ProcessDeps,
  tx: SystemTx,
  event: PendingEvent,
  claim: (tenant: Tenant) => void,
): Promise<Applied> {
  const results: Applied[] = [];
  const about: Omit<WebhookEvent<never>, 'event'> = {
    provider: event.provider as ProviderId,
    connectionId: event.connection_id,
    accountId: event.account_id,
    businessId: event.business_id,
    verified: event.verified,
    claim,
    settle: result => void results.push(result),
  };
  if (event.topic === 'inbound') {
    const inbound = InboundEvent.safeParse(event.payload);
    if (!inbound.success) return dead(UNREADABLE);
    await emit(tx, 'webhook.inbound', { ...about, event: inbound.data });
  } else {
    const change = ProviderChange.safeParse(event.payload);
    if (!change.success) return dead(UNREADABLE);
    const concernsNobody = event.connection_id === null && event.account_id === null;
    if (change.data.kind === 'nothing' && concernsNobody) return NOTHING_NEW;
    if (!(await takeEffect(tx, event))) return NOTHING_NEW;
    await emit(tx, 'webhook.changed', { ...about, event: change.data });
  }
  return strongest(results);
}

const UNREADABLE = 'an event in a form that this version does not know';

/** In this order: one hearer that has to wait makes all wait; one that applied it is enough. */
const STRENGTH: readonly Applied['outcome'][] = ['out-of-order', 'applied', 'nothing-new', 'foreign', 'dead'];

const strongest = (results: readonly Applied[]): Applied =>
  results.toSorted((one, other) => STRENGTH.indexOf(one.outcome) - STRENGTH.indexOf(other.outcome))[0] ??
  dead('an event that no part of the program takes');
