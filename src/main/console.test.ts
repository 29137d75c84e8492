import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, problem, startServer } from '../../sdk/test/server.ts';
import { until } from '../../testkit/until.ts';
import type { AccountState, CallName } from '../shared/ipc.ts';
import { LEASE_MS } from './account/session.ts';
import { cachePath } from './account/vault.ts';
import type { Console } from './console.ts';
import { APP_PAGE, isOwnOrigin } from './guard/rules.ts';
import { createRouter } from './ipc/router.ts';
import type { Emit } from './ports.ts';
import { openSettings } from './settings/settings.ts';
import { ACCEPTED } from './testkit/accepted.ts';
import { consoleOver } from './testkit/console-rig.ts';
import { type FakeKeychain, fakeKeychain } from './testkit/fake-keychain.ts';
import { clientRow, conversationRow, id } from './testkit/rows.ts';

const START = Date.parse('2026-11-20T06:30:00.000Z');
const CLIENT = id('c00', 1);
const CONVERSATION = id('e00', 100);
const TEXT = 'CANARY-REPLY-NEVER-SENT';
const NAME = 'CANARY-CUSTOMER';

let server: FakeServer;
let keychain: FakeKeychain | null;
let userData: string;
let at: number;
let opened: Console[];

beforeEach(async () => {
  server = await startServer(newId());
  keychain = fakeKeychain();
  userData = mkdtempSync(join(tmpdir(), 'astrix-console-'));
  at = START;
  opened = [];
  server.now = () => new Date(at);
  server.pull = () => [
    {
      t: 'hello',
      epoch: id('a00', 1),
      personId: server.person.id,
      agencyId: id('a00', 2),
      clients: [CLIENT],
      serverTime: new Date(at).toISOString(),
      reset: false,
    },
    { t: 'rows', c: 'clients', rows: [clientRow(1)] },
    { t: 'rows', c: 'conversations', rows: [conversationRow(100, 1, START, { contactName: NAME })] },
    { t: 'end', cursor: 'e.1.1' },
  ];
});
afterEach(async () => {
  for (const one of opened) await one.stop();
  await server.close();
  rmSync(userData, { recursive: true, force: true });
});

/** A start of the program: nothing is shared with the one before but the disk and the keychain. */
async function start(emit: Emit = () => undefined): Promise<{ console: Console; state: () => Promise<AccountState> }> {
  const console = consoleOver({ userData, backendUrl: server.url, keychain, emit, now: () => new Date(at) });
  opened.push(console);
  await console.start();
  return { console, state: () => console.handlers['account.state'](undefined) };
}

const inbox = async (console: Console) =>
  console.handlers['inbox.list']({ clientId: CLIENT, filter: 'open', after: null, limit: 10 });
const waiting = async (console: Console) => (await console.handlers['outbox.list']({ clientId: null })).length;

/** Signed in, the inbox there, and one reply written that the server did not get. */
async function atWork(emit?: Emit): Promise<Console> {
  server.answers['conversations.reply'] = () => 'cut';
  const { console } = await start(emit);
  await console.handlers['account.signIn']({ email: 'priya@agency.example', password: 'a long enough password' });
  await until(async () => (await inbox(console)).conversations.length === 1);
  const reply = { clientId: CLIENT, conversationId: CONVERSATION, text: TEXT, replyToId: null, seenInboundId: null };
  await console.handlers['writes.make']({ write: 'conversations.reply', clientId: CLIENT, args: reply });
  return console;
}

