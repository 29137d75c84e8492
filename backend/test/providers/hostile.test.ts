import { type Capability, type ConnectionView, capabilityOf, type Preview, type ProviderId } from '@astrix/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Behaviour, CANARY, HOSTILE } from '../../sandbox/hostile.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { readOf } from '../../src/providers/provider.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { type Colleague, type ConnectRig, connectRig } from '../connections/rig.ts';
import { START } from '../world.ts';

/** Every adapter that is in the registry, found by itself. */
const IDS = (Object.keys(PROVIDERS) as ProviderId[]).filter(id => PROVIDERS[id].connector !== null);
const readsOf = (id: ProviderId) =>
  PROVIDERS[id].manifest.capabilities.filter(({ kind }) => kind === 'read').map(({ capability }) => capability);

/** Nothing of such a reply can pass for a good one. */
const USELESS = new Set([
  ...['reset', 'slow-drip', 'huge', 'gzip-bomb', 'truncated', 'charset', 'empty', 'error-in-200', 'login-page'],
  ...['deep', 'nulls', 'redirect', 'redirect-inside', 'too-many', 'ten-years', 'server-error', 'unavailable'],
  'token-revoked',
]);
/** Reads whose replies name no account: nobody can tell by them whose they are. What protects them is that each is asked with its own credential. */
const NAMELESS = new Set([
  ...['google-analytics/metrics', 'google-drive/files', 'stripe/payments', 'jira/tasks'],
  ...['whatsapp/templates', 'instagram/posts'],
]);
/**
 * What may differ from the honest rows: a word that is new becomes «unknown», and the rest of the row holds. The time of a file is whatever
 * the one who saved it has set.
 */
const TOLD_OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  'unknown-word': [
    ...['status', 'statusText', 'deliveredAt', 'stage', 'kind', 'category', 'quality', 'fulfilment'],
    ...['paymentId', 'amountMinor'],
  ],
  future: ['modifiedAt'],
  past: ['modifiedAt'],
};
const PATIENCE_MS = 250;
const A_DAY = 86_400;
/** Until the slowest budget has filled up for a read, and everything that was told to wait is over. */
const REST = 1500;

/** Longer than any attempt of the product: a busy machine must not use it up. */
const PATIENT_MS = 120_000;
const quick = { patienceMs: PATIENT_MS };
let rig: ConnectRig;
/** The provider's side stands still while one is attacked, so that an honest reply is the same as the one before. */
let providersNow = START;
beforeAll(async () => {
  rig = await connectRig({
    quick,
    // Nothing is renewed beside: every call is one of a case.
    providers: { now: () => providersNow, accessSeconds: 60 * A_DAY },
  });
});
afterAll(() => rig.close());

const imitationOf = (id: ProviderId) => rig.sandbox.providers.imitations.find(({ provider }) => provider === id)!;

/** Sessions end sooner than providers want to be left alone, and six hundred sign-ins are no part of what is shown here. */
const staySignedIn = () =>
  rig.world.db.internals.script(`
    update access_tokens set expires_at = '2100-01-01';
    update sessions set created_at = '2099-12-31', idle_until = '2100-01-01', ends_at = '2100-01-01';`);

/** By key with the first of the accounts that the imitation knows, or with the last. */
async function connectAs(me: Colleague, id: ProviderId, which: 0 | -1): Promise<ConnectionView> {
  if (PROVIDERS[id].manifest.auth.kind !== 'key') return me.connect(id, null);
  const reply = await me.byKey(id, imitationOf(id).forms?.at(which) ?? {});
  expect(reply.statusCode, reply.body).toBe(201);
  return reply.json();
}

/** Everything that stands in the tables of connections, as text. */
const stored = (table: string, connectionId: string) =>
  withSystem(rig.world.db, 'telemetry', async tx => {
    const column = table === 'connections' ? 'id' : 'connection_id';
    const { rows } = await sql<{ all: string | null }>`
      select json_agg(t order by t::text)::text as all from ${sql.table(table)} t where ${sql.ref(column)} = ${connectionId}`.execute(
      tx,
    );
    return rows[0]?.all ?? '';
  });

