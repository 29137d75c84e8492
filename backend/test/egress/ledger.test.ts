import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { manualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { type Actor, type Db, withSystem, withTenant } from '../../src/platform/db/index.ts';
import { type CallLedger, type Connection, createCallLedger, type Egress } from '../../src/platform/egress/index.ts';
import { sweepOnce } from '../../src/platform/retention/index.ts';
import { createLog, createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { openTestDb, START } from '../world.ts';
import { ask, connection, createPeer, egressTo, type Peer, send } from './peer.ts';

let peer: Peer;
let db: Db;
let drop: () => Promise<void>;
let clock: ManualClock;
let ledger: CallLedger;
let egress: Egress;
beforeAll(async () => {
  clock = manualClock(START);
  ({ db, drop } = await openTestDb(clock));
  peer = await createPeer();
});
beforeEach(() => {
  peer.asked.length = 0;
  peer.answer = (_, reply) => send(reply, 200, { ok: true });
  ledger = createCallLedger({ db, log: silentLog, metrics: createMetrics() });
  egress = egressTo({ sandbox: peer.url, ledger, clock, random: () => 0 });
});
afterEach(() => egress.close());
afterAll(async () => {
  await peer.close();
  await drop();
});

const owner = (of: Connection, over: Partial<Actor> = {}): Actor => ({
  agencyId: of.agencyId,
  personId: newId(),
  role: 'owner',
  sessionId: newId(),
  clientIds: 'all',
  ...over,
});
const callsOf = (of: Connection, actor = owner(of)) =>
  withTenant(db, actor, tx =>
    tx
      .selectFrom('provider_calls')
      .selectAll()
      .where('connection_id', '=', of.connectionId)
      .orderBy('at')
      .orderBy('id')
      .execute(),
  );

describe('VT-13: every call of a connection is in the ledger', () => {
  test('by whom, what for, to which path, how it went; each attempt; and never what was in it', async () => {
    const who = connection();
    const secretParts = { id: 'parcel-of-asha', token: 'sk_live_1', phone: '+919999900001', words: 'namaste' };
    const request = ask({
      connection: who,
      parameters: { id: secretParts.id },
      query: { phone: secretParts.phone },
      headers: { authorization: `Bearer ${secretParts.token}` },
      method: 'POST',
      effect: 'idempotent-write',
      body: { json: { text: secretParts.words } },
    });
    peer.answer = (_, reply) => {
      if (peer.asked.length < 3) send(reply, 503, '');
      else send(reply, 200, { ok: true });
    };
    expect(await egress.call(request)).toMatchObject({ kind: 'ok' });
    await egress.call(ask({ connection: connection({ agencyId: who.agencyId }) }));
    await ledger.flush();

    const rows = await callsOf(who);
    expect(rows.map(({ attempt, status, outcome }) => [attempt, status, outcome])).toEqual([
      [1, 503, 'retry'],
      [2, 503, 'retry'],
      [3, 200, 'ok'],
    ]);
    // The oracle is the provider: as many lines as it was asked.
    expect(peer.asked).toHaveLength(rows.length + 1);
    for (const row of rows)
      expect(row).toMatchObject({
        agency_id: who.agencyId,
        client_id: who.clientId,
        actor_id: who.actorId,
        provider: 'shipper',
        capability: 'shipments',
        method: 'POST',
        path: '/v1/things/{id}',
        bytes_out: JSON.stringify({ text: secretParts.words }).length,
        at: clock.now(),
      });
    for (const hidden of Object.values(secretParts)) expect(JSON.stringify(rows)).not.toContain(hidden);
  });

  test('nor is it in the log', async () => {
    const lines: string[] = [];
    const loud = egressTo({
      sandbox: peer.url,
      log: createLog('debug', { write: line => lines.push(line) }),
      random: () => 0,
    });
    peer.answer = (_, reply) => send(reply, 500, { error: 'Asha Rao' });
    const request = ask({
      parameters: { id: 'parcel-7' },
      query: { phone: '99999' },
      headers: { authorization: 'Bearer sk_1' },
    });
    for (let n = 0; n < 3; n++) await loud.call(request);
    await loud.close();
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.join()).not.toMatch(/parcel-7|99999|sk_1|Asha|\/v1\//);
  });

  test('who works on one client sees its calls and no others; an unset tenant sees none', async () => {
    const [mine, sameAgency] = [connection(), connection()];
    const other = { ...sameAgency, agencyId: mine.agencyId };
    const ofAgency = connection({ agencyId: mine.agencyId, clientId: null, actorId: null });
    const foreign = connection();
    for (const one of [mine, other, ofAgency, foreign]) await egress.call(ask({ connection: one }));
    await ledger.flush();
    const seen = (actor: Actor) =>
      withTenant(db, actor, async tx => {
        const rows = await tx
          .selectFrom('provider_calls')
          .select('connection_id')
          .where('agency_id', '=', actor.agencyId)
          .execute();
        return new Set(rows.map(row => row.connection_id));
      });
    const agent = owner(mine, { role: 'agent', clientIds: [mine.clientId!] });
    expect(await seen(agent)).toEqual(new Set([mine.connectionId]));
    expect(await seen(owner(mine))).toEqual(new Set([mine.connectionId, other.connectionId, ofAgency.connectionId]));
    expect(await seen(owner(foreign))).toEqual(new Set([foreign.connectionId]));
    expect(await callsOf(mine, { ...agent, agencyId: '' })).toEqual([]);
  });

  test('what is written is not changed, by nobody, and goes after 180 days', async () => {
    const who = connection();
    await egress.call(ask({ connection: who }));
    await ledger.flush();
    const change = () => withSystem(db, 'telemetry', tx => sql`update provider_calls set outcome = 'ok'`.execute(tx));
    await expect(change()).rejects.toMatchObject({ code: '42501' });
    const wipe = () => withSystem(db, 'telemetry', tx => sql`delete from provider_calls`.execute(tx));
    await wipe();
    expect(await callsOf(who)).toHaveLength(1);
    clock.advance(180 * 86_400 - 1);
    expect(await callsOf(who)).toHaveLength(1);
    clock.advance(1);
    expect(await callsOf(who)).toEqual([]);
    const swept = await sweepOnce(db);
    expect(swept.find(({ table }) => table === 'provider_calls')?.deleted).toBeGreaterThan(0);
    expect(await sweepOnce(db)).toContainEqual({ table: 'provider_calls', deleted: 0 });
  });
});

describe('VT-13: the ledger under pressure', () => {
  test('a thousand calls are written in a few statements, beside the work; the end of the process writes the rest', async () => {
    const who = connection();
    const metrics = createMetrics();
    const before: string[] = [];
    const counting: Db = { ...db, onSystem: reason => before.push(reason) };
    const own = createCallLedger({ db: counting, log: silentLog, metrics });
    const fast = egressTo({
      sandbox: peer.url,
      ledger: own,
      clock,
      budget: { default: { burst: 2000, perSecond: 1 } },
    });
    await Promise.all(Array.from({ length: 1000 }, () => fast.call(ask({ connection: who }))));
    await fast.close();
    expect(await callsOf(who)).toHaveLength(1000);
    expect(before.length).toBeLessThan(10);
    expect(await metrics.registry.getSingleMetricAsString('astrix_provider_calls_waiting')).toMatch(/ 0\s*$/);
  });

  test('without a database the lines wait; when there is no more room, no call is made that could not be accounted for', async () => {
    const who = connection();
    let down = true;
    const kysely = new Proxy(db.internals.kysely, {
      get: (target, key) => {
        if (key === 'transaction' && down) throw Object.assign(new Error('gone'), { code: '57P01' });
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const own = createCallLedger({
      db: { ...db, internals: { ...db.internals, kysely } },
      log: silentLog,
      metrics: createMetrics(),
      mostWaiting: 5,
    });
    const narrow = egressTo({ sandbox: peer.url, ledger: own, clock });
    const outcomes = [];
    for (let n = 0; n < 8; n++) outcomes.push(await narrow.call(ask({ connection: who })));
    await own.flush();
    expect(outcomes.map(({ kind }) => kind)).toEqual([...Array(5).fill('ok'), ...Array(3).fill('retry')]);
    expect(outcomes.at(-1)).toMatchObject({ reason: 'ledger-full' });
    expect(peer.asked).toHaveLength(5);
    down = false;
    await own.flush();
    expect(await callsOf(who)).toHaveLength(5);
    expect(await narrow.call(ask({ connection: who }))).toMatchObject({ kind: 'ok' });
    await narrow.close();
    expect(await callsOf(who)).toHaveLength(6);
  });

  test('a line that the database will never take is dropped alone', async () => {
    const who = connection();
    for (let n = 0; n < 20; n++) await egress.call(ask({ connection: n === 7 ? { ...who, actorId: 'no uuid' } : who }));
    await ledger.flush();
    expect(await callsOf(who)).toHaveLength(19);
    expect(ledger.isFull()).toBe(false);
  });
});
