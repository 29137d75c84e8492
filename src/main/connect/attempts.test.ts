import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, problem, startServer } from '../../../sdk/test/server.ts';
import { until } from '../../../testkit/until.ts';
import type { ConnectState } from '../../shared/connect.ts';
import { openLog } from '../log/log.ts';
import { type Connecting, createConnecting } from './attempts.ts';

const CLIENT = newId();
const OTHER = newId();
const RECEIPT = 'CANARY-RECEIPT'.padEnd(43, 'r');
const SECRET_STATE = 'CANARY-STATE';
const START = Date.parse('2026-11-20T06:30:00.000Z');
const wish = { clientId: CLIENT, provider: 'jira', shared: false, connectionId: null } as const;

let server: FakeServer;
let connecting: Connecting;
let told: ConnectState[];
let chosen: ConnectState[];
let opened: string[];
let timers: { ms: number; work: () => void; ended: boolean }[];
let browser: boolean;
let folder: string;

beforeEach(async () => {
  server = await startServer(newId());
  [told, chosen, opened, timers, browser] = [[], [], [], [], true];
  folder = mkdtempSync(join(tmpdir(), 'astrix-connect-'));
  server.answers['connections.start'] = () => ({
    status: 201,
    body: {
      attemptId: newId(),
      authorizeUrl: `https://auth.example.com/authorize?state=${SECRET_STATE}`,
      expiresAt: new Date(START + 600_000).toISOString(),
    },
  });
  server.answers['connections.claim'] = ({ params }) => ({ status: 200, body: found(params.attemptId ?? '') });
  server.answers['connections.cancel'] = () => ({ status: 204, body: null });
  const answer = await createClient({ baseUrl: server.url, accessToken: async () => null }).call('identity.sign-in', {
    body: {
      email: 'a@agency.example',
      password: 'long enough',
      device: { name: 'Test', platform: 'linux', key: 'k'.repeat(43) },
    },
  });
  const token = answer.ok && answer.value.step === 'signed-in' ? answer.value.accessToken : '';
  connecting = createConnecting({
    client: createClient({ baseUrl: server.url, accessToken: async () => token }),
    shell: {
      openConsent: async url => {
        opened.push(url);
        return browser;
      },
    },
    emit: (name, payload) => void (name === 'connectChanged' && told.push(payload as ConnectState)),
    clock: { now: () => new Date(START) },
    timers: {
      after: (ms, work) => {
        const timer = { ms, work, ended: false };
        timers.push(timer);
        return () => {
          timer.ended = true;
        };
      },
    },
    log: openLog(folder, () => new Date(START)),
    onChoice: state => chosen.push(state),
  });
});
afterEach(async () => {
  connecting.closeAll();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const found = (attemptId: string) => ({
  attemptId,
  provider: 'jira',
  shared: false,
  accounts: [{ id: 'site-1', name: 'chai-katha', detail: 'https://chai-katha.atlassian.net' }],
  granted: ['read:jira-work'],
  missing: [],
  extra: [],
  expiresAt: new Date(START + 600_000).toISOString(),
});
const portOf = (at = -1) =>
  Number(server.asked.filter(({ name }) => name === 'connections.start').at(at)?.body.loopbackPort);
const asked = (name: string) => server.asked.filter(one => one.name === name).length;
const comeBack = (state: ConnectState, more = `receipt=${RECEIPT}`, port = portOf()) =>
  fetch(`http://127.0.0.1:${port}/connect?attempt=${state.attemptId}&${more}`).then(
    reply => reply.status,
    () => null,
  );
const of = ({ clientId, attemptId }: ConnectState) => ({ clientId, attemptId });
const step = () => connecting.state(CLIENT)?.now;

describe('from the browser to a choice', () => {
  test('VT-08: the browser is sent to the provider, the receipt is claimed, and the person chooses the account', async () => {
    const state = await connecting.start(wish);
    expect(state.now.step).toBe('waiting');
    expect(opened).toEqual([`https://auth.example.com/authorize?state=${SECRET_STATE}`]);
    expect(await comeBack(state)).toBe(200);
    await until(() => step()?.step === 'choosing');
    expect(server.asked.find(({ name }) => name === 'connections.claim')?.body).toEqual({ receipt: RECEIPT });
    expect(chosen).toHaveLength(1);
    expect(asked('connections.confirm')).toBe(0);
  });

  test('VT-08: nothing of receipt or state reaches the window or the log', async () => {
    const state = await connecting.start(wish);
    await comeBack(state);
    await until(() => step()?.step === 'choosing');
    const written = readdirSync(folder)
      .map(name => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect(written).toContain('browser came back');
    for (const canary of [RECEIPT, SECRET_STATE]) {
      expect(written).not.toContain(canary);
      expect(JSON.stringify(told)).not.toContain(canary);
    }
  });

  test('confirming makes it active and shows the receipt once more; then the attempt is over', async () => {
    const connectionId = newId();
    server.answers['connections.confirm'] = () => ({ status: 200, body: connection(connectionId) });
    const state = await connecting.start(wish);
    await comeBack(state);
    await until(() => step()?.step === 'choosing');
    expect((await connecting.confirm(of(state), 'site-1')).id).toBe(connectionId);
    expect(server.asked.at(-1)?.body).toEqual({ receipt: RECEIPT, accountId: 'site-1' });
    expect(step()).toEqual({ step: 'connected', connectionId });
    await expect(connecting.confirm(of(state), 'site-1')).rejects.toThrow('This attempt has ended');
    expect(timers.every(timer => timer.ended)).toBe(true);
  });

  test('the wrong account can be corrected; a receipt that is refused ends it', async () => {
    server.answers['connections.confirm'] = () => problem('account_differs');
    const state = await connecting.start(wish);
    await comeBack(state);
    await until(() => step()?.step === 'choosing');
    await expect(connecting.confirm(of(state), 'site-2')).rejects.toThrow('different account');
    expect(step()?.step).toBe('choosing');
    server.answers['connections.confirm'] = () => problem('connect_refused');
    await expect(connecting.confirm(of(state), 'site-1')).rejects.toThrow();
    expect(step()).toMatchObject({ step: 'ended', code: 'failed' });
  });
});

describe('every other end has words', () => {
  test('refused at the provider', async () => {
    expect(await comeBack(await connecting.start(wish), 'error=declined')).toBe(200);
    await until(() => step()?.step === 'ended');
    expect(step()).toMatchObject({
      code: 'denied',
      reason: 'Access was not allowed at the provider. Nothing was connected.',
    });
    expect(asked('connections.claim')).toBe(0);
  });

  test('an error that is known, and one of a newer server', async () => {
    await comeBack(await connecting.start(wish), 'error=provider-unreachable');
    await until(() => step()?.step === 'ended');
    expect(step()).toMatchObject({ reason: 'The provider is temporarily unavailable. Nothing was connected.' });
    await comeBack(await connecting.start(wish), 'error=something-new');
    await until(() => step()?.step === 'ended');
    expect(step()).toMatchObject({ reason: 'The connection failed. Nothing was connected.' });
  });

  test('the time is over: nobody listens, and the window is told', async () => {
    const state = await connecting.start(wish);
    expect(timers[0]?.ms).toBe(600_000);
    timers[0]?.work();
    expect(step()).toMatchObject({ step: 'ended', code: 'expired' });
    expect(await comeBack(state)).toBeNull();
    await expect(connecting.confirm(of(state), 'site-1')).rejects.toThrow('This attempt has ended');
  });

  test('given up by the person: the server is told, and a receipt that comes later finds nobody', async () => {
    const state = await connecting.start(wish);
    expect((await connecting.cancel(of(state))).now).toMatchObject({ step: 'ended', code: 'cancelled' });
    expect(await comeBack(state)).toBeNull();
    await until(() => asked('connections.cancel') === 1);
    expect(asked('connections.claim')).toBe(0);
  });

  test('given up while the receipt is being claimed: it stays given up', async () => {
    const claim = Promise.withResolvers<void>();
    server.answers['connections.claim'] = async ({ params }) => {
      await claim.promise;
      return { status: 200, body: found(params.attemptId ?? '') };
    };
    const state = await connecting.start(wish);
    await comeBack(state);
    await until(() => asked('connections.claim') === 1);
    await connecting.cancel(of(state));
    claim.resolve();
    await until(() => asked('connections.cancel') === 1);
    expect(step()).toMatchObject({ step: 'ended', code: 'cancelled' });
    expect(chosen).toEqual([]);
  });

  test('no browser, no claim, no start', async () => {
    browser = false;
    expect((await connecting.start(wish)).now).toMatchObject({
      step: 'ended',
      reason: 'The browser could not be opened.',
    });
    browser = true;
    server.answers['connections.claim'] = () => problem('connect_refused');
    await comeBack(await connecting.start(wish));
    await until(() => step()?.step === 'ended');
    expect(step()).toMatchObject({ reason: 'This connect link is no longer valid' });
    server.answers['connections.start'] = () => problem('provider_denied');
    await expect(connecting.start(wish)).rejects.toThrow('You do not have access to this system');
  });
});

describe('more than one', () => {
  test('two clients at once: each receipt reaches its own attempt, and not the port of the other', async () => {
    const first = await connecting.start(wish);
    const second = await connecting.start({ ...wish, clientId: OTHER });
    expect(await comeBack(first, undefined, portOf(-1))).toBe(404);
    expect(await comeBack(second, undefined, portOf(-2))).toBe(404);
    expect(await comeBack(second, undefined, portOf(-1))).toBe(200);
    await until(() => connecting.state(OTHER)?.now.step === 'choosing');
    expect(step()?.step).toBe('waiting');
    expect(await comeBack(first, undefined, portOf(-2))).toBe(200);
  });

  test('the same client anew: the first is given up, and what is said of it does not cover the second', async () => {
    const first = await connecting.start(wish);
    const second = await connecting.start(wish);
    await until(() => asked('connections.cancel') === 1);
    expect(await comeBack(first, undefined, portOf(-2))).toBeNull();
    expect(connecting.state(CLIENT)).toEqual(second);
    expect(told.at(-1)?.attemptId).toBe(second.attemptId);
    await expect(connecting.cancel(of(first))).rejects.toThrow('This attempt has ended');
  });

  test('SH-21: an attempt of one client cannot be confirmed under another', async () => {
    const state = await connecting.start(wish);
    await expect(connecting.confirm({ ...of(state), clientId: OTHER }, 'site-1')).rejects.toThrow();
  });

  test('LC-07: who signs out leaves no attempt behind, not even one that was being started', async () => {
    const state = await connecting.start(wish);
    const late = connecting.start({ ...wish, clientId: OTHER });
    connecting.closeAll();
    await expect(late).rejects.toThrow('not signed in');
    expect(connecting.state(CLIENT)).toBeNull();
    expect(await comeBack(state, undefined, portOf(0))).toBeNull();
    expect(opened).toHaveLength(1);
  });
});

const connection = (id: string) => ({
  id,
  provider: 'jira',
  clientId: CLIENT,
  status: 'active',
  account: { id: 'site-1', name: 'chai-katha', detail: null },
  connectedBy: null,
  connectedAt: new Date(START).toISOString(),
  lastCheckedAt: null,
  credential: null,
  accessEndsAt: null,
  scopes: { granted: null, missing: [], extra: [] },
  health: [],
  budget: null,
  fix: 'none',
  fault: null,
  off: false,
  webhook: false,
});
