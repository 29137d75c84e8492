import { Problem } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { hashPassword, verifyPassword } from '../../src/platform/crypto/index.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { createWorld, PASSWORD, type TestPerson, TOTP, type World } from '../world.ts';

let world: World;
/** How often a password was really compared: what a guess costs, and what a caller could measure. */
let compared = 0;
beforeAll(async () => {
  world = await createWorld(
    { ASTRIX_ROLE: 'api' },
    {
      verify: (stored, password) => {
        compared += 1;
        return verifyPassword(stored, password);
      },
    },
  );
});
afterAll(() => world.close());
// Past every lock, every code and every rate limit of the test before.
beforeEach(() => world.clock.advance(3700));

const people = () => world.agencies[0].people;
const device = (person: TestPerson) => ({ name: 'Test laptop', platform: 'linux', key: person.deviceKey });
const post = (url: string, payload: object, remoteAddress = '127.0.0.1') =>
  world.inject({ method: 'POST', url, payload, remoteAddress });
const signIn = (email: string, password: string, from?: string) =>
  post('/v1/auth/sign-in', { email, password, device: device(people().agent) }, from);
const challengeFor = async (person: TestPerson) => (await signIn(person.email, PASSWORD)).json().challenge as string;
const codeIn = async (seconds: number) =>
  (await currentCode(TOTP, new Date(world.clock.now().getTime() + seconds * 1000))).code;
const totp = (challenge: string, code: string, from?: string) => post('/v1/auth/totp', { challenge, code }, from);
const nameless = (body: string) => body.replace(/"reference":"[^"]*"/, '');

describe('AU-11: codes', () => {
  test('a code works once, also in another sign-in', async () => {
    const code = await codeIn(0);
    const second = await challengeFor(people().manager);
    expect((await totp(await challengeFor(people().manager), code)).statusCode).toBe(200);
    const again = await totp(second, code);
    expect([again.statusCode, again.json().code]).toEqual([401, 'totp_refused']);
  });

  test.each([
    [-60, 401],
    [-30, 200],
    [0, 200],
    [30, 200],
    [60, 401],
  ])('a code of %i seconds from now answers %i', async (seconds, status) => {
    const reply = await totp(await challengeFor(people().manager), await codeIn(seconds));
    expect(reply.statusCode).toBe(status);
  });

  test('an older code does not work after a newer one', async () => {
    const older = await codeIn(0);
    expect((await totp(await challengeFor(people().manager), await codeIn(30))).statusCode).toBe(200);
    expect((await totp(await challengeFor(people().manager), older)).statusCode).toBe(401);
  });

  test('five tries end the sign-in, ten lock it, the right code included', async () => {
    const right = await codeIn(0);
    const wrong = right === '000000' ? '000001' : '000000';
    const codes: string[] = [];
    for (let round = 0; round < 2; round++) {
      const challenge = await challengeFor(people().manager);
      for (let n = 0; n < 5; n++) codes.push((await totp(challenge, wrong)).json().code);
      if (round === 0) codes.push((await totp(challenge, right)).json().code);
    }
    expect(codes).toEqual([...Array(5).fill('totp_refused'), 'challenge_expired', ...Array(5).fill('totp_refused')]);
    const locked = await signIn(people().manager.email, PASSWORD);
    expect([locked.statusCode, locked.json().code]).toEqual([429, 'locked_out']);
    expect(Number(locked.headers['retry-after'])).toBe(900);
  });

  test('AU-14: ten wrong codes lock the second factor of a person, from however many networks they come', async () => {
    const right = await codeIn(0);
    const wrong = right === '000000' ? '000001' : '000000';
    const { email } = people().manager;
    const codes: string[] = [];
    for (let n = 0; n < 12; n++) {
      const from = `2001:db8:${n.toString(16)}::1`;
      const { challenge } = (await signIn(email, PASSWORD, from)).json();
      const reply = await totp(challenge, n === 11 ? right : wrong, from);
      codes.push(reply.json().code);
      if (n === 11) expect(Number(reply.headers['retry-after'])).toBe(3600);
    }
    expect(codes).toEqual([...Array(10).fill('totp_refused'), 'locked_out', 'locked_out']);
    world.clock.advance(3600);
    expect((await totp(await challengeFor(people().manager), await codeIn(0))).statusCode).toBe(200);
  });

  test('a challenge expires after five minutes, or when it was used once', async () => {
    const challenge = await challengeFor(people().manager);
    world.clock.advance(300);
    expect((await totp(challenge, await codeIn(0))).json().code).toBe('challenge_expired');
    const next = await challengeFor(people().manager);
    expect((await totp(next, await codeIn(0))).statusCode).toBe(200);
    world.clock.advance(60);
    expect((await totp(next, await codeIn(0))).json().code).toBe('challenge_expired');
  });
});