/** What anybody can read on this disk. */
const onDisk = () =>
  readdirSync(userData, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n');

test('LC-01: neither refresh token nor access token nor device key is on the disk', async () => {
  await atWork();
  const [, session] = [...keychain!.items].find(([item]) => item.startsWith('session-'))!;
  const access = server.asked.at(-1)!.token!;
  const { refreshToken, deviceKey } = JSON.parse(session) as { refreshToken: string; deviceKey: string };
  for (const secret of [refreshToken, deviceKey, access, TEXT, NAME]) expect(onDisk()).not.toContain(secret);
});

test('SH-15: no answer of any channel and no event of a console at work carries a token, a key or a device secret', async () => {
  const events: unknown[] = [];
  const console = await atWork((name, value) => void events.push([name, value]));
  const route = createRouter({
    handlers: console.handlers,
    signedIn: console.signedIn,
    isOwnOrigin,
    log: () => undefined,
  });
  const page = { frame: { url: APP_PAGE, isTop: true }, knownWindow: true };
  const answers: Record<string, string> = {};
  const secrets = new Set<string>();
  const collect = () => {
    for (const value of keychain!.items.values())
      for (const [word] of value.matchAll(/[\w+/=-]{20,}/g)) if (!/^[\da-f]{8}-/.test(word)) secrets.add(word);
    for (const { token } of server.asked) if (token !== null) secrets.add(token);
    for (const token of server.refreshTokens) secrets.add(token);
  };
  collect();
  const last: CallName[] = ['account.signOut'];
  const calls = (Object.keys(ACCEPTED) as CallName[]).filter(name => !last.includes(name));
  for (const name of [...calls, ...last]) {
    answers[name] = JSON.stringify(await route(page, name, ACCEPTED[name]));
    collect();
  }
  // There is something to leak, and the answers are real ones.
  expect(secrets.size).toBeGreaterThanOrEqual(4);
  expect(answers['inbox.list']).toContain('"ok":true');
  expect(Object.values(answers).filter(answer => answer.startsWith('{"ok":true')).length).toBeGreaterThan(15);
  expect(events.length).toBeGreaterThan(3);
  const said = { ...answers, events: JSON.stringify(events) };
  const leaks = Object.entries(said).flatMap(([name, text]) =>
    [...secrets].filter(one => text.includes(one)).map(one => `${name} holds ${one.slice(0, 6)}…`),
  );
  expect(leaks).toEqual([]);
});

test('LC-01: started against another backend, the console is signed out there and sends it nothing', async () => {
  await (await atWork()).stop();
  const first = server;
  const other = await startServer(first.person.id);
  server = other;
  const { console, state } = await start();
  expect(await state()).toEqual({ status: 'signed-out', notice: 'none' });
  await console.stop();
  expect(other.asked).toEqual([]);
  server = first;
  await other.close();
  expect(await (await start()).state()).toMatchObject({ status: 'signed-in' });
});

describe('LC-02, F-15: without a keychain that keeps what it is given', () => {
  test.each([
    ['none', 'absent'],
    ['locked', 'locked'],
    ['hanging', 'hanging'],
    ['lying', 'absent'],
  ] as const)(
    '%s: everything stays in memory, with the reason, and nothing of it on the disk',
    async (fault, reason) => {
      if (fault === 'none') keychain = null;
      else keychain!.fault = fault;
      const console = await atWork();
      const state = await console.handlers['account.state'](undefined);
      expect(state).toMatchObject({ status: 'signed-in', storage: { mode: 'memory', reason } });
      expect(existsSync(join(userData, 'cache'))).toBe(false);
      for (const secret of [TEXT, NAME, server.refreshTokens.at(-1)!]) expect(onDisk()).not.toContain(secret);
      await console.stop();
      expect(await (await start()).state()).toMatchObject({ status: 'signed-out' });
    },
  );

  test('locked at one start: what was queued is there again at the next', async () => {
    await (await atWork()).stop();
    keychain!.fault = 'locked';
    const locked = await start();
    expect(await locked.state()).toMatchObject({ status: 'signed-out' });
    await locked.console.stop();
    keychain!.fault = 'none';
    const { console } = await start();
    expect(await waiting(console)).toBe(1);
  });
});

describe('LC-07: signing out', () => {
  /** Stopped in the middle: the process is gone, and nothing that it still wanted to do happens. */
  async function stoppedAt(step: number): Promise<boolean> {
    const console = await atWork();
    let steps = 0;
    keychain!.before = () => {
      steps += 1;
      return steps > step ? new Promise<never>(() => undefined) : undefined;
    };
    const leaving = console.handlers['account.signOut'](undefined).then(() => true);
    const ended = await Promise.race([leaving, until(() => steps > step).then(() => false)]);
    keychain = fakeKeychain(keychain!.items);
    return ended;
  }

  test('the key goes first, then the session, then the files; the next person sees nothing', async () => {
    const console = await atWork();
    const before = keychain!.asked.length;
    await console.handlers['account.signOut'](undefined);
    const order = keychain!.asked.slice(before).map(asked => asked.replace(/-.*/, ''));
    expect(order.slice(0, 2)).toEqual(['delete cache', 'delete session']);
    expect([...keychain!.items]).toEqual([]);
    expect(readdirSync(join(userData, 'cache'))).toEqual([]);
    await expect(inbox(console)).rejects.toThrow('You are not signed in.');
    server.person.id = newId();
    server.pull = () => [];
    await console.handlers['account.signIn']({ email: 'other@agency.example', password: 'another long password' });
    expect((await inbox(console)).conversations).toEqual([]);
    expect(await waiting(console)).toBe(0);
  });

  test.each([0, 1, 2, 3, 4])('stopped after %i changes of the keychain, the next start finishes it', async step => {
    await stoppedAt(step);
    const { console, state } = await start();
    expect(await state()).toEqual({ status: 'signed-out', notice: 'none' });
    expect(console.signedIn()).toBe(false);
    expect([...keychain!.items.keys()].filter(item => !item.startsWith('probe-'))).toEqual([]);
    expect(existsSync(cachePath(userData, server.person.id))).toBe(false);
    expect(openSettings(join(userData, 'settings.json')).get()).toMatchObject({ leaving: null, account: null });
  });

  test('F-15: locked meanwhile, it is finished as soon as the keychain opens, and nobody is signed in before', async () => {
    const console = await atWork();
    keychain!.fault = 'locked';
    await console.handlers['account.signOut'](undefined);
    await console.stop();
    expect(existsSync(cachePath(userData, server.person.id))).toBe(false);
    expect(keychain!.items.size).toBe(2);
    keychain!.fault = 'none';
    expect(await (await start()).state()).toMatchObject({ status: 'signed-out' });
    expect(keychain!.items.size).toBe(0);
  });

  test('LC-13: somebody who signs in before it is finished keeps what is theirs', async () => {
    const first = await atWork();
    keychain!.fault = 'locked';
    await first.handlers['account.signOut'](undefined);
    keychain!.fault = 'none';
    server.person.id = newId();
    await first.handlers['account.signIn']({ email: 'other@agency.example', password: 'another long password' });
    await first.stop();
    const { console, state } = await start();
    expect(await state()).toMatchObject({ status: 'signed-in', personId: server.person.id });
    expect(await waiting(console)).toBe(0);
    expect([...keychain!.items.keys()].map(item => item.replace(/-.*/, '')).sort()).toEqual(['cache', 'session']);
  });
});

describe('LC-08, F-27: the server ends it', () => {
  test('revoked: key and files go, as with signing out', async () => {
    const console = await atWork();
    server.say({ event: 'ended', data: { reason: 'revoked' } });
    await until(() => keychain!.items.size === 0 && !existsSync(cachePath(userData, server.person.id)));
    expect(await console.handlers['account.state'](undefined)).toMatchObject({ notice: 'revoked' });
  });

  test('run out: what is queued stays sealed, and is there when the same person comes back', async () => {
    const console = await atWork();
    server.say({ event: 'ended', data: { reason: 'expired' } });
    await until(() => ![...keychain!.items.keys()].some(item => item.startsWith('session-')));
    await until(() => !console.signedIn());
    await expect(inbox(console)).rejects.toThrow();
    await console.handlers['account.signIn']({ email: 'priya@agency.example', password: 'a long enough password' });
    expect(await waiting(console)).toBe(1);
  });

  test('F-17: after a long sleep without a network nothing is shown, and nothing is lost', async () => {
    const console = await atWork();
    server.answers['identity.refresh'] = () => 'cut';
    server.answers['sync.live'] = () => 'cut';
    at += LEASE_MS + 60_000;
    console.wake();
    await expect(inbox(console)).rejects.toThrow('You are not signed in.');
    await until(async () => (await console.handlers['account.state'](undefined)).status === 'signed-out');
    expect(await console.handlers['account.state'](undefined)).toEqual({ status: 'signed-out', notice: 'lease-ended' });
    await console.stop();
    delete server.answers['identity.refresh'];
    const next = await start();
    expect(await next.state()).toMatchObject({ status: 'signed-in' });
    expect(await waiting(next.console)).toBe(1);
  });

  test('started after the lease without a network it stays sealed; with one it goes on', async () => {
    await (await atWork()).stop();
    at += LEASE_MS + 60_000;
    server.answers['identity.refresh'] = () => problem('unavailable');
    expect(await (await start()).state()).toEqual({ status: 'signed-out', notice: 'lease-ended' });
    delete server.answers['identity.refresh'];
    expect(await (await start()).state()).toMatchObject({ status: 'signed-in' });
  });
});

test('LC-13: two staff on one account of the machine have keys, files and queues of their own', async () => {
  const console = await atWork();
  const first = server.person.id;
  server.say({ event: 'ended', data: { reason: 'expired' } });
  await until(() => ![...keychain!.items.keys()].some(item => item.startsWith('session-')));
  await until(() => !console.signedIn());
  server.person.id = newId();
  server.pull = () => [];
  await console.handlers['account.signIn']({ email: 'other@agency.example', password: 'another long password' });
  expect((await inbox(console)).conversations).toEqual([]);
  expect(await waiting(console)).toBe(0);
  const keys = [...keychain!.items].filter(([item]) => item.startsWith('cache-'));
  expect(new Set(keys.map(([, key]) => key)).size).toBe(2);
  expect(cachePath(userData, first)).not.toBe(cachePath(userData, server.person.id));
  await console.handlers['account.signOut'](undefined);
  server.person.id = first;
  await console.handlers['account.signIn']({ email: 'priya@agency.example', password: 'a long enough password' });
  expect(await waiting(console)).toBe(1);
});

describe('the rail’s order', () => {
  const clients = [1, 2, 3].map(clientRow);
  const ids = clients.map(client => client.id);
  const order = async (console: Console) =>
    (await console.handlers['clients.list'](undefined)).map(client => ids.indexOf(client.id) + 1);

  async function signedIn(): Promise<Console> {
    server.pull = () => [
      {
        t: 'hello',
        epoch: id('a00', 1),
        personId: server.person.id,
        agencyId: id('a00', 2),
        clients: ids,
        serverTime: new Date(at).toISOString(),
        reset: false,
      },
      { t: 'rows', c: 'clients', rows: clients },
      { t: 'end', cursor: 'e.1.1' },
    ];
    const { console } = await start();
    await console.handlers['account.signIn']({ email: 'priya@agency.example', password: 'a long enough password' });
    await until(async () => (await order(console)).length === 3);
    return console;
  }

  test('is not changed by opening a client, and is the person’s own after it was set', async () => {
    const console = await signedIn();
    await console.handlers['clients.switch']({ clientId: ids[2]! });
    await console.handlers['clients.switch']({ clientId: ids[1]! });
    expect(await order(console)).toEqual([1, 2, 3]);
    await console.handlers['clients.setOrder']({ clientIds: [ids[2]!, ids[0]!, ids[1]!] });
    expect(await order(console)).toEqual([3, 1, 2]);
  });

  test('stays for the person after a sign-out, and is not the next person’s', async () => {
    const console = await signedIn();
    await console.handlers['clients.setOrder']({ clientIds: [ids[2]!, ids[0]!, ids[1]!] });
    await console.handlers['account.signOut'](undefined);
    const first = server.person;
    server.person = { ...first, id: newId() };
    const next = await signedIn();
    expect(await order(next)).toEqual([1, 2, 3]);
    await next.handlers['account.signOut'](undefined);
    server.person = first;
    expect(await order(await signedIn())).toEqual([3, 1, 2]);
  });

  test('names no client that the person may not see', async () => {
    const console = await signedIn();
    const asked = console.handlers['clients.setOrder']({ clientIds: [ids[0]!, id('c00', 9)] });
    await expect(asked).rejects.toMatchObject({ error: { code: 'not_found' } });
    expect(await order(console)).toEqual([1, 2, 3]);
  });
});
