import { ERROR_CODES, ERRORS, newId } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AstrixClient, createClient } from '../src/index.ts';
import { answering, drained, type Loopback, opening, PORTAL, problem, startLoopback } from './loopback.ts';

let server: Loopback;
let client: AstrixClient;
beforeEach(async () => {
  server = await startLoopback();
  client = createClient({ baseUrl: server.url, accessToken: async () => 'the-access-token' });
});
afterEach(() => server.close());

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';
const META = {
  name: 'astrix',
  version: '1.0.0',
  minimumConsole: '0.0.0',
  demo: false,
  serverTime: '2026-11-20T06:30:00.000Z',
};
const meta = () => client.call('http.meta', {});
const kindOf = (answer: Awaited<ReturnType<typeof meta>>) => (answer.ok ? 'ok' : answer.kind);

describe('F-08, F-18: what somebody else answers is never taken for the server', () => {
  const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const HOSTILE: readonly (readonly [string, number, string, string | Buffer])[] = [
    ['a page of another network', 200, 'text/html', PORTAL],
    ['such a page that calls itself JSON', 200, JSON_TYPE, PORTAL],
    ['JSON that calls itself a page', 200, 'text/html', JSON.stringify(META)],
    ['nothing', 200, JSON_TYPE, ''],
    ['null', 200, JSON_TYPE, 'null'],
    ['half an answer', 200, JSON_TYPE, JSON.stringify(META).slice(0, 40)],
    ['two answers', 200, JSON_TYPE, JSON.stringify(META) + JSON.stringify(META)],
    ['an answer of another route', 200, JSON_TYPE, '{"status":"ok"}'],
    ['another type in one field', 200, JSON_TYPE, JSON.stringify({ ...META, demo: 'false' })],
    ['bytes that are no text', 200, JSON_TYPE, Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])],
    ['nesting without an end', 200, JSON_TYPE, DEEP],
    ['another status with a good body', 201, JSON_TYPE, JSON.stringify(META)],
    ['no content', 204, JSON_TYPE, ''],
    ['a refusal in HTML', 403, 'text/html', PORTAL],
    ['a refusal without a type', 500, '', 'Internal Server Error'],
    ['a problem in another shape', 409, PROBLEM_TYPE, '{"title":"no"}'],
    ['a problem with a code in no known form', 409, PROBLEM_TYPE, problem({ code: 'Hacked<b>' })],
    ['a problem that is no JSON', 409, PROBLEM_TYPE, PORTAL],
  ];
  test.each(HOSTILE)('%s', async (_what, status, type, body) => {
    server.answer = answering(status, type, body);
    expect(kindOf(await meta())).toBe('not-astrix');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test.each([
    ['a key that this version does not know', JSON.stringify({ ...META, admin: true })],
    ['a key for the prototype', JSON.stringify(META).replace('{', '{"__proto__":{"admin":true},')],
  ])('F-22: %s is dropped, and the rest is read', async (_what, body) => {
    server.answer = answering(200, JSON_TYPE, body);
    expect(await meta()).toEqual({ ok: true, value: META });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('F-22: a refusal with a code that only a newer server has is still a refusal', async () => {
    server.answer = answering(409, PROBLEM_TYPE, problem({ code: 'quota_reached' }));
    expect(await meta()).toMatchObject({ ok: false, kind: 'problem', problem: { code: 'quota_reached' } });
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed, so that no token goes along', async status => {
    const elsewhere = await startLoopback();
    server.answer = (_request, response) =>
      void response.writeHead(status, { location: `${elsewhere.url}/login` }).end();
    expect(kindOf(await meta())).toBe('not-astrix');
    expect((await drained(client.sync({}))).failure?.kind).toBe('not-astrix');
    expect((await drained(client.live({}))).failure?.kind).toBe('not-astrix');
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });

  test('an answer without an end is given up after a bound', async () => {
    let sent = 0;
    server.answer = opening(JSON_TYPE, response => {
      const more = () => {
        while (!response.destroyed && sent < 64 * 1_048_576) {
          sent += 65_536;
          if (!response.write(' '.repeat(65_536))) return void response.once('drain', more);
        }
      };
      more();
    });
    client = createClient({ baseUrl: server.url, accessToken: async () => null, timeoutMs: 120_000 });
    expect(kindOf(await meta())).toBe('not-astrix');
    expect(sent).toBeLessThan(20 * 1_048_576);
  });

  test.each([
    ['never begins', () => undefined],
    ['begins and never ends', opening(JSON_TYPE, response => void response.write('{"name":'))],
  ] as const)('an answer that %s ends with the time that was given', async (_what, answer) => {
    server.answer = answer;
    client = createClient({ baseUrl: server.url, accessToken: async () => null, timeoutMs: 300 });
    expect(kindOf(await meta())).toBe('timeout');
  });

  test('nobody there, a line that breaks, and a caller who gives up are told apart', async () => {
    server.answer = (_request, response) => void response.destroy();
    expect(kindOf(await meta())).toBe('network');
    server.answer = () => undefined;
    const giving = new AbortController();
    const asked = client.call('http.meta', { signal: giving.signal });
    giving.abort();
    expect(kindOf(await asked)).toBe('aborted');
    await server.close();
    expect(kindOf(await meta())).toBe('network');
    server = await startLoopback();
  });
});

describe('a refusal of ours', () => {
  test.each(ERROR_CODES)('%s arrives as what it is', async code => {
    const { status, reason: title, next } = ERRORS[code];
    server.answer = answering(status, PROBLEM_TYPE, problem({ code, status, title, detail: next }));
    const answer = await meta();
    expect(answer).toMatchObject({
      ok: false,
      kind: 'problem',
      problem: { code, status, title, detail: next, reference: 'r-7' },
    });
  });

  test('F-06: it brings the seconds to wait, the fields that are wrong and what is newer', async () => {
    const more = {
      retryAfterSeconds: 17,
      fields: [{ path: 'body.text', message: 'too long' }],
      newer: [{ id: newId() }],
    };
    server.answer = answering(429, `${PROBLEM_TYPE}; charset=utf-8`, problem(more));
    const answer = await meta();
    expect(!answer.ok && answer.kind === 'problem' && answer.problem).toMatchObject(more);
    const { failure } = await drained(client.sync({}));
    expect(failure?.kind === 'problem' && failure.problem.retryAfterSeconds).toBe(17);
  });
});

describe('a request', () => {
  test('SH-15: carries the token only where the route asks for one, and the key where it was given', async () => {
    server.answer = answering(404, PROBLEM_TYPE, problem({ code: 'not_found' }));
    await meta();
    const [clientId, conversationId, key] = [newId(), newId(), newId()];
    await client.call('conversations.mark-read', {
      params: { clientId, conversationId },
      body: { upToId: key },
      idempotencyKey: key,
    });
    const [first, second] = server.seen;
    expect(first?.headers.authorization).toBeUndefined();
    expect(second?.headers.authorization).toBe('Bearer the-access-token');
    expect(second?.headers['idempotency-key']).toBe(key);
    expect(JSON.parse(server.bodies[1]!)).toEqual({ upToId: key });
  });

  test('AZ-08: what stands in a path cannot leave its place', async () => {
    const params = { clientId: '../../v1/me?x=', conversationId: 'a/b#c%2f' };
    await client.call('conversations.get', { params });
    expect(server.seen[0]?.url).toBe('/v1/clients/..%2F..%2Fv1%2Fme%3Fx%3D/conversations/a%2Fb%23c%252f');
  });

  test('a token that cannot be had is an answer too, and nothing is thrown', async () => {
    client = createClient({ baseUrl: server.url, accessToken: () => Promise.reject(new Error('keychain')) });
    expect((await client.call('identity.me', {})).ok).toBe(false);
    expect((await drained(client.live({}))).failure?.kind).toBe('network');
    expect(server.seen).toEqual([]);
  });
});
