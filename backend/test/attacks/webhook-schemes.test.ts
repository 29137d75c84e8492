import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secret } from '../../src/kernel/secret.ts';
import { verify, type WebhookScheme } from '../../src/platform/signatures/index.ts';
import {
  delhivery,
  hmacParties,
  NOW,
  type Party,
  SECONDS,
  signedRequest,
  standard,
  stripe,
} from './forgeries/parties.ts';
import { judged, requestFor, SEED, SUITES } from './forgeries/runner.ts';
import { jira, wix } from './forgeries/token-parties.ts';

const holds = (party: Party, delivery = party.sign()) => judged(verify, party, delivery);

describe('WH-04: without a secret', () => {
  const missing = { ok: false, fault: 'secret_missing' };
  const without = (party: Party, over: object, delivery = party.sign()) =>
    verify(party.scheme, { ...requestFor(party, delivery), ...over });

  test.each(SUITES.map(suite => [suite.party.name, suite] as const))(
    '%s says so, whatever was sent',
    (_, { party, forgeries }) => {
      for (const secrets of [[], [secret('')], [secret(''), secret('')]]) {
        expect(without(party, { secrets })).toEqual(missing);
        for (const [, delivery] of forgeries) expect(without(party, { secrets }, delivery)).toEqual(missing);
      }
    },
  );

  test('nor without what else the scheme needs of us', () => {
    for (const key of ['whsec_', 'whsec_=', 'no base64!'])
      expect(without(standard, { secrets: [secret(key)] })).toEqual(missing);
    const short = '{"kty":"RSA","e":"AQAB","n":"wJ3XgQ"}';
    for (const key of ['a text', wix.keys[0], '{"kty":"oct","k":"AAAA"}', short, '{', 'null'])
      expect(without(wix, { secrets: [secret(key)] })).toEqual(missing);
    expect(without(stripe, { live: undefined })).toEqual(missing);
    expect(without(wix, { audience: '' })).toEqual(missing);
    expect(without(jira, { urlSecrets: [] })).toEqual(missing);
    expect(without(delhivery, { urlSecrets: [secret('')] })).toEqual(missing);
  });
});

describe('what is right is taken', () => {
  test('WH-03: up to the edge of the window, in both directions', () => {
    for (const party of [stripe, standard])
      for (const by of [-300, -299, 0, 299, 300])
        expect(holds(party, party.sign({ at: SECONDS + by })), `${party.name} ${by}`).toMatchObject({ verified: true });
  });

  test('WH-05: several signatures in one header, of which one is ours', () => {
    const zeros = '0'.repeat(64);
    const own = stripe.sign().headers['stripe-signature'] as string;
    for (const header of [`${own},v1=${zeros}`, own.replace(',', `,v1=${zeros},v0=${zeros},`)])
      expect(holds(stripe, { ...stripe.sign(), headers: { 'stripe-signature': header } })).toMatchObject({
        verified: true,
      });
  });

  test('WH-02: the example that Standard Webhooks publishes holds, and with one letter changed it does not', () => {
    const example = {
      rawBody: Buffer.from('{"event_type":"ping","data":{"success":true}}'),
      headers: {
        'webhook-id': 'msg_loFOjxBNrRLzqYUf',
        'webhook-timestamp': '1731705121',
        'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
      },
      secrets: [secret('whsec_plJ3nmyCDGBKInavdOK15jsl')],
      urlSecrets: [],
      now: new Date(1_731_705_121_000),
    };
    expect(verify(standard.scheme, example)).toMatchObject({ ok: true, verified: true });
    for (const [name, value] of Object.entries(example.headers))
      expect(
        verify(standard.scheme, { ...example, headers: { ...example.headers, [name]: `${value}0` } }),
        name,
      ).toMatchObject({
        ok: false,
      });
  });

  test('WH-01: the bytes handed on are those that were signed', () => {
    for (const party of [...hmacParties, stripe, standard])
      expect(holds(party)).toEqual({ ok: true, verified: true, content: party.body });
    const read = (party: Party) => {
      const verdict = holds(party);
      return verdict.ok && verdict.verified ? JSON.parse(verdict.content.toString()) : null;
    };
    expect(read(wix)).toEqual(wix.claims);
    expect(read(signedRequest)).toMatchObject({ user_id: '10210', issued_at: SECONDS });
  });

  test('WH-06: a body that nobody signed is a hint, however right its tokens are', () => {
    const hint = Buffer.from('{"forged":true}');
    for (const party of [jira, delhivery])
      expect(holds(party, party.sign({ body: hint }))).toEqual({ ok: true, verified: false, hint });
  });

  test('a public key may also be a JWK or a PEM in base64', () => {
    const [pem = ''] = wix.live;
    const jwk = createPublicKey(pem).export({ format: 'jwk' });
    const written = { ...jwk, alg: 'RS256', use: 'sig', kid: 'k' };
    const taken = (key: string) => judged(verify, { ...wix, live: [key] }, wix.sign()).ok;
    expect([JSON.stringify(written), Buffer.from(pem).toString('base64')].map(taken)).toEqual([true, true]);
    expect(
      [
        { ...written, alg: 'RS512' },
        { ...written, use: 'enc' },
      ].map(key => taken(JSON.stringify(key))),
    ).toEqual([false, false]);
  });

  test('where a token comes only sometimes, none is a hint and a wrong one is refused', () => {
    const party = { ...jira, scheme: { ...jira.scheme, presence: 'sometimes' } as WebhookScheme };
    expect(holds(party, { ...jira.sign(), headers: {} })).toMatchObject({ ok: true, verified: false });
    expect(holds(party, jira.carry('x.y.z'))).toMatchObject({ ok: false });
    expect(holds(party, { body: jira.body, headers: {} })).toEqual({ ok: false, fault: 'address' });
  });
});

