import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, startServer } from '../../sdk/test/server.ts';
import type { Console } from './console.ts';
import { consoleOver } from './testkit/console-rig.ts';
import { fakeKeychain } from './testkit/fake-keychain.ts';
import { clientRow, id } from './testkit/rows.ts';

const CLIENT = id('c00', 1);
const LINK = { to: 'screen', screen: 'inbox', clientId: CLIENT, at: id('e00', 1) } as const;
const OTHER = { to: 'client', clientId: id('c00', 9) } as const;

let server: FakeServer;
let userData: string;
let console: Console;
let announced: number;
let pulled: PromiseWithResolvers<void>;
const keychain = fakeKeychain();

beforeEach(async () => {
  server = await startServer(newId());
  userData = mkdtempSync(join(tmpdir(), 'astrix-destination-'));
  announced = 0;
  pulled = Promise.withResolvers();
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
    { t: 'end', cursor: 'e.1.1' },
  ];
  console = consoleOver({
    userData,
    backendUrl: server.url,
    keychain,
    now: () => new Date(),
    emit: (name, payload) => {
      if (name === 'navigate') announced += 1;
      if (name === 'syncChanged' && (payload as { syncedAt: string | null }).syncedAt !== null) pulled.resolve();
    },
  });
  await console.start();
});
afterEach(async () => {
  await console.stop();
  await server.close();
  rmSync(userData, { recursive: true, force: true });
});

const take = () => console.handlers['app.takeDestination'](undefined);
const signIn = () =>
  console.handlers['account.signIn']({ email: 'priya@agency.example', password: 'a long enough password' });

describe('a link', () => {
  test('opened before anybody is signed in waits for that and for its client, and is taken once', async () => {
    console.open(LINK);
    expect(await take()).toBeNull();
    await signIn();
    await pulled.promise;
    expect(announced).toBeGreaterThan(0);
    expect(await take()).toEqual(LINK);
    expect(await take()).toBeNull();
  });

  test('opened before the window listens is there when the window asks', async () => {
    await signIn();
    await pulled.promise;
    console.open(LINK);
    expect(announced).toBe(1);
    expect(await take()).toEqual(LINK);
  });

  test('to a client that this person does not work on is dropped', async () => {
    console.open(OTHER);
    await signIn();
    await pulled.promise;
    expect(await take()).toBeNull();
    const before = announced;
    await console.handlers['settings.set']({ theme: 'dark' });
    await console.handlers['sync.now'](undefined);
    expect(announced).toBe(before);
  });

  test('gives way to a newer one', async () => {
    console.open(LINK);
    console.open({ to: 'settings' });
    await signIn();
    expect(await take()).toEqual({ to: 'settings' });
    expect(await take()).toBeNull();
  });
});
