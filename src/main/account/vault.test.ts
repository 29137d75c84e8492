import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeKeychain } from '../testkit/fake-keychain.ts';
import { cachePath, createAccountVault, type KeptSession } from './vault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-vault-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PERSON = newId();
const BACKEND = 'https://api.example.in';
const SESSION: KeptSession = {
  refreshToken: 'r'.repeat(64),
  deviceKey: 'd'.repeat(43),
  sessionId: newId(),
  personId: PERSON,
  name: 'Priya',
  email: 'priya@agency.example',
  role: 'agent',
  agencyName: 'Agency',
  seenAt: '2026-11-20T06:30:00.000Z',
};

const sessionItem = (items: Map<string, string>) => [...items.keys()].find(name => name.startsWith('session-'))!;

test('LC-01: the largest session fits into the smallest keychain', async () => {
  const keychain = fakeKeychain();
  const longest = { ...SESSION, refreshToken: 'r'.repeat(512), name: 'प'.repeat(120), agencyName: 'प'.repeat(120) };
  const backend = `https://${`${'b'.repeat(62)}.`.repeat(4)}in:65535`;
  await createAccountVault(keychain, folder, backend).writeSession({ ...longest, email: 'e'.repeat(254) });
  expect(Buffer.byteLength(keychain.items.get(sessionItem(keychain.items))!)).toBeLessThan(2560);
});

test('LC-01: two data folders of one user are two consoles: neither finds session or key of the other', async () => {
  const keychain = fakeKeychain();
  const [one, two] = [
    createAccountVault(keychain, join(folder, '1'), BACKEND),
    createAccountVault(keychain, join(folder, '2'), BACKEND),
  ];
  await one.writeSession(SESSION);
  expect(await two.readSession()).toBeNull();
  const [first, second] = [await one.cacheKey(PERSON), await two.cacheKey(PERSON)];
  expect([first.kind, second.kind]).toEqual(['made', 'made']);
  expect(first).not.toEqual(second);
  await two.forgetSession();
  await two.destroyCacheKey(PERSON);
  expect(await one.readSession()).toEqual(SESSION);
  expect((await one.cacheKey(PERSON)).kind).toBe('found');
});

test('LC-01: a session is read for the backend that gave it and for no other, and stays where it is', async () => {
  const keychain = fakeKeychain();
  await createAccountVault(keychain, folder, BACKEND).writeSession(SESSION);
  for (const other of ['https://api.example.in:8443', 'http://127.0.0.1:4700', 'https://api.example.in.evil.example'])
    expect(await createAccountVault(keychain, folder, other).readSession(), other).toBeNull();
  expect(await createAccountVault(keychain, folder, 'https://API.example.in:443').readSession()).toEqual(SESSION);
});

const NOT_OURS: readonly (readonly [string, string])[] = [
  ['no JSON', 'hunter2'],
  ['another shape', '{"token":"x"}'],
  ['no backend', JSON.stringify(SESSION)],
  ['a list', '[]'],
  ['nothing', ''],
  ['half of one', JSON.stringify(SESSION).slice(0, 90)],
  ['a role that is none', JSON.stringify({ ...SESSION, role: 'root' })],
  ['a person that is none', JSON.stringify({ ...SESSION, personId: '../../etc/passwd' })],
  ['a token that never ends', JSON.stringify({ ...SESSION, refreshToken: 'x'.repeat(5000) })],
];
test.each(NOT_OURS)('LC-01: a session item with %s is not used', async (_what, text) => {
  const keychain = fakeKeychain();
  const vault = createAccountVault(keychain, folder, BACKEND);
  await vault.writeSession(SESSION);
  keychain.items.set(sessionItem(keychain.items), text);
  expect(await vault.readSession()).toBeNull();
});

test.each(['', 'short', 'g'.repeat(64), '0'.repeat(63), `${'0'.repeat(64)}\n`])(
  'LC-03, F-15: a key item that holds %j counts as lost, and no new key is made in its place unasked',
  async text => {
    const keychain = fakeKeychain();
    const vault = createAccountVault(keychain, folder, BACKEND);
    await vault.cacheKey(PERSON);
    const item = [...keychain.items.keys()].find(name => name.startsWith('cache-'))!;
    keychain.items.set(item, text);
    expect(await vault.cacheKey(PERSON)).toEqual({ kind: 'lost' });
    expect(keychain.items.get(item)).toBe(text);
  },
);

test('LC-03: each person has a key of their own, 32 random bytes, and the file name says nothing about them', async () => {
  const vault = createAccountVault(fakeKeychain(), folder, BACKEND);
  const [mine, other] = [await vault.cacheKey(PERSON), await vault.cacheKey(newId())];
  expect('key' in mine && mine.key.length).toBe(32);
  expect(mine).not.toEqual(other);
  expect(cachePath(folder, PERSON)).not.toContain(PERSON.slice(0, 8));
});

test('F-15: a key that was never kept leaves no sign that it was', async () => {
  const keychain = fakeKeychain();
  keychain.before = () => Promise.reject(new Error('no'));
  await expect(createAccountVault(keychain, folder, BACKEND).cacheKey(PERSON)).rejects.toThrow();
  expect(existsSync(`${cachePath(folder, PERSON)}.keyed`)).toBe(false);
});

test('LC-07: a session that is still being written when it is forgotten does not come back', async () => {
  const keychain = fakeKeychain();
  let goOn: () => void = () => undefined;
  keychain.before = what =>
    what === 'set'
      ? new Promise<void>(resolve => {
          goOn = resolve;
        })
      : undefined;
  const vault = createAccountVault(keychain, folder, BACKEND);
  const writing = vault.writeSession(SESSION);
  const forgetting = vault.forgetSession();
  await Promise.resolve();
  goOn();
  await Promise.all([writing, forgetting]);
  expect(keychain.items.size).toBe(0);
});
