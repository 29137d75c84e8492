import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, problem, startServer } from '../../../sdk/test/server.ts';
import { type FakeKeychain, fakeKeychain } from '../testkit/fake-keychain.ts';
import { createSession, LEASE_MS, type Session } from './session.ts';
import { createAccountVault } from './vault.ts';

const START = Date.parse('2026-11-20T06:30:00.000Z');
let server: FakeServer;
let keychain: FakeKeychain;
let folder: string;
let at: number;
let ended: string[];

beforeEach(async () => {
  server = await startServer(newId());
  keychain = fakeKeychain();
  folder = mkdtempSync(join(tmpdir(), 'astrix-session-'));
  at = START;
  ended = [];
  server.now = () => new Date(at);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const vault = () => createAccountVault(keychain, folder, server.url);
const kept = async () => (await vault().readSession())?.refreshToken;

/** A process of the console: what it does not keep is gone with the next one. */
function begin(): Session {
  const session: Session = createSession({
    client: createClient({ baseUrl: server.url, accessToken: () => session.accessToken() }),
    clock: { now: () => new Date(at) },
    log: () => undefined,
    platform: 'linux',
    vault,
    onEnded: async notice => {
      ended.push(notice);
      session.forget();
    },
  });
  return session;
}
async function signedIn(): Promise<Session> {
  const session = begin();
  await session.signIn('priya@agency.example', 'a long enough password');
  await session.persist();
  return session;
}
async function restarted(): Promise<Session> {
  const session = begin();
  session.restore((await vault().readSession())!);
  return session;
}
/** Past the life of an access token. */
const later = () => {
  at += 16 * 60_000;
};

describe('LC-01: the refresh token', () => {
  test('is stored in the keychain, changes at each use, and the access token is nowhere but in memory', async () => {
    const session = await signedIn();
    for (let turn = 0; turn < 3; turn++) {
      later();
      const token = await session.accessToken();
      expect(server.refreshTokens).toHaveLength(turn + 2);
      expect(await kept()).toBe(server.refreshTokens.at(-1));
      expect([...keychain.items.values()].join('')).not.toContain(token);
    }
    expect(new Set(server.refreshTokens).size).toBe(4);
  });

  test('is kept before what came with it is used', async () => {
    const session = await signedIn();
    later();
    const old = session.lastToken();
    const during: (string | null)[] = [];
    keychain.before = () => void during.push(session.lastToken());
    expect(await session.accessToken()).not.toBe(old);
    expect(during).toEqual([old]);
  });

  test.each([
    ['within 30 seconds the same turn is asked for again', 29_000, []],
    ['after that the family has ended', 31_000, ['revoked']],
  ] as const)('stopped between the answer and the keychain: %s', async (_what, wait, notices) => {
    const session = await signedIn();
    later();
    keychain.before = () => Promise.reject(new Error('killed'));
    await session.accessToken();
    keychain.before = () => undefined;
    at += wait;
    const next = await restarted();
    const token = await next.accessToken();
    expect(ended).toEqual(notices);
    expect(token === null).toBe(notices.length > 0);
    if (token !== null) expect(await kept()).toBe(server.refreshTokens.at(-1));
  });

  test('F-15: a keychain that fails in the middle of the day ends nothing before the next start', async () => {
    const session = await signedIn();
    later();
    keychain.fault = 'locked';
    const token = await session.accessToken();
    expect(token).not.toBeNull();
    later();
    expect(await session.accessToken()).not.toBe(token);
    expect(ended).toEqual([]);
  });
});

describe('F-10: refreshing', () => {
  test('fifty at once are one turn', async () => {
    const session = await signedIn();
    later();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => session.accessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(server.asked.filter(asked => asked.name === 'identity.refresh')).toHaveLength(1);
  });

  test('a lost reply leaves the person signed in', async () => {
    const session = await signedIn();
    later();
    const refresh = server.answers['identity.refresh'];
    let lost = 0;
    server.answers['identity.refresh'] = ({ body }) => {
      lost += 1;
      // The turn was made and its reply did not arrive.
      if (lost === 1) server.refreshTokens.push('turned-but-never-arrived-'.padEnd(32, 'x'));
      return lost === 1 ? 'cut' : replayed(String(body.refreshToken));
    };
    expect(await session.accessToken()).toBeNull();
    expect(await session.accessToken()).not.toBeNull();
    expect(ended).toEqual([]);
    server.answers['identity.refresh'] = refresh!;
  });
  const replayed = (sent: string) => {
    expect(sent).toBe(server.refreshTokens.at(-2));
    return {
      status: 200,
      body: {
        step: 'signed-in',
        accessToken: 'a'.repeat(32),
        accessExpiresIn: 900,
        refreshToken: server.refreshTokens.at(-1),
        sessionId: server.person.id,
        personId: server.person.id,
        agencyId: server.person.id,
      },
    };
  };

  test('that the server is seen while a turn is under way does not throw the turn away', async () => {
    const session = await signedIn();
    later();
    const turning = session.accessToken();
    await session.seen();
    await turning;
    expect(await kept()).toBe(server.refreshTokens.at(-1));
    expect(session.current()?.refreshToken).toBe(server.refreshTokens.at(-1));
  });

  test('signed out while a turn is under way: what comes back is thrown away', async () => {
    const session = await signedIn();
    later();
    const turning = session.accessToken();
    await vault().forgetSession();
    session.forget();
    expect(await turning).toBeNull();
    expect(keychain.items.size).toBe(0);
    expect(session.lastToken()).toBeNull();
  });

  test.each([
    ['session_ended', ['revoked']],
    ['session_expired', ['expired']],
    ['unavailable', []],
    ['rate_limited', []],
    ['forbidden', []],
  ] as const)('the answer %s ends it as %j', async (code, notices) => {
    const session = await signedIn();
    later();
    server.answers['identity.refresh'] = () => problem(code);
    expect(await session.accessToken()).toBeNull();
    expect(ended).toEqual(notices);
  });

  test('another server’s page, or none at all, ends nothing', async () => {
    const session = await signedIn();
    for (const answer of ['cut', { status: 200, body: '<html>Airport</html>' }] as const) {
      later();
      server.answers['identity.refresh'] = () => answer;
      expect(await session.accessToken()).toBeNull();
    }
    expect(ended).toEqual([]);
    expect(await kept()).toBe(server.refreshTokens[0]);
  });
});

test.each([
  ['a minute before', LEASE_MS - 60_000, true],
  ['a minute after', LEASE_MS + 60_000, false],
  ['a day back', -86_400_000, true],
  ['four days back', -4 * 86_400_000, false],
])('LC-08, F-14: the lease with a clock that stands %s its end', async (_what, shift, holds) => {
  const session = await signedIn();
  at += shift;
  expect(session.leaseHolds(session.current()!)).toBe(holds);
});

test.each([
  ['a minute before', 86_400_000 - 60_000, true],
  ['a minute after', 86_400_000 + 60_000, false],
])(
  'LC-08: an agency that chose one day has its lease end there, also after a restart: %s',
  async (_what, shift, holds) => {
    const session = await signedIn();
    await session.persist();
    await session.limitLease(1);
    at += shift;
    const restarted = await vault().readSession();
    expect(session.leaseHolds(restarted!)).toBe(holds);
  },
);
