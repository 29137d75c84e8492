import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { verify, type WebhookScheme } from '../../src/platform/signatures/index.ts';
import { APP_SECRET, createWorld, type World } from '../world.ts';
import { believing, CARELESS } from './forgeries/careless.ts';
import { bodiesOf, hashesOf, headersOf, keysOf } from './forgeries/headers-and-bodies.ts';
import { EVENT, hmacParties, mac, type Party } from './forgeries/parties.ts';
import { attack, FLIPS, flipsOf, SEED, SIGNED, SUITES, type Verify } from './forgeries/runner.ts';
import { webhookRig } from './webhook-rig.ts';

const named = SUITES.map(suite => [suite.party.name, suite] as const);
const suiteOf = (name: string) => SUITES.find(({ party }) => party.name === name)!;

describe('WH-01, WH-02, WH-03, WH-05, WH-06, WH-14: forged deliveries', () => {
  test.each(SIGNED.map(({ party, forgeries }) => [party.name, forgeries] as const))(
    'at least 36 different ones are tried on %s',
    (_, forgeries) => {
      const names = forgeries.map(([name]) => name);
      expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
      expect(names.length).toBeGreaterThanOrEqual(36);
    },
  );

  test.each(named)('none gets through on %s, and the true one does before and after', (_, suite) => {
    expect(attack(verify, suite)).toEqual([]);
  });

  test.each(named)(`nor does any of ${FLIPS} turned bytes on %s (seed ${SEED})`, (_, { party }) => {
    const forgeries = flipsOf(party);
    expect(forgeries).toHaveLength(FLIPS);
    expect(attack(verify, { party, forgeries })).toEqual([]);
  });
});

describe('the runner turns red', () => {
  const CRYPTO = '../../src/platform/crypto/index.ts';
  const VERDICT = '../../src/platform/signatures/verdict.ts';
  afterEach(() => {
    vi.doUnmock(CRYPTO);
    vi.doUnmock(VERDICT);
    vi.resetModules();
  });

  /** The product's own verification with a part of it taken out. One that breaks because of that refuses as well. */
  async function mutant(path: string, change: (original: Record<string, unknown>) => object): Promise<Verify> {
    vi.resetModules();
    vi.doMock(path, async load => {
      const original = await load<Record<string, unknown>>();
      return { ...original, ...change(original) };
    });
    const changed = (await import('../../src/platform/signatures/index.ts')).verify;
    return (scheme, request) => {
      try {
        return changed(scheme, request) ?? { ok: false, fault: 'malformed' };
      } catch {
        return { ok: false, fault: 'malformed' };
      }
    };
  }
  const survivorsOf = (by: Verify) => SUITES.flatMap(suite => attack(by, suite));

  test.each(named)('for %s when the comparison is left out', async (_, suite) => {
    const careless = await mutant(CRYPTO, () => ({
      equalDigests: () => true,
      equalTexts: () => true,
      rs256Holds: () => true,
    }));
    const [other = '', old = ''] = keysOf(suite.party).map(([name]) => name);
    expect(attack(careless, suite)).toEqual(expect.arrayContaining([other, old]));
    expect(attack(careless, { ...suite, forgeries: flipsOf(suite.party) })).not.toEqual([]);
  });

  test('for each of the signed when a signature may be spelled in more than one way', async () => {
    const read = (text: string, encoding: BufferEncoding) => Buffer.from(text, encoding);
    const lenient = await mutant(CRYPTO, () => ({ bytesOf: read }));
    for (const suite of SIGNED) expect(attack(lenient, suite), suite.party.name).not.toEqual([]);
  });

  const FAULTS = [
    'header_repeated',
    'malformed',
    'algorithm',
    'signature',
    'too_old',
    'too_new',
    'issuer',
    'audience',
    'address',
    'other_mode',
  ];
  test.each(FAULTS)('when nothing is refused as %s', async skipped => {
    const blind = await mutant(VERDICT, ({ refuse }) => ({
      refuse: (fault: string) => (fault === skipped ? undefined : (refuse as (fault: string) => never)(fault)),
    }));
    expect(survivorsOf(blind)).not.toEqual([]);
  });

  test.each(CARELESS)('when %s', (_, careless, forgery) => {
    expect(attack(careless, suiteOf('WhatsApp'))).toContain(forgery);
  });

  test('when the algorithm that a token names is believed', () => {
    for (const name of ['RS256 JWT', 'Jira JWT']) {
      const through = attack(believing, suiteOf(name));
      expect(through).toEqual(
        expect.arrayContaining(['none', 'NONE', 'nOnE'].map(alg => `a token whose algorithm is "${alg}"`)),
      );
    }
    const confused = attack(believing, suiteOf('RS256 JWT')).filter(name => name.includes('with the public key'));
    expect(confused).toEqual([
      'a token of HS256 with the public key for a secret',
      'a token of HS512 with the public key for a secret',
    ]);
    expect(attack(believing, suiteOf('Jira JWT'))).toContain('a token of HS512, signed rightly');
  });

  test('when a signature is compared as far as it goes', async () => {
    const short = await mutant(CRYPTO, () => ({
      equalDigests: (a: Buffer, b: Buffer) => b.subarray(0, a.length).equals(a),
    }));
    for (const name of ['WhatsApp', 'Razorpay'])
      expect(attack(short, suiteOf(name))).toContain('a header cut to its half');
  });

  test.each(named)('for each single case on %s when everything is taken', (_, { party, forgeries }) => {
    const [content, hint] = [Buffer.alloc(0), Buffer.alloc(0)];
    const taken: Verify = () =>
      party.vouches ? { ok: true, verified: true, content } : { ok: true, verified: false, hint };
    const caught = attack(taken, { party, forgeries });
    const vouching = forgeries.filter(([, , part]) => part !== 'body' || party.vouches);
    expect(caught).toEqual(vouching.map(([name]) => name));
  });

  test('when what nobody signed counts as verified', async () => {
    const gullible = await mutant(VERDICT, ({ vouched }) => ({ hinted: vouched }));
    for (const { party } of SUITES.filter(suite => !suite.party.vouches))
      expect(attack(gullible, { party: { ...party, vouches: true }, forgeries: bodiesOf(party) })).toHaveLength(
        bodiesOf(party).length,
      );
  });

  test('when the secret of last year is still live', () => {
    for (const suite of SUITES.filter(({ party }) => party.name !== 'RS256 JWT')) {
      const [name, key] = suite.party.foreign[1] ?? ['', ''];
      const party: Party = { ...suite.party, live: [...suite.party.live, key] };
      expect(attack(verify, { ...suite, party })).toEqual([`signed by a secret ${name}`]);
    }
  });

  const SLACK: readonly (readonly [string, object, string])[] = [
    ['Stripe', { toleranceSeconds: 302 }, 'signed 301 seconds from now'],
    ['Stripe', { liveField: null }, 'an event of the test side, signed rightly'],
    ['Standard Webhooks', { toleranceSeconds: 302 }, 'signed -301 seconds from now'],
    ['Standard Webhooks', { families: ['svix', 'webhook'] }, 'a family that is not the provider’s'],
    ['Meta signed_request', { maxAgeSeconds: 3602 }, 'a request older than it may be'],
    ['RS256 JWT', { issuer: null }, 'a token of no issuer'],
    ['RS256 JWT', { audience: 'any' }, 'a token for nobody'],
    ['Jira JWT', { toleranceSeconds: 62 }, 'a token that has ended'],
    ['Jira JWT', { presence: 'sometimes' }, 'a header missing'],
  ];
  test.each(SLACK)('for %s when its scheme says %j: %s', (name, slack, forgery) => {
    const suite = suiteOf(name);
    const party = { ...suite.party, scheme: { ...suite.party.scheme, ...slack } as WebhookScheme };
    expect(attack(verify, { ...suite, party })).toContain(forgery);
  });
});

