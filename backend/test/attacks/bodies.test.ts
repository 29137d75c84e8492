import { gzipSync } from 'node:zlib';
import { Problem, type RouteDefinition } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHouse, type House } from '../tenancy/house.ts';
import { ledgerOfAll } from '../tenancy/ledger.ts';
import { ALL_ROUTES, bodyFor, requestOf } from '../tenancy/requests.ts';
import { signed } from '../world.ts';

let house: House;
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' });
});
afterAll(() => house.close());

/**
 * Each test has sessions and an address of its own: none of its attacks is hidden by the rate limit of another. Its sessions take turns, so
 * that every attack meets the route also where one session may ask only ten times a minute.
 */
let tokens: string[] = [];
let turn = 0;
let remoteAddress = '';
let tests = 0;
const nextToken = () => tokens[turn++ % tokens.length]!;
async function signInAnew() {
  tokens = [];
  for (let n = 0; n < 3; n++) tokens.push(await house.world.tokenOf(house.world.agencies[0].people.owner));
}
beforeEach(async () => {
  await signInAnew();
  tests += 1;
  remoteAddress = `192.0.2.${tests}`;
});

const ids = () => house.ids[0]![0]!;
const writes = ALL_ROUTES.filter(([, route]) => route.method !== 'GET' && route.bodyKind !== 'raw');
const withBody = writes.filter(([, route]) => route.body);
const JSON_TYPE = 'application/json';

async function send(route: RouteDefinition, payload: string | Buffer, headers: Record<string, string> = {}) {
  const request = requestOf(route, { path: ids(), query: {}, body: undefined }, nextToken());
  const reply = await house.world.inject({
    ...request,
    remoteAddress,
    payload,
    headers: { ...request.headers, ...headers },
  });
  expect(reply.body).not.toMatch(/"code":"(rate_limited|unauthenticated|internal)"/);
  return { status: reply.statusCode, type: reply.headers['content-type'], body: reply.body };
}

function expectRefusal(reply: Awaited<ReturnType<typeof send>>, statuses: readonly number[], what: string) {
  expect(statuses, `${what}: ${reply.body.slice(0, 300)}`).toContain(reply.status);
  expect(reply.type, what).toBe('application/problem+json; charset=utf-8');
  expect(Problem.parse(JSON.parse(reply.body)).status).toBe(reply.status);
}

const NOT_JSON = [
  'application/json\t',
  '\tapplication/json',
  'application/json ',
  ' application/json',
  'application/json ; charset=utf-8',
  'application/json;\tcharset=utf-8',
  'application/json;charset=utf-8;x=1',
  'application/json; charset=utf-16',
  'application/json; charset="utf-8"',
  'application/json;',
  'application/json, text/plain',
  'application/jsonx',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/json',
  'application',
  '*/*',
  'application/json\u00a0',
];

