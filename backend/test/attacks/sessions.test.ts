import { randomBytes } from 'node:crypto';
import type { Role, SignedIn } from '@astrix/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode, disableMember } from '../../src/modules/identity/index.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { createWorld, PASSWORD, type TestPerson, TOTP, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());
beforeEach(() => world.clock.advance(3700));

const HOUR = 3600;
const person = (role: Role): TestPerson => world.agencies[0].people[role];
const otherDevice = (of: TestPerson): TestPerson => ({ ...of, deviceKey: randomBytes(32).toString('base64url') });
const refresh = (refreshToken: string, deviceKey: string) =>
  world.inject({ method: 'POST', url: '/v1/auth/refresh', payload: { refreshToken, deviceKey } });
const me = async (accessToken: string) =>
  (await world.inject({ url: '/v1/me', headers: { authorization: `Bearer ${accessToken}` } })).statusCode;
const signIn = (who: TestPerson) => world.signIn(who) as Promise<SignedIn>;
const update = (table: 'people' | 'memberships', values: object, role: Role) =>
  withSystem(world.db, 'demo-seed', tx =>
    tx
      .updateTable(table)
      .set(values)
      .where(table === 'people' ? 'id' : 'person_id', '=', person(role).id)
      .execute(),
  );
const auditOf = (event: string, sessionId: string) =>
  withSystem(world.db, 'telemetry', tx =>
    tx.selectFrom('audit_log').select('event').where('event', '=', event).where('session_id', '=', sessionId).execute(),
  );

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Another last letter of 43 that stands for the same 32 bytes: its two lowest bits are spare. */
const secondSpelling = (letter: string) => LETTERS[LETTERS.indexOf(letter) ^ 1]!;

describe('AU-04: a refresh token that comes back', () => {
  test('30 seconds after its turn the same device gets the same successor; after that all its sessions end', async () => {
    const who = person('agent');
    const first = await signIn(who);
    const beside = await signIn(who);
    const elsewhere = await signIn(otherDevice(who));
    const next = (await refresh(first.refreshToken, who.deviceKey)).json();
    world.clock.advance(30);
    expect((await refresh(first.refreshToken, who.deviceKey)).json().refreshToken).toBe(next.refreshToken);
    world.clock.advance(1);
    const thief = await refresh(first.refreshToken, who.deviceKey);
    expect([thief.statusCode, thief.json().code]).toEqual([401, 'session_ended']);

    const victim = await refresh(next.refreshToken, who.deviceKey);
    expect([victim.statusCode, victim.json().code]).toEqual([401, 'session_ended']);
    expect(await Promise.all([first, next, beside].map(session => me(session.accessToken)))).toEqual([401, 401, 401]);
    expect((await refresh(beside.refreshToken, who.deviceKey)).json().code).toBe('session_ended');
    expect(await me(elsewhere.accessToken)).toBe(200);
    expect(await auditOf('session.reuse', first.sessionId)).toHaveLength(1);
  });

  test('two turns back is reuse at once', async () => {
    const who = person('agent');
    const first = await signIn(who);
    const second = (await refresh(first.refreshToken, who.deviceKey)).json();
    await refresh(second.refreshToken, who.deviceKey);
    expect((await refresh(first.refreshToken, who.deviceKey)).statusCode).toBe(401);
    expect(await me(second.accessToken)).toBe(401);
  });

  test('a token that was never given ends nothing', async () => {
    const who = person('agent');
    const session = await signIn(who);
    const [head, generation, mac] = session.refreshToken.split('.') as [string, string, string];
    const forged = [
      `${head}.${Number(generation) + 1}.${mac}`,
      `${head}.${generation}.${mac.slice(1)}A`,
      `${head.slice(0, -1)}${head.endsWith('0') ? '1' : '0'}.${generation}.${mac}`,
      `${head}.${generation}.${mac.slice(0, -1)}${secondSpelling(mac.at(-1)!)}`,
      `${head}.0.${mac}`,
      `${head}.999999999.${mac}`,
      `${head}.${generation}.${'A'.repeat(43)}`,
      session.accessToken,
      session.refreshToken.toUpperCase(),
    ];
    for (const token of forged)
      for (const key of [who.deviceKey, 'A'.repeat(43)]) expect((await refresh(token, key)).statusCode).toBe(401);
    expect(await me(session.accessToken)).toBe(200);
    expect((await refresh(session.refreshToken, who.deviceKey)).statusCode).toBe(200);
  });
});