describe('AU-13: passwords', () => {
  test('Argon2id with the cost of the house', async () => {
    expect(await hashPassword('x')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  const LONG = 'a'.repeat(255);
  test.each([
    ['nothing is cut off at the end', `${LONG}b`, `${LONG}c`],
    ['nor at 72 bytes', `${'é'.repeat(40)}1`, `${'é'.repeat(40)}2`],
    ['nor at a zero byte', 'long enough\0one', 'long enough\0two'],
    ['case counts', 'a long enough password', 'A long enough password'],
    ['spaces count', 'a long enough password', 'a long enough password '],
  ])('%s', async (_, one, other) => {
    const stored = await hashPassword(one, { memoryKib: 64, passes: 1 });
    expect(await verifyPassword(stored, one)).toBe(true);
    expect(await verifyPassword(stored, other)).toBe(false);
  });

  test('the same letters typed on another keyboard are the same password', async () => {
    const stored = await hashPassword('pässwörd नमस्ते ﬁ', { memoryKib: 64, passes: 1 });
    expect(await verifyPassword(stored, 'pa\u0308sswo\u0308rd नमस्ते fi')).toBe(true);
  });

  test('AU-14: a hash of another cost is made anew at the next sign-in, so that it takes the time of a name that nobody has', async () => {
    const { client } = people();
    const costly = { memoryKib: 128, passes: 3 };
    const hashOf = () =>
      withSystem(world.db, 'telemetry', tx =>
        tx.selectFrom('people').select('password_hash').where('id', '=', client.id).executeTakeFirstOrThrow(),
      ).then(row => row.password_hash ?? '');
    const own = (await hashOf()).split('$').slice(0, 4);
    const password_hash = await hashPassword(PASSWORD, costly);
    await withSystem(world.db, 'demo-seed', tx =>
      tx.updateTable('people').set({ password_hash }).where('id', '=', client.id).execute(),
    );
    expect((await signIn(client.email, 'wrong')).statusCode).toBe(401);
    expect(await hashOf()).toBe(password_hash);
    expect((await signIn(client.email, PASSWORD)).statusCode).toBe(200);
    expect((await hashOf()).split('$').slice(0, 4)).toEqual(own);
    expect((await signIn(client.email, PASSWORD)).statusCode).toBe(200);
  });

  test('a stored value that is no hash lets nobody in', async () => {
    for (const stored of ['', 'plain', '$argon2id$', '$2b$10$abc', '$argon2id$v=19$m=0,t=0,p=0$$'])
      expect(await verifyPassword(stored, stored), stored).toBe(false);
  });
});

describe('AU-14: guessing', () => {
  test('ten failures lock, whether there is such an account or not, and the answers are the same', async () => {
    const attempts = async (email: string) => {
      const answers: string[] = [];
      for (let n = 0; n < 12; n++) {
        const reply = await signIn(email, n === 11 ? PASSWORD : 'wrong');
        answers.push(`${reply.statusCode} ${nameless(reply.body)} ${reply.headers['retry-after']}`);
        world.clock.advance(1);
      }
      return answers;
    };
    const known = await attempts(people().analyst.email);
    world.clock.advance(60);
    expect(await attempts('nobody@nowhere.example')).toEqual(known);
    expect(known.map(answer => answer.slice(0, 3))).toEqual([...Array(10).fill('401'), '429', '429']);
  });

  test('the lock ends after 15 minutes, is for one source, and success forgets the failures', async () => {
    const { email } = people().analyst;
    for (let n = 0; n < 10; n++) await signIn(email, 'wrong');
    expect((await signIn(email, PASSWORD, '192.0.2.7')).statusCode).toBe(200);
    world.clock.advance(899);
    expect((await signIn(email, PASSWORD)).statusCode).toBe(429);
    world.clock.advance(1);
    expect((await signIn(email, PASSWORD)).statusCode).toBe(200);

    const client = people().client;
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 9; n++) expect((await signIn(client.email, 'wrong')).statusCode).toBe(401);
      expect((await signIn(client.email, PASSWORD)).statusCode).toBe(200);
      world.clock.advance(60);
    }
  });

  test('the addresses of one IPv6 /64 are one source, and an address in IPv6 form is the IPv4 address', async () => {
    const { email } = people().analyst;
    for (let n = 0; n < 10; n++) await signIn(email, 'wrong', `2001:db8:5:5::${n + 1}`);
    expect((await signIn(email, PASSWORD, '2001:db8:5:5:ffff::1')).json().code).toBe('locked_out');
    expect((await signIn(email, PASSWORD, '2001:db8:5:6::1')).statusCode).toBe(200);
    for (let n = 0; n < 10; n++) await signIn(email, 'wrong', n % 2 ? '192.0.2.8' : '::ffff:192.0.2.8');
    expect((await signIn(email, PASSWORD, '192.0.2.8')).json().code).toBe('locked_out');
  });

  test('fifty failures over all networks lock an account, except from where the person signs in', async () => {
    const { client } = people();
    const office = '198.51.100.9';
    expect((await signIn(client.email, PASSWORD, office)).statusCode).toBe(200);
    for (const email of [client.email, 'nobody@nowhere.example']) {
      const codes: string[] = [];
      for (let n = 0; n < 60; n++) codes.push((await signIn(email, 'wrong', `203.0.113.${n}`)).json().code);
      expect(codes, email).toEqual([...Array(50).fill('sign_in_refused'), ...Array(10).fill('locked_out')]);
    }
    expect((await signIn(client.email, PASSWORD, '203.0.113.99')).json().code).toBe('locked_out');
    expect((await signIn(client.email, PASSWORD, office)).statusCode).toBe(200);
    world.clock.advance(1800);
    expect((await signIn(client.email, PASSWORD, '203.0.113.99')).statusCode).toBe(200);
  });

  test('many guesses at the same moment are ten at most', async () => {
    const before = compared;
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, n) => signIn(people().analyst.email, n === 39 ? PASSWORD : `guess ${n}`)),
    );
    expect(compared - before).toBe(10);
    expect(replies.filter(reply => reply.statusCode === 429)).toHaveLength(30);
  });

  test('a thousand unknown names: one answer, and each costs what a wrong password costs', async () => {
    const before = compared;
    const answers = new Set<string>();
    for (let n = 0; n < 1000; n++) {
      const reply = await signIn(`person.${n}@agency${n % 3}.example`, 'wrong');
      answers.add(`${reply.statusCode} ${nameless(reply.body)} ${reply.headers['content-length']}`);
      world.clock.advance(1);
    }
    const known = await signIn(people().agent.email, 'wrong');
    answers.add(`${known.statusCode} ${nameless(known.body)} ${known.headers['content-length']}`);
    await withSystem(world.db, 'demo-seed', tx =>
      tx.updateTable('people').set({ disabled_at: world.clock.now() }).where('id', '=', people().admin.id).execute(),
    );
    const disabled = await signIn(people().admin.email, PASSWORD);
    answers.add(`${disabled.statusCode} ${nameless(disabled.body)} ${disabled.headers['content-length']}`);
    expect([...answers]).toHaveLength(1);
    expect(Problem.parse(known.json()).code).toBe('sign_in_refused');
    expect(compared - before).toBe(1002);
  });
});

