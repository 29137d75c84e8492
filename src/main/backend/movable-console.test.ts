import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, startServer } from '../../../sdk/test/server.ts';
import { until } from '../../../testkit/until.ts';
import { createConsole } from '../console.ts';
import { dataFolderFor } from '../environment.ts';
import { openSettings } from '../settings/settings.ts';
import { type FakeKeychain, fakeKeychain } from '../testkit/fake-keychain.ts';
import { clientRow, conversationRow, id } from '../testkit/rows.ts';
import { createMovableConsole, type MovableConsole, type MovableDeps } from './movable-console.ts';
import { openRemembered } from './remembered.ts';

const CLIENT = id('c00', 1);
const CONVERSATION = id('e00', 100);
const PERSON = { email: 'priya@agency.example', password: 'a long enough password' };

let servers: FakeServer[];
let keychain: FakeKeychain;
let place: string;
let console: MovableConsole;
let events: (readonly [string, unknown])[];

async function newServer(): Promise<FakeServer> {
  const server = await startServer(newId());
  server.answers['http.meta'] = () => meta();
  server.pull = () => [
    {
      t: 'hello',
      epoch: id('a00', 1),
      personId: server.person.id,
      agencyId: id('a00', 2),
      clients: [CLIENT],
      serverTime: new Date().toISOString(),
      reset: false,
    },
    { t: 'rows', c: 'clients', rows: [clientRow(1)] },
    { t: 'rows', c: 'conversations', rows: [conversationRow(100, 1, Date.now())] },
    { t: 'end', cursor: 'e.1.1' },
  ];
  servers.push(server);
  return server;
}

function begin(over: Partial<MovableDeps> = {}): MovableConsole {
  const info = { version: '0.2.0', platform: 'linux', shellKind: 'stand-in', demo: false } as const;
  console = createMovableConsole({
    address: openRemembered(place).get(),
    canChange: true,
    remembered: openRemembered(place),
    settings: openSettings(join(place, 'settings.json')),
    info,
    shell: {
      ...{ notify: () => undefined, setBadge: () => undefined, setTray: () => undefined, setTitle: () => undefined },
      ...{ openExternal: async () => undefined, openConsent: async () => false, openSignIn: async () => false },
      isFocused: () => true,
    },
    emit: (name, payload) => void events.push([name, payload]),
    fetch,
    make(own) {
      const userData = dataFolderFor(place, own.backendUrl);
      const settings = openSettings(join(userData, 'settings.json'));
      const clock = { now: () => new Date() };
      return {
        console: createConsole({ ...own, ...info, userData, settings, log: () => undefined, clock, keychain }),
        settings,
      };
    },
    ...over,
  });
  return console;
}

const meta = (change: Record<string, unknown> = {}) => ({
  status: 200,
  body: {
    ...{
      name: 'astrix',
      version: '0.2.0',
      minimumConsole: '0.1.0',
      demo: false,
      serverTime: '2026-12-01T10:00:00.000Z',
    },
    ...change,
  },
});
const state = () => console.handlers['account.state'](undefined);
const find = (address: string) => console.handlers['backend.find']({ address });
const use = (address: string) => console.handlers['backend.use']({ address });

beforeEach(() => {
  servers = [];
  keychain = fakeKeychain();
  place = mkdtempSync(join(tmpdir(), 'astrix-movable-'));
  events = [];
});
afterEach(async () => {
  await console.stop();
  for (const server of servers) await server.close();
  rmSync(place, { recursive: true, force: true });
});

/** Signed in at the server, with one reply that did not reach it, and then sealed by an expired session. */
async function leftBehind(server: FakeServer): Promise<void> {
  await use(server.url);
  server.answers['conversations.reply'] = () => 'cut';
  await console.handlers['account.signIn'](PERSON);
  await until(async () => {
    const listed = { clientId: CLIENT, filter: 'open', after: null, limit: 10 } as const;
    return (await console.handlers['inbox.list'](listed)).conversations.length === 1;
  });
  const reply = {
    clientId: CLIENT,
    conversationId: CONVERSATION,
    text: 'Never sent',
    replyToId: null,
    seenInboundId: null,
  };
  await console.handlers['writes.make']({ write: 'conversations.reply', clientId: CLIENT, args: reply });
}