describe('AU-05: the same device at the same moment', () => {
  test('fifty refreshes at once have one successor, and it works', async () => {
    const who = person('agent');
    const { refreshToken, sessionId } = await signIn(who);
    const replies = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken, who.deviceKey)));
    expect(new Set(replies.map(reply => reply.statusCode))).toEqual(new Set([200]));
    const successors = new Set(replies.map(reply => reply.json().refreshToken));
    expect(successors.size).toBe(1);
    const { generation } = await withSystem(world.db, 'telemetry', tx =>
      tx.selectFrom('sessions').select('generation').where('id', '=', sessionId).executeTakeFirstOrThrow(),
    );
    expect(generation).toBe(2);
    const [successor] = successors;
    expect((await refresh(String(successor), who.deviceKey)).statusCode).toBe(200);
  });

  test('another device key is refused, however fresh the token, and ends the session it stole from', async () => {
    const who = person('agent');
    const session = await signIn(who);
    const stolen = await refresh(session.refreshToken, randomBytes(32).toString('base64url'));
    expect([stolen.statusCode, stolen.json().code]).toEqual([401, 'session_ended']);
    expect(await me(session.accessToken)).toBe(401);
    expect(await auditOf('session.reuse', session.sessionId)).toHaveLength(1);
  });
});

describe('AU-06: every edge by the clock', () => {
  test('an access token expires after 15 minutes', async () => {
    const { accessToken, accessExpiresIn } = await signIn(person('agent'));
    expect(accessExpiresIn).toBe(900);
    world.clock.advance(899);
    expect(await me(accessToken)).toBe(200);
    world.clock.advance(1);
    expect(await me(accessToken)).toBe(401);
  });

  test.each([
    [8 * HOUR - 1, 200],
    [8 * HOUR, 401],
  ])('after %i idle seconds a refresh answers %i', async (seconds, status) => {
    const who = person('agent');
    const { refreshToken } = await signIn(who);
    world.clock.advance(seconds);
    const reply = await refresh(refreshToken, who.deviceKey);
    expect(reply.statusCode).toBe(status);
    if (status === 401) expect(reply.json().code).toBe('session_expired');
  });

  test.each([
    ['agent', 30 * 24 * HOUR],
    ['owner', 12 * HOUR],
    ['admin', 12 * HOUR],
  ] as const)('a session of the %s in constant use ends after %i seconds, its tokens included', async (role, life) => {
    const who = person(role);
    let session = await signIn(who);
    let left = life - 1;
    for (; left > 7 * HOUR; left -= 7 * HOUR) {
      world.clock.advance(7 * HOUR);
      session = (await refresh(session.refreshToken, who.deviceKey)).json();
    }
    world.clock.advance(left);
    session = (await refresh(session.refreshToken, who.deviceKey)).json();
    expect(await me(session.accessToken)).toBe(200);
    world.clock.advance(1);
    expect(await me(session.accessToken)).toBe(401);
    expect((await refresh(session.refreshToken, who.deviceKey)).json().code).toBe('session_expired');
  });

  test('a session that was signed out is refused on the next request', async () => {
    const who = person('agent');
    const session = await signIn(who);
    const headers = { authorization: `Bearer ${session.accessToken}` };
    expect((await world.inject({ method: 'POST', url: '/v1/auth/sign-out', headers })).statusCode).toBe(204);
    expect(await me(session.accessToken)).toBe(401);
    expect((await refresh(session.refreshToken, who.deviceKey)).json().code).toBe('session_ended');
  });
});