/** Rows without these fields. Other times make another order, so that the order counts only where nothing is left out. */
const without = (rows: readonly unknown[], names: readonly string[] = []) => {
  const left = rows.map(row =>
    Object.fromEntries(Object.entries(row as object).filter(([name]) => !names.includes(name))),
  );
  return names.length === 0 ? left : left.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
};

/** Without rows that another one stood for. Which row stands for which goes by its state, and not when that is a word that nobody knows. */
function shownBefore(told: Preview, good: Preview): readonly unknown[] {
  const { key, covers } = capabilityOf(told.capability);
  const known = new Set(good.rows.map(row => key(row)));
  return covers ? told.rows.filter(row => known.has(key(row))) : told.rows;
}

/** The same row, or the same row without some of its values. */
const isPartOf = (row: object, honest: object): boolean =>
  Object.entries(honest).every(([name, value]) => {
    const told = (row as Readonly<Record<string, unknown>>)[name];
    return told === null || JSON.stringify(told) === JSON.stringify(value);
  });

test('there are at least the 22 behaviours of CONTROLS part B, and all ten adapters', () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(22);
  expect(new Set(HOSTILE.map(({ id }) => id)).size).toBe(HOSTILE.length);
  expect(IDS.length).toBeGreaterThanOrEqual(10);
  expect(rig.sandbox.providers.imitations.map(({ provider }) => provider).toSorted()).toEqual(IDS.toSorted());
});