describe('AL-01: sign-ins that were refused', () => {
  const refusals = () =>
    withSystem(world.db, 'telemetry', tx =>
      tx
        .selectFrom('audit_log')
        .select(['agency_id', 'subject_id', 'actor_id', 'detail'])
        .where('event', '=', 'session.refused')
        .where('at', '>=', world.clock.now())
        // One of another test may be written late.
        .where('subject_id', 'in', [people().manager.id, people().owner.id])
        .execute(),
    );

  test('a wrong password and a wrong code are in the audit of the agency, and the chain holds', async () => {
    const { manager } = people();
    const challenge = await challengeFor(manager);
    const wrong = (await codeIn(0)) === '000000' ? '000001' : '000000';
    await signIn(manager.email, 'wrong');
    expect((await totp(challenge, wrong)).statusCode).toBe(401);
    await expect
      .poll(async () => (await refusals()).map(({ detail }) => (detail as { reason: string }).reason).sort())
      .toEqual(['code', 'password']);
    const of = { agency_id: world.agencies[0].id, subject_id: manager.id, actor_id: null };
    for (const row of await refusals()) expect(row).toMatchObject(of);
    const verified = await withSystem(world.db, 'telemetry', tx => world.app.audit.verify(tx, world.agencies[0].id));
    expect(verified.firstBad).toBeNull();
  });

  test('a refusal of one person is written once, and a name that nobody has is written nowhere', async () => {
    await signIn('nobody@nowhere.example', 'wrong');
    await signIn(people().owner.email, 'wrong');
    await expect.poll(async () => (await refusals()).map(row => row.subject_id)).toEqual([people().owner.id]);
  });
});