describe('AU-09: somebody who has left', () => {
  const GONE = {
    'out of the agency': () =>
      withSystem(world.db, 'demo-seed', tx => disableMember(tx, world.agencies[0].id, person('analyst').id)),
    'disabled everywhere': () => update('people', { disabled_at: world.clock.now() }, 'analyst'),
  };
  afterEach(async () => {
    await update('people', { disabled_at: null }, 'analyst');
    await update('memberships', { disabled_at: null }, 'analyst');
  });

  test.each(Object.entries(GONE))(
    '%s: three devices, a sign-in under way and a new one are all refused',
    async (_, leave) => {
      const who = person('analyst');
      const devices = [who, otherDevice(who), otherDevice(who)];
      const sessions: SignedIn[] = [];
      for (const device of devices) sessions.push(await signIn(device));
      const device = { name: 'x', platform: 'linux', key: who.deviceKey };
      const begin = () =>
        world.inject({
          method: 'POST',
          url: '/v1/auth/sign-in',
          payload: { email: who.email, password: PASSWORD, device },
        });
      const { challenge } = (await begin()).json();
      await leave();
      for (const [i, session] of sessions.entries()) {
        expect(await me(session.accessToken)).toBe(401);
        expect((await refresh(session.refreshToken, devices[i]!.deviceKey)).statusCode).toBe(401);
      }
      world.clock.advance(30);
      const { code } = await currentCode(TOTP, world.clock.now());
      const finish = await world.inject({ method: 'POST', url: '/v1/auth/totp', payload: { challenge, code } });
      expect(finish.statusCode).toBe(401);
      expect((await begin()).json().code).toBe('sign_in_refused');
    },
  );
});

describe('AU-10: no way to a role of the agency without a second factor', () => {
  const factorsOf = (role: Role) =>
    withSystem(world.db, 'telemetry', tx =>
      tx.selectFrom('factors').selectAll().where('person_id', '=', person(role).id).execute(),
    );
  const removeFactors = (role: Role) =>
    withSystem(world.db, 'demo-seed', tx =>
      tx.deleteFrom('factors').where('person_id', '=', person(role).id).execute(),
    );

  test.each(['owner', 'admin', 'manager', 'agent', 'analyst'] as const)('%s', async role => {
    const who = person(role);
    const session = await signIn(who);
    const factors = await factorsOf(role);
    await removeFactors(role);
    const payload = {
      email: who.email,
      password: PASSWORD,
      device: { name: 'x', platform: 'linux', key: who.deviceKey },
    };
    const reply = await world.inject({ method: 'POST', url: '/v1/auth/sign-in', payload });
    expect([reply.statusCode, reply.json().code]).toEqual([403, 'forbidden']);
    expect(await me(session.accessToken)).toBe(401);
    expect((await refresh(session.refreshToken, who.deviceKey)).statusCode).toBe(401);
    await withSystem(world.db, 'demo-seed', tx => tx.insertInto('factors').values(factors).execute());
  });

  test('a client who becomes an agent does not take the session without a factor along', async () => {
    const who = person('client');
    const session = await signIn(who);
    expect(await me(session.accessToken)).toBe(200);
    await update('memberships', { role: 'agent' }, 'client');
    expect(await me(session.accessToken)).toBe(401);
    expect((await refresh(session.refreshToken, who.deviceKey)).statusCode).toBe(401);
    await update('memberships', { role: 'client' }, 'client');
  });

  test('AU-06: an agent who becomes an admin has a session of 12 hours like one', async () => {
    const who = person('agent');
    let session = await signIn(who);
    for (let n = 0; n < 2; n++) {
      world.clock.advance(6 * HOUR + 1);
      session = (await refresh(session.refreshToken, who.deviceKey)).json();
    }
    expect(await me(session.accessToken)).toBe(200);
    await update('memberships', { role: 'admin' }, 'agent');
    expect(await me(session.accessToken)).toBe(401);
    expect((await refresh(session.refreshToken, who.deviceKey)).statusCode).toBe(401);
    await update('memberships', { role: 'agent' }, 'agent');
  });
});