/** By name, what is sent instead of the body `good`. */
const ODD: readonly (readonly [string, (good: string) => string | Buffer])[] = [
  ['nothing', () => ''],
  ['null', () => 'null'],
  ['a list', good => `[${good}]`],
  ['a text', good => JSON.stringify(good)],
  ['a number', () => '1e999'],
  ['half of it', good => good.slice(0, -1)],
  ['something behind it', good => `${good}x`],
  ['two of it', good => good + good],
  ['a comment', good => `/* */${good}`],
  ['UTF-16', good => Buffer.from(good, 'utf16le')],
  ['invalid UTF-8', good => Buffer.concat([Buffer.from(good.slice(0, 2)), Buffer.from([0xc3, 0x28, 0xff])])],
  ['a form', () => 'a=1&b=2'],
  ['a multipart body', () => '--x\r\ncontent-disposition: form-data; name="a"; filename="b"\r\n\r\n1\r\n--x--'],
  ['depth 1000', () => `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
  ['__proto__', good => `{"__proto__":{"role":"owner"},${good.slice(1)}`],
  ['constructor', good => `{"constructor":{"prototype":{"role":"owner"}},${good.slice(1)}`],
  ['a prototype deeper down', good => `{"x":[{"__proto__":1}],${good.slice(1)}`],
  ['compressed', good => gzipSync(good)],
];

describe('WH-11, P-11, P-20: bodies that are not what the route takes', () => {
  test('every other content type is refused on every route that takes a body', async () => {
    for (const [name, route] of withBody) {
      const good = JSON.stringify(bodyFor(name, route, ids(), house.world.clock.now()));
      for (const type of NOT_JSON)
        expectRefusal(await send(route, good, { 'content-type': type }), [415], `${name} ${JSON.stringify(type)}`);
    }
  });

  test('every odd body is refused, and nothing of it happens', async () => {
    const before = await ledgerOfAll(house.world.db);
    for (const [name, route] of withBody) {
      const good = JSON.stringify(bodyFor(name, route, ids(), house.world.clock.now()));
      for (const [what, odd] of ODD) {
        const reply = await send(route, odd(good), { 'content-type': JSON_TYPE });
        expectRefusal(reply, [400, 415], `${name}: ${what}`);
      }
      const gzip = { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' };
      expectRefusal(await send(route, gzipSync(' '.repeat(1_000_000)), gzip), [400], `${name}: a bomb`);
      const keys = Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`k${n}`, n]));
      expectRefusal(
        await send(route, JSON.stringify(keys), { 'content-type': JSON_TYPE }),
        [400, 413],
        `${name}: 10k keys`,
      );
      const large = `${good.slice(0, -1)}${' '.repeat(route.bodyLimit)}}`;
      expectRefusal(await send(route, large, { 'content-type': JSON_TYPE }), [413], `${name}: one byte too many`);
    }
    expect(await ledgerOfAll(house.world.db)).toEqual(before);
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });

  test('in every text of every body: zero bytes, half characters, long ones, other types', async () => {
    const VALUES = ['a\0b', '\0', 'a\ud800b', '\udc00', 'x'.repeat(3000), '', ' ', '\u202e', 1, true, null, [], {}, -0];
    for (const [name, route] of withBody) {
      const body = bodyFor(name, route, ids(), house.world.clock.now())!;
      for (const field of Object.keys(body)) {
        // So that the last of them meets the route and not its rate limit.
        house.world.clock.advance(5);
        if (route.ratePerMinute < 60) await signInAnew();
        for (const value of VALUES) {
          const reply = await send(route, JSON.stringify({ ...body, [field]: value }), { 'content-type': JSON_TYPE });
          expect(reply.status, `${name}.${field} = ${JSON.stringify(value)?.slice(0, 20)}`).toBeLessThan(500);
        }
      }
    }
  });

  test('a key that stands twice is refused, also further down, because readers differ in which one they believe', async () => {
    for (const [name, route] of withBody) {
      const good = JSON.stringify(bodyFor(name, route, ids(), house.world.clock.now()));
      const [first] = Object.keys(JSON.parse(good));
      for (const twice of [`{"${first}":{"$ne":1},${good.slice(1)}`, `{"x":[{"a":1,"\\u0061":2}],${good.slice(1)}`]) {
        const reply = await send(route, twice, { 'content-type': JSON_TYPE });
        expectRefusal(reply, [400], name);
        expect(reply.body, name).toContain('The body has the same key twice in one object.');
      }
    }
  });

  test('a route that takes no body refuses one', async () => {
    for (const [name, route] of writes.filter(([, route]) => !route.body && route.auth !== 'provider'))
      expectRefusal(await send(route, '{"a":1}', { 'content-type': JSON_TYPE }), [400], name);
  });

  test('addresses that cannot be read are refused like any other', async () => {
    const paths = [
      '/v1/clients/%zz',
      '/v1/clients/%00',
      '/v1/clients/%c3%28',
      `/v1/clients/${'a'.repeat(5000)}`,
      '//v1//me',
    ];
    const cursors = ['-'.repeat(36), `1.${'-'.repeat(36)}`, `999999999999999.${ids().messageId}`, 'a.b.c', '%00'];
    const base = `/v1/clients/${ids().clientId}/conversations`;
    paths.push(
      ...cursors.map(after => `${base}?after=${after}`),
      `${base}?__proto__=1`,
      `${base}?filter=open&filter=mine`,
    );
    paths.push(...cursors.map(since => `/v1/sync?since=${since}`), `/v1/sync?backfill=,,-,abc,${ids().clientId}`);
    const headers = { authorization: `Bearer ${nextToken()}` };
    for (const url of paths) {
      const reply = await house.world.inject({ url, headers });
      expect(reply.statusCode, `${url.slice(0, 120)} ${reply.body}`).toBeLessThan(500);
      if (reply.statusCode >= 400)
        expect(reply.headers['content-type'], url.slice(0, 120)).toBe('application/problem+json; charset=utf-8');
    }
  });

  test('a webhook takes no other content type, however well it is signed', async () => {
    const body = Buffer.from('{"object":"whatsapp_business_account","entry":[]}');
    for (const type of NOT_JSON) {
      const headers = { ...signed(body), 'content-type': type };
      const reply = await house.world.inject({ method: 'POST', url: '/webhooks/app/whatsapp', headers, payload: body });
      expect([reply.statusCode, reply.json().code], type).toEqual([415, 'unsupported_media_type']);
    }
    const large = Buffer.alloc(3_145_729, ' ');
    const reply = await house.world.inject({
      method: 'POST',
      url: '/webhooks/app/whatsapp',
      headers: signed(large),
      payload: large,
    });
    expect([reply.statusCode, reply.json().code]).toEqual([413, 'payload_too_large']);
  });
});
