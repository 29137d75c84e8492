import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, ROUTES, type RouteName } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, problem, startServer } from '../../../sdk/test/server.ts';
import { until } from '../../../testkit/until.ts';
import type { Console } from '../console.ts';
import { consoleOver } from '../testkit/console-rig.ts';
import { type FakeKeychain, fakeKeychain } from '../testkit/fake-keychain.ts';
import { clientRow, id } from '../testkit/rows.ts';

const CLIENT = id('c00', 1);
const ELSEWHERE = id('c00', 9);
const CONNECTION = newId();
const KEY = 'rk_live_CANARYKEYNEVERKEPT';
const START = Date.parse('2026-11-20T06:30:00.000Z');

let server: FakeServer;
let keychain: FakeKeychain;
let userData: string;
let console: Console;
let emitted: string[];

beforeEach(async () => {
  server = await startServer(newId());
  keychain = fakeKeychain();
  userData = mkdtempSync(join(tmpdir(), 'astrix-connections-'));
  emitted = [];
  server.now = () => new Date(START);
  server.pull = () => [
    {
      ...{ t: 'hello', epoch: id('a00', 1), personId: server.person.id, agencyId: id('a00', 2), clients: [CLIENT] },
      ...{ serverTime: new Date(START).toISOString(), reset: false },
    },
    { t: 'rows', c: 'clients', rows: [clientRow(1)] },
    { t: 'end', cursor: 'e.1.1' },
  ];
  console = consoleOver({
    ...{ userData, backendUrl: server.url, keychain, now: () => new Date(START) },
    emit: (name, payload) => emitted.push(JSON.stringify([name, payload])),
  });
  await console.start();
  await console.handlers['account.signIn']({ email: 'priya@agency.example', password: 'a long enough password' });
  await until(async () => (await console.handlers['clients.list'](undefined)).length === 1);
});
afterEach(async () => {
  await console.stop();
  await server.close();
  rmSync(userData, { recursive: true, force: true });
});

const written = () =>
  readdirSync(userData, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n');
const asked = () => server.asked.filter(({ name }) => /onnect|Switch|Access/.test(name));
const form = { provider: 'stripe', shared: false, connectionId: null, fields: { secretKey: KEY } } as const;

/** Asked by the window on the screen of `clientId`; a route of a client names it in its path. */
const change = (route: RouteName, clientId: string, { params = {}, body }: Change) =>
  console.handlers['routes.change']({
    route,
    clientId,
    params: ROUTES[route].scope === 'client' ? { clientId, ...params } : params,
    query: {},
    body,
  });
type Change = { readonly params?: Record<string, string>; readonly body?: unknown };

describe('VT-05: what a form holds', () => {
  test.each([
    ['taken', () => ({ status: 201, body: view() })],
    ['refused', () => problem('provider_refused', { detail: 'Stripe says: Invalid API Key.' })],
    ['lost on the way', () => 'cut' as const],
  ])('%s: it goes to the server and is nowhere else', async (_how, answer) => {
    server.answers['connections.connect-key'] = answer;
    const reply = await change('connections.connect-key', CLIENT, { body: form }).catch((error: Error) => error);
    expect(asked().at(-1)?.body.fields).toEqual({ secretKey: KEY });
    expect(JSON.stringify(reply)).not.toContain(KEY);
    expect(emitted.join()).not.toContain(KEY);
    expect(written()).not.toContain(KEY);
    expect(JSON.stringify([...keychain.items])).not.toContain(KEY);
  });
});

describe('SH-21: each change is of a client that this person has', () => {
  const of = { params: { connectionId: CONNECTION } };
  const stop = { scope: 'provider', subject: 'jira', off: true, reason: 'Drill', revoke: false };
  const start = { provider: 'jira', shared: false, connectionId: null } as const;
  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a key', () => change('connections.connect-key', ELSEWHERE, { body: form })],
    ['a check', () => change('connections.check', ELSEWHERE, of)],
    ['an address', () => change('connections.rotate-webhook', ELSEWHERE, of)],
    ['an end', () => change('connections.disconnect', ELSEWHERE, of)],
    ['a consent', () => console.handlers['connect.start']({ clientId: ELSEWHERE, ...start })],
    ['a switch', () => change('connections.set-switch', ELSEWHERE, { params: {}, body: stop })],
    [
      'a person',
      () =>
        change('connections.set-provider-access', ELSEWHERE, {
          params: { personId: newId() },
          body: { denied: ['jira'] },
        }),
    ],
  ];
  test('a change on the screen of one client cannot name another in its path', async () => {
    const of = { route: 'connections.disconnect', clientId: CLIENT, query: {} };
    const params = { clientId: ELSEWHERE, connectionId: CONNECTION };
    await expect(console.handlers['routes.change']({ ...of, params })).rejects.toThrow('another client');
    expect(asked()).toEqual([]);
  });

  test.each(changes)('%s under another client does not leave this machine', async (_what, change) => {
    await expect(change()).rejects.toThrow('do not have access to this');
    expect(asked()).toEqual([]);
  });
});

test('each call asks the route of the contract with what the window said', async () => {
  const connection = { clientId: CLIENT, connectionId: CONNECTION };
  const rows = { capability: 'tasks', rows: [], total: 0, fetchedAt: null, stale: false, fault: null };
  server.answers['previews.read'] = () => ({ status: 200, body: rows });
  server.answers['connections.disconnect'] = () => problem('forbidden');
  server.answers['connections.set-switch'] = () => ({ status: 200, body: { switches: [], disconnected: 2 } });
  const read = (query: Record<string, string>) =>
    console.handlers['routes.read']({
      route: 'previews.read',
      params: { ...connection, capability: 'tasks' },
      query,
    });
  await read({ text: 'Diwali', refresh: '1' });
  expect(Object.fromEntries(server.asked.at(-1)?.query ?? [])).toEqual({ text: 'Diwali', refresh: '1' });
  await read({});
  expect([...(server.asked.at(-1)?.query ?? [])]).toEqual([]);
  const end = change('connections.disconnect', CLIENT, { params: { connectionId: CONNECTION } });
  await expect(end).rejects.toMatchObject({ error: { code: 'refused', serverCode: 'forbidden', reference: 'r-1' } });
  const stop = { scope: 'connection', subject: CONNECTION, off: true, reason: 'Drill', revoke: true } as const;
  expect(await change('connections.set-switch', CLIENT, { params: {}, body: stop })).toMatchObject({ disconnected: 2 });
  expect(server.asked.at(-1)?.body).toEqual(stop);
});

const view = () => ({
  ...{ id: CONNECTION, provider: 'stripe', clientId: CLIENT, status: 'active', connectedBy: null },
  account: { id: 'acct', name: 'Chai Katha Foods', detail: null },
  connectedAt: new Date(START).toISOString(),
  ...{ lastCheckedAt: null, credential: null, accessEndsAt: null, health: [], budget: null },
  scopes: { granted: null, missing: [], extra: [] },
  ...{ fix: 'none', fault: null, off: false },
});