describe.each(IDS)('%s', id => {
  const { manifest } = PROVIDERS[id];
  let me: Colleague;
  let connection: ConnectionView;
  let other: ConnectionView;
  let others = '';
  const now = () => rig.world.clock.now().getTime() / 1000;

  beforeAll(async () => {
    quick.patienceMs = PATIENT_MS;
    providersNow = rig.world.clock.now();
    const stranger = await rig.as('admin', { agency: 1 });
    other = await connectAs(stranger, id, -1);
    for (const capability of readsOf(id)) await read(stranger, other, capability);
    others = await stored('previews', other.id);
    me = await rig.as('admin');
    await staySignedIn();
    connection = await connectAs(me, id, 0);
  });

  const rest = (seconds: number) => rig.world.clock.advance(seconds);
  const textOf = (capability: Capability) =>
    readOf(manifest, capability)?.input?.required ? (imitationOf(id).find ?? '') : '';
  const read = (who: Colleague, from: ConnectionView, capability: Capability): Promise<Preview> =>
    who.read(from, capability, { text: textOf(capability), refresh: true });

  async function attack(behaviour: Behaviour, capability: Capability): Promise<void> {
    const { asked, misbehaviour } = rig.sandbox.providers;
    quick.patienceMs = PATIENT_MS;
    misbehaviour.set(id, { kind: 'none', times: 0 });
    rest(REST);
    // Without the tokens that are renewed beside, for this connection and the other one.
    const callsSince = (from: number) =>
      asked.slice(from).filter(({ provider, path }) => provider === id && !/token$/.test(path.split('?')[0] ?? ''));
    let from = asked.length;
    const good = await read(me, connection, capability);
    // It works again after everything that came before.
    expect(good, 'the honest read').toMatchObject({ stale: false, fault: null });
    expect(good.rows.length).toBeGreaterThan(0);
    expect((await me.one(connection.id)).status).toBe('active');
    const honestCalls = callsSince(from).length;
    const kept = await stored('previews', connection.id);

    misbehaviour.set(id, { kind: behaviour.id, times: 1000 });
    if (behaviour.id === 'slow-drip') quick.patienceMs = PATIENCE_MS;
    from = asked.length;
    const startedAt = now();
    const told = await read(me, connection, capability);
    const view = await me.one(connection.id);
    misbehaviour.set(id, { kind: 'none', times: 0 });
    const calls = callsSince(from);

    const most = behaviour.repeats || behaviour.id === 'same-ids' ? 200 * honestCalls : honestCalls * 3 + 3;
    expect(calls.length, 'calls').toBeLessThanOrEqual(most);
    const budget = Object.values(manifest.budget).reduce(
      (sum, { burst, perSecond }) => sum + burst + perSecond * (now() - startedAt),
      0,
    );
    expect(calls.length, 'calls within the budget').toBeLessThanOrEqual(budget);
    expect(asked.slice(from).filter(({ path }) => path.includes('_elsewhere'))).toEqual([]);

    if (told.stale) {
      expect(told.fault?.reason).toContain(manifest.name);
      expect(told.fault?.next).toMatch(/\w+ .*\.$/);
      expect(`${told.fault?.reason} ${told.fault?.next}`).not.toMatch(/[<>{}[\]]|undefined|null|NaN/);
      if (textOf(capability) === '') expect(told.rows).toEqual(good.rows);
      expect(await stored('previews', connection.id)).toBe(kept);
      const health = view.health.find(one => one.capability === capability && one.kind === 'read');
      expect(health).toMatchObject({ status: 'failing', fault: told.fault });
      expect(health?.lastOkAt).not.toBeNull();
      expect(view.fix).not.toBe('none');
      expect(view.status).toBe(behaviour.spoils ? 'broken' : 'active');
    } else {
      const foreign = behaviour.id === 'other-account' && !NAMELESS.has(`${id}/${capability}`);
      expect(foreign || USELESS.has(behaviour.id), 'taken for a good reply').toBe(false);
      const names = TOLD_OTHERWISE[behaviour.id];
      const gaps = told.gaps ?? [];
      const leftOut = gaps.filter(({ kind }) => kind === 'row-left-out').reduce((sum, { rows }) => sum + rows, 0);
      // What the behaviour has made unreadable is left out and told as a gap; everything else is what it was.
      if (gaps.length === 0) expect(without(shownBefore(told, good), names)).toEqual(without(good.rows, names));
      else {
        expect(told.rows.filter(row => !good.rows.some(honest => isPartOf(row, honest)))).toEqual([]);
        expect(told.rows.length).toBeGreaterThan(0);
        expect(told.rows.length + leftOut).toBeGreaterThanOrEqual(good.rows.length);
      }
    }
    for (const table of ['connections', 'previews', 'connection_health', 'provider_calls'])
      expect(await stored(table, connection.id)).not.toMatch(CANARY);
    expect(JSON.stringify(told)).not.toMatch(CANARY);
    if (behaviour.id === 'ten-years') rest(A_DAY);
  }

  test.each(HOSTILE)('EG-02, F-07, F-08: what was read before stays when it $says', async behaviour => {
    for (const capability of readsOf(id)) await attack(behaviour, capability);
  });

  test('F-08: a check keeps the account through all of them, and says what to do', async () => {
    rest(REST);
    for (const capability of readsOf(id)) await read(me, connection, capability);
    for (const behaviour of HOSTILE) {
      rest(REST);
      quick.patienceMs = behaviour.id === 'slow-drip' ? PATIENCE_MS : PATIENT_MS;
      rig.sandbox.providers.misbehaviour.set(id, { kind: behaviour.id, times: 3 });
      const reply = await me.post(`connections/${connection.id}/check`);
      rig.sandbox.providers.misbehaviour.set(id, { kind: 'none', times: 0 });
      expect(reply.statusCode, `${behaviour.id}: ${reply.body}`).toBe(200);
      const view: ConnectionView = reply.json();
      expect(view.account, behaviour.id).toEqual(connection.account);
      if (view.status === 'broken') expect(view.fault?.next, behaviour.id).toMatch(/^(?:Reconnect|Replace the key)/);
      else expect(view.status).toBe('active');
      if (USELESS.has(behaviour.id)) expect(view.fix, behaviour.id).not.toBe('none');
      expect(reply.body).not.toMatch(CANARY);
      if (behaviour.id === 'ten-years') rest(A_DAY);
    }
  });

  test('F-08: it works again afterwards, and the same account of another agency was not touched', async () => {
    rest(REST);
    for (const capability of readsOf(id))
      expect(await read(me, connection, capability)).toMatchObject({ stale: false, fault: null });
    const view = await me.one(connection.id);
    expect(view).toMatchObject({ status: 'active', fault: null, account: connection.account });
    expect(view.health.filter(({ kind, status }) => kind === 'read' && status !== 'ok')).toEqual([]);
    // The clock has moved on by days: what has expired in the meantime may have been swept, and nothing else may have happened to it.
    expect([others, '']).toContain(await stored('previews', other.id));
  });
});
