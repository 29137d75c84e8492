import type { ConnectionView } from '@astrix/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type App, buildApp } from '../../src/app.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { testConfig } from '../world.ts';
import { type Colleague, type ConnectRig, connectRig } from './rig.ts';

/** What VT-13 promises, and for how long the test looks. */
const PROMISED_MS = 5000;
const WATCHED_MS = 3500;
/** As often as the rate limit of the route lets one session ask, at the pace of this clock. */
const LANE_MS = 120;

let rig: ConnectRig;
let second: App;
let ticking: NodeJS.Timeout;
beforeEach(async () => {
  rig = await connectRig({ env: { ASTRIX_ROLE: 'api' } });
  const { world, sandbox } = rig;
  second = await buildApp({
    config: testConfig({ ASTRIX_SANDBOX_URL: sandbox.url, ASTRIX_ROLE: 'api' }),
    db: world.db,
    clock: world.clock,
    log: silentLog,
    metrics: createMetrics(),
    version: '0.0.0',
    demo: null,
    messagingOf: world.whatsapp.messagingOf,
  });
  await second.start();
  // Budgets and rate limits go by the clock of the world; under load it goes ten times as fast as ours, so that they let the load through.
  ticking = setInterval(() => world.clock.advance(0.2), 20);
});
afterEach(async () => {
  clearInterval(ticking);
  await second.stop();
  await rig.close();
});

const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
const callsOf = (host: string) => rig.sandbox.providers.asked.filter(one => one.host === host);

/** Both processes read the connections of these people as fast as they may. */
function load(of: readonly (readonly [Colleague, ConnectionView, string])[]) {
  let running = true;
  const lanes = [rig.world.app, second].flatMap(app =>
    of.map(async ([me, { id }, capability]) => {
      const url = `/v1/clients/${me.clientId}/connections/${id}/data/${capability}?refresh=1`;
      while (running) {
        await app.http.inject({ method: 'GET', url, headers: { authorization: `Bearer ${me.token}` } });
        await pause(LANE_MS);
      }
    }),
  );
  return async () => {
    running = false;
    await Promise.all(lanes);
  };
}

/** Seconds from the answer of the switch to the last call that left, and whether any left before. */
async function pull(admin: Colleague, body: object, host: string): Promise<number> {
  const before = callsOf(host).length;
  await pause(600);
  expect(callsOf(host).length, 'there is load').toBeGreaterThan(before + 3);
  const at = performance.now();
  const reply = await admin.put('/v1/switches', { off: true, reason: 'a drill', revoke: false, ...body });
  expect(reply.statusCode, reply.body).toBe(200);
  await pause(WATCHED_MS);
  const last = callsOf(host).at(-1)?.at ?? 0;
  expect(last - at).toBeLessThan(PROMISED_MS);
  // Silence, and not only a pause between two calls.
  expect(performance.now() - last).toBeGreaterThan(500);
  return Math.max(0, last - at) / 1000;
}

test('VT-13: provider, client and connection switches stop the calls of both processes under load', async () => {
  const admin = await rig.as('admin');
  const other = await rig.as('owner', { client: 1 });
  const jira = await admin.connect('jira', 'agency-internal');
  const there = await other.connect('jira', 'agency-internal');
  const ads = await admin.connect('google-ads', 'Chai Katha');
  for (const [what, subject, loads, host] of [
    ['provider', 'google-ads', [[admin, ads, 'metrics']], 'googleads.googleapis.com'],
    ['client', other.clientId, [[other, there, 'tasks']], 'api.atlassian.com'],
    ['connection', jira.id, [[admin, jira, 'tasks']], 'api.atlassian.com'],
  ] as const) {
    const stop = load(loads);
    const seconds = await pull(admin, { scope: what, subject }, host);
    await stop();
    process.stdout.write(`switch of a ${what}: last call ${seconds.toFixed(2)} s later\n`);
    const [me, { id }, capability] = loads[0];
    rig.world.clock.advance(10);
    const refused = await me.get(`connections/${id}/data/${capability}?refresh=1`);
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'switched_off']);
    expect((await me.one(id)).off).toBe(true);
    const off = { scope: what, subject, off: false, reason: '', revoke: false };
    expect((await admin.put('/v1/switches', off)).statusCode).toBe(200);
    expect((await me.get(`connections/${id}/data/${capability}?refresh=1`)).statusCode).toBe(200);
  }
}, 60_000);

test('VT-13, IR-03: mass revoke ends every grant of a provider at the provider, although the switch is off', async () => {
  const admin = await rig.as('admin');
  const other = await rig.as('owner', { client: 1 });
  await admin.connect('google-ads', 'Chai Katha');
  await other.connect('google-ads', 'Chai Katha');
  const jira = await admin.connect('jira', 'agency-internal');
  const body = { scope: 'provider', subject: 'google-ads', off: true, reason: 'the app was stolen', revoke: true };
  expect((await admin.put('/v1/switches', body)).json()).toMatchObject({ disconnected: 2 });
  await rig.world.app.runNow('connections.tend');
  await rig.world.app.runNow('connections.tend');
  const families = rig.sandbox.providers.book.families();
  expect(families.filter(({ provider }) => provider === 'google-ads').some(({ revoked }) => revoked)).toBe(true);
  const { receipts } = (await admin.get('receipts')).json();
  const { receipts: theirs } = (await other.get('receipts')).json();
  const ends = [...receipts, ...theirs].map(({ revocation }: { revocation: string }) => revocation);
  expect(ends.sort()).toEqual(['revoked', 'revoked']);
  expect(families.filter(({ provider }) => provider === 'google-ads').every(({ revoked }) => revoked)).toBe(true);
  expect((await admin.list()).map(({ id }) => id)).toEqual([jira.id]);
});

test('VT-13: the list of calls of a credential is complete, and says who asked', async () => {
  const admin = await rig.as('admin');
  const { asked } = rig.sandbox.providers;
  const connection = await admin.connect('google-ads', 'Chai Katha');
  await admin.read(connection, 'metrics');
  await admin.connect('google-ads', 'Chai Katha', { connectionId: connection.id });
  await admin.read(connection, 'metrics', { refresh: true });
  await admin.post(`connections/${connection.id}/check`);
  rig.sandbox.providers.book.revokeAll('google-ads');
  await admin.read(connection, 'metrics', { refresh: true });
  await admin.disconnect(connection);
  await rig.world.app.runNow('connections.tend');
  const rows = () =>
    withSystem(rig.world.db, 'telemetry', tx =>
      tx.selectFrom('provider_calls').selectAll().where('connection_id', '=', connection.id).execute(),
    );
  for (let look = 0; (await rows()).length < asked.length && look < 200; look += 1) await pause(25);
  const lines = (calls: readonly { method: string; status: number | null }[]) =>
    calls.map(({ method, status }) => `${method} ${status}`).sort();
  expect(lines(await rows())).toEqual(lines(asked));
  const people = new Set((await rows()).map(({ actor_id }) => actor_id));
  expect(people.has(rig.world.agencies[0].people.admin.id)).toBe(true);
  const { calls } = (await admin.get(`connections/${connection.id}/calls`)).json();
  expect(calls).toHaveLength(asked.length);
});