describe('the first start', () => {
  test('asks for the address, answers nothing of an agency, and remembers what was chosen', async () => {
    const server = await newServer();
    await begin().start();
    expect(await state()).toEqual({ status: 'no-backend' });
    expect(await console.handlers['app.info'](undefined)).toMatchObject({ version: '0.2.0' });
    await expect(console.handlers['clients.list'](undefined)).rejects.toThrow('No server was chosen yet.');
    await expect(console.handlers['account.signIn'](PERSON)).rejects.toThrow('No server was chosen yet.');
    expect(await find(server.url)).toMatchObject({ address: server.url, caution: null, leaves: null });
    expect(await console.handlers['backend.state'](undefined)).toEqual({ address: null, canChange: true });
    expect(await use(`${server.url}/`)).toEqual({ address: server.url, canChange: true });
    expect(await state()).toEqual({ status: 'signed-out', notice: 'none' });
    await console.stop();
    await begin().start();
    expect(await console.handlers['backend.state'](undefined)).toEqual({ address: server.url, canChange: true });
  });

  test('a wrong address changes nothing, and neither does asking', async () => {
    const server = await newServer();
    server.answers['http.meta'] = () => ({ status: 200, body: { name: 'grafana' } });
    await begin().start();
    await expect(use(server.url)).rejects.toThrow('There is no Astrix server');
    await expect(use('http://agency.example')).rejects.toThrow('not encrypted');
    expect(await state()).toEqual({ status: 'no-backend' });
    expect(existsSync(join(place, 'backend.json'))).toBe(false);
  });

  test('a package or a developer that decides leaves no choice', async () => {
    const [own, other] = [await newServer(), await newServer()];
    await begin({ address: own.url, canChange: false }).start();
    await expect(use(other.url)).rejects.toThrow('cannot be changed');
    await expect(find(other.url)).rejects.toThrow('cannot be changed');
    expect(other.asked).toEqual([]);
  });
});

describe('LC-01, LC-10: moving to another backend', () => {
  test('carries no session, cache or outbox along, says what stays, and finds it again', async () => {
    const [first, second] = [await newServer(), await newServer()];
    await begin().start();
    await leftBehind(first);
    await expect(use(second.url)).rejects.toThrow('You are signed in on this server.');
    // The session ends at the server, as after a month: what is on the disk stays, sealed.
    first.answers['identity.refresh'] = () => ({ status: 401, body: problemBody('session_expired') });
    await console.stop();
    await begin().start();
    await until(async () => (await state()).status === 'signed-out');
    const { host } = new URL(first.url);
    await until(async () => (await find(second.url)).leaves?.unsent === 1);
    expect((await find(second.url)).leaves).toEqual({ host, unsent: 1 });

    const before = first.asked.length;
    await use(second.url);
    expect(await state()).toEqual({ status: 'signed-out', notice: 'none' });
    await console.handlers['account.signIn'](PERSON);
    await until(async () => (await console.handlers['sync.status'](undefined)).connection === 'online');
    expect(await console.handlers['outbox.list']({ clientId: null })).toEqual([]);
    expect(second.asked.filter(({ name }) => name === 'conversations.reply')).toEqual([]);
    const tokens = new Set(first.asked.map(({ token }) => token).filter(token => token !== null));
    expect(second.asked.filter(({ token }) => token !== null && tokens.has(token))).toEqual([]);
    expect(first.asked).toHaveLength(before);
    expect(readdirSync(join(place, 'backends'))).toHaveLength(2);

    delete first.answers['identity.refresh'];
    await console.handlers['account.signOut'](undefined);
    await use(first.url);
    await console.handlers['account.signIn'](PERSON);
    expect(await console.handlers['outbox.list']({ clientId: null })).toHaveLength(1);
  });

  test('an answer that comes after the move signs nobody in', async () => {
    const [first, second] = [await newServer(), await newServer()];
    const held = Promise.withResolvers<void>();
    await begin().start();
    await use(first.url);
    const meant = first.answers['identity.me'];
    first.answers['identity.me'] = async asked => {
      await held.promise;
      return meant?.(asked) ?? { status: 500, body: {} };
    };
    const late = console.handlers['account.signIn'](PERSON);
    late.catch(() => undefined);
    await until(() => first.asked.some(({ name }) => name === 'identity.me'));
    await use(second.url);
    const heard = events.length;
    held.resolve();
    await expect(late).rejects.toThrow();
    expect(await state()).toEqual({ status: 'signed-out', notice: 'none' });
    expect(events.slice(heard).filter(([name]) => name === 'accountChanged')).toEqual([]);
  });
});

test('a server that became too new for this console says so instead of taking the password', async () => {
  const server = await newServer();
  await begin().start();
  await use(server.url);
  await console.stop();
  server.answers['http.meta'] = () => meta({ version: '9.0.0', minimumConsole: '9.0.0' });
  await begin().start();
  await expect(console.handlers['account.signIn'](PERSON)).rejects.toThrow('needs 9.0.0 or newer');
  expect(server.asked.filter(({ name }) => name === 'identity.sign-in')).toEqual([]);
});

const problemBody = (code: string) => ({
  ...{ type: 'about:blank', status: 401, code, title: 'Your session has expired.' },
  ...{ detail: 'Sign in again.', reference: 'r-1' },
});