test('WH-02: nothing that a stranger sends makes the verification throw', () => {
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.constant(undefined));
  for (const { party } of SUITES) {
    const names = Object.keys(party.sign().headers);
    const sent = fc.record({
      headers: fc.record(Object.fromEntries(names.map(name => [name, value]))),
      body: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
      urlToken: fc.string({ unit: 'binary' }),
    });
    const property = fc.property(sent, delivery => !holds(party, delivery).ok);
    fc.assert(property, { seed: SEED, numRuns: 300 });
  }
});

describe('published examples', () => {
  const at = (seconds: number) => new Date(seconds * 1000);

  test('Razorpay', () => {
    const scheme: WebhookScheme = { kind: 'hmac-body', header: 'x-razorpay-signature', prefix: '', encoding: 'hex' };
    const headers = { 'x-razorpay-signature': '2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc' };
    const rawBody = Buffer.from('{"a":1,"b":2,"c":{"d":3}}');
    const verdict = verify(scheme, { rawBody, headers, secrets: [secret('123456')], now: NOW });
    expect(verdict).toMatchObject({ verified: true });
  });

  test('Stripe', () => {
    const signature = '4f1cd7feda9826e746b7d482c4badebb657398df1099e1046364f6196a230150';
    const scheme = { ...stripe.scheme, liveField: null } as WebhookScheme;
    const request = {
      rawBody: Buffer.from('{\n  "id": "evt_test_webhook",\n  "object": "event"\n}'),
      headers: { 'stripe-signature': `t=1700000000,v1=${signature}` },
      secrets: [secret('whsec_test_secret')],
    };
    expect(verify(scheme, { ...request, now: at(1_700_000_000) })).toMatchObject({ verified: true });
    expect(verify(scheme, { ...request, now: at(1_700_000_301) })).toEqual({ ok: false, fault: 'too_old' });
    expect(verify(scheme, { ...request, now: at(1_699_999_699) })).toEqual({ ok: false, fault: 'too_new' });
  });

  type Vector = { secret: string; id: string; timestamp: number; body: string; signature: string };
  const vectors = ['../../..', '../../../..']
    .map(up => join(import.meta.dirname, up, '..', 'shared', 'specs', 'standard-webhooks', 'vectors.json'))
    .find(path => existsSync(path));
  test.skipIf(vectors === undefined)(
    vectors
      ? 'Standard Webhooks'
      : 'the vectors of Standard Webhooks are not beside the checkout (../shared/specs): not compared',
    () => {
      const { positive } = JSON.parse(readFileSync(vectors ?? '', 'utf8')) as { positive: Partial<Vector>[] };
      const [vector] = positive.filter((one): one is Vector => one.signature !== undefined);
      if (!vector) throw new Error('no vector is complete');
      const judge = (over: Partial<Vector> = {}) => {
        const one = { ...vector, ...over };
        const headers = {
          'webhook-id': one.id,
          'webhook-timestamp': `${one.timestamp}`,
          'webhook-signature': one.signature,
        };
        const request = { rawBody: Buffer.from(one.body), headers, secrets: [secret(one.secret)] };
        return verify(standard.scheme, { ...request, now: at(vector.timestamp) }).ok;
      };
      const foreign = 'Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
      expect(judge()).toBe(true);
      expect(judge({ secret: vector.secret.replace('whsec_', '') })).toBe(true);
      expect(judge({ signature: `v1,${foreign} v2,${foreign} ${vector.signature} v1,${foreign}` })).toBe(true);
      for (const signature of ['v1,dawfeoifkpqwoekfpqoekf', 'v1,', vector.signature.slice(0, -8), `v2,${foreign}`])
        expect(judge({ signature })).toBe(false);
      for (const timestamp of [vector.timestamp - 1, Number.NaN]) expect(judge({ timestamp })).toBe(false);
    },
  );
});
