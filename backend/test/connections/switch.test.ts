import type { ConnectionView } from '@astrix/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { type App, buildApp } from '../../src/app.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { testConfig } from '../world.ts';
import { type Colleague, type ConnectRig, connectRig } from './rig.ts';

let rig: ConnectRig;
let second: App;
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
});
afterEach(async () => {
  await second.stop();
  await rig.close();
});

const callsOf = (host: string) => rig.sandbox.providers.asked.filter(one => one.host === host);
type Load = readonly [Colleague, ConnectionView, string];

/** Both processes read the connection once, at the same time. What they answered: `ok`, or the code of the refusal. */
async function readInBoth([me, { id }, capability]: Load): Promise<string[]> {
  const url = `/v1/clients/${me.clientId}/connections/${id}/data/${capability}?refresh=1`;
  const headers = { authorization: `Bearer ${me.token}` };
  const replies = await Promise.all([rig.world.app, second].map(({ http }) => http.inject({ url, headers })));
  // Budgets and rate limits go by the clock of the world.
  rig.world.clock.advance(1);
  return replies.map(reply => (reply.statusCode === 200 ? 'ok' : reply.json().code));
}

/** Switches off while both processes call the provider, and looks whether one of them still does once both know. */
async function pull(admin: Colleague, body: object, load: Load, host: string): Promise<void> {
  const reads = async (count: number) => {
    const before = callsOf(host).length;
    const answers: string[] = [];
    for (let n = 0; n < count; n += 1) answers.push(...(await readInBoth(load)));
    return { answers: new Set(answers), calls: callsOf(host).length - before };
  };
  const busy = await reads(3);
  expect([...busy.answers]).toEqual(['ok']);
  expect(busy.calls, 'calls while it is on').toBeGreaterThanOrEqual(6);
  const [reply] = await Promise.all([
    admin.put('/v1/switches', { off: true, reason: 'a drill', revoke: false, ...body }),
    reads(3),
  ]);
  expect(reply.statusCode, reply.body).toBe(200);
  await until(async () => (await readInBoth(load)).every(answer => answer === 'switched_off'));
  expect(await reads(10)).toEqual({ answers: new Set(['switched_off']), calls: 0 });
}

test('VT-13: provider, client and connection switches stop the calls of both processes under load', async () => {
  const admin = await rig.as('admin');
  const other = await rig.as('owner', { client: 1 });
  const jira = await admin.connect('jira', 'agency-internal');
  const there = await other.connect('jira', 'agency-internal');
  const ads = await admin.connect('google-ads', 'Chai Katha');
  for (const [what, subject, load, host] of [
    ['provider', 'google-ads', [admin, ads, 'metrics'], 'googleads.googleapis.com'],
    ['client', other.clientId, [other, there, 'tasks'], 'api.atlassian.com'],
    ['connection', jira.id, [admin, jira, 'tasks'], 'api.atlassian.com'],
  ] as const) {
    await pull(admin, { scope: what, subject }, load, host);
    const [me, { id }] = load;
    expect((await me.one(id)).off).toBe(true);
    const on = { scope: what, subject, off: false, reason: '', revoke: false };
    expect((await admin.put('/v1/switches', on)).statusCode).toBe(200);
    await until(async () => (await readInBoth(load)).every(answer => answer === 'ok'));
  }
});

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
  await until(async () => (await rows()).length >= asked.length);
  const lines = (calls: readonly { method: string; status: number | null }[]) =>
    calls.map(({ method, status }) => `${method} ${status}`).sort();
  expect(lines(await rows())).toEqual(lines(asked));
  const people = new Set((await rows()).map(({ actor_id }) => actor_id));
  expect(people.has(rig.world.agencies[0].people.admin.id)).toBe(true);
  const { calls } = (await admin.get(`connections/${connection.id}/calls`)).json();
  expect(calls).toHaveLength(asked.length);
});