describe('over the wire', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ ASTRIX_ROLE: 'api' });
  });
  afterAll(() => world.close());
  const rig = webhookRig(() => world);

  test('WhatsApp: each of the forgeries is answered alike and stores nothing, and the true one is stored', async () => {
    const [party] = hmacParties;
    if (!party) throw new Error('no party');
    const json = { 'content-type': 'application/json' };
    const right = { [party.header]: `sha256=${mac(APP_SECRET, EVENT).digest('hex')}`, ...json };
    // The forgeries of the wire: the secret of this backend takes the place of the party's.
    const wired: typeof party = {
      ...party,
      keys: [APP_SECRET, APP_SECRET],
      sign: how => party.sign({ key: APP_SECRET, ...how }),
    };
    const forgeries = [...headersOf(wired), ...bodiesOf(wired), ...keysOf(wired), ...hashesOf(wired)].filter(
      // HTTP itself has no line ends, no NUL and no case in a header, and takes the spaces around it away.
      ([name]) =>
        !/^a header (?:with a (?:space|tab|line end|NUL)|a list of one|in wide|that is not in lower)/.test(name),
    );
    const before = await rig.stored();
    const answers = new Map<string, string[]>();
    for (const [name, { body, headers }] of forgeries) {
      const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
      const reply = await rig.post(body, { ...json, ...(sent as Record<string, string | string[]>) });
      const answer = `${reply.statusCode} ${reply.json().code}`;
      answers.set(answer, [...(answers.get(answer) ?? []), name]);
    }
    expect([...answers.keys()], JSON.stringify([...answers])).toEqual(['401 signature_invalid']);
    expect(forgeries.length).toBeGreaterThanOrEqual(36);
    expect(await rig.stored()).toEqual(before);
    expect((await rig.post(EVENT, right)).statusCode).toBe(200);
    expect((await rig.stored()).waiting).toBe(before.waiting + 1);
  });
});
