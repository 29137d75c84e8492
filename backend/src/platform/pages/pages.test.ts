import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createKit, type Kit } from '../../../test/kit/index.ts';
import { kitModule } from '../../../test/kit/module.ts';
import { withSystem } from '../db/index.ts';
import { createServer } from '../http/index.ts';
import { createMetrics, silentLog } from '../telemetry/index.ts';
import { definePage, html, type PageDefinition, page, redirect, registerPages } from './index.ts';

const words: string[] = [];
const pages: readonly PageDefinition[] = [
  definePage(
    {
      id: 'kit.word',
      path: '/kit/:name',
      summary: 'A page of this test',
      dataClasses: ['public'],
      ratePerMinute: 30,
      params: z.strictObject({ name: z.string().max(40) }),
      form: z.strictObject({ word: z.string().min(1).max(20) }),
      audit: ['kit.word'],
    },
    {
      get: async ({ params, token }) =>
        page(`Hello ${params.name}`, html`<form method="post">${token}<input name="word"></form>`),
      async post({ form, params, db, audit }) {
        words.push(form.word);
        if (form.word === 'loud')
          await withSystem(db, 'sign-in', tx =>
            audit(tx, {
              ...{ event: 'kit.other', agencyId: '', actorId: null, sessionId: null },
              ...{ subjectType: 'kit', subjectId: '' },
            }),
          );
        return redirect(`/kit/${encodeURIComponent(params.name)}`);
      },
    },
  ),
];

let kit: Kit;
beforeAll(async () => {
  kit = await createKit(
    { ASTRIX_PUBLIC_URL: 'https://desk.agency.example' },
    { extra: kitModule(() => ({ pages })).extra },
  );
});
afterAll(() => kit.close());

const get = (url = '/kit/Asha', headers = {}) => kit.world.inject({ method: 'GET', url, headers });
const cookieOf = (reply: { headers: Record<string, unknown> }) => String(reply.headers['set-cookie']).split(';')[0]!;

/** A browser on the page: its cookie and its token. */
async function visit(cookie?: string) {
  const reply = await get('/kit/Asha', cookie ? { cookie } : {});
  return { cookie: cookie ?? cookieOf(reply), csrf: /name="csrf" value="([\w-]{43})"/.exec(reply.body)![1]! };
}
const SAME = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const post = (fields: Record<string, string> | string, headers: Record<string, string>) =>
  kit.world.inject({
    method: 'POST',
    url: '/kit/Asha',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  });

describe('what a page is sent with', () => {
  test('nothing of others is loaded, framed or told, and names are escaped', async () => {
    const reply = await get('/kit/%3Cimg%20src=x%3E');
    expect(reply.statusCode).toBe(200);
    const policy = String(reply.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; /);
    expect(policy).toContain("script-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    expect(reply.headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(reply.body).toContain('<h1>Hello &lt;img src=x&gt;</h1>');
    expect(reply.body).not.toMatch(/<img|https?:|<script/);
  });

  test('AU-16: the cookie belongs to this host alone, is hidden from scripts, and is given once', async () => {
    const reply = await get();
    expect(reply.headers['set-cookie']).toMatch(/^__Host-astrix=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect((await get('/kit/Asha', { cookie: cookieOf(reply) })).headers['set-cookie']).toBeUndefined();
    const twice = `${cookieOf(reply)}; __Host-astrix=${'a'.repeat(43)}`;
    expect((await get('/kit/Asha', { cookie: twice })).headers['set-cookie']).toBeDefined();
  });
});

describe('AU-16: a form is taken from the page itself and from nowhere else', () => {
  test('with the cookie and the token it is taken', async () => {
    const { cookie, csrf } = await visit();
    const reply = await post({ csrf, word: 'yes' }, { cookie, ...SAME });
    expect([reply.statusCode, reply.headers.location]).toEqual([303, '/kit/Asha']);
    expect(words.at(-1)).toBe('yes');
  });

  test('a browser without Sec-Fetch-Site is judged by its origin', async () => {
    const { cookie, csrf } = await visit();
    expect((await post({ csrf, word: 'old' }, { cookie, origin: 'https://desk.agency.example' })).statusCode).toBe(303);
  });

  const FOREIGN: readonly (readonly [string, Record<string, string>])[] = [
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site', origin: 'https://x.agency.example' }],
    ['another origin that claims to be the same', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    ['the same host without TLS', { origin: 'http://desk.agency.example' }],
    ['an origin that is kept secret, without Sec-Fetch-Site', { origin: 'null' }],
    ['a program that says nothing', {}],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
  ];
  test.each(FOREIGN)('%s is refused', async (_, headers) => {
    const { cookie, csrf } = await visit();
    const before = words.length;
    const reply = await post({ csrf, word: 'no' }, { cookie, ...headers });
    expect([reply.statusCode, words.length]).toEqual([403, before]);
    expect(reply.headers['content-type']).toMatch(/^text\/html/);
  });

  test('the token of another browser, none, and none of the cookie are refused', async () => {
    const [one, other] = [await visit(), await visit()];
    const before = words.length;
    for (const [cookie, csrf] of [
      [one.cookie, other.csrf],
      [one.cookie, ''],
      ['', one.csrf],
    ] as const)
      expect((await post({ csrf, word: 'no' }, { cookie, ...SAME })).statusCode).toBe(403);
    expect((await post({ word: 'no' }, { cookie: one.cookie, ...SAME })).statusCode).toBe(403);
    expect(words).toHaveLength(before);
  });

  test('a field twice, JSON, and what the schema does not know are refused', async () => {
    const { cookie, csrf } = await visit();
    const own = { cookie, ...SAME };
    expect((await post(`csrf=${csrf}&word=a&word=b`, own)).statusCode).toBe(400);
    expect((await post({ csrf, word: 'a', role: 'owner' }, own)).statusCode).toBe(400);
    expect((await post({ csrf, word: 'a\0b' }, own)).statusCode).toBe(400);
    expect((await post('{}', { ...own, 'content-type': 'application/json' })).statusCode).toBe(415);
    expect((await post('{}', { ...own, 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await post({ csrf, word: 'a'.repeat(20_000) }, own)).statusCode).toBe(413);
  });

  test('a page asked for by a script, a frame or a picture of another site is not given', async () => {
    for (const dest of ['empty', 'iframe', 'image', 'script'])
      expect((await get('/kit/Asha', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': dest })).statusCode).toBe(403);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await get('/kit/Asha', link)).statusCode).toBe(200);
  });
});

test('a network that asks too often is refused as a page, with the time to wait', async () => {
  kit.world.clock.advance(120);
  const replies = [];
  for (let n = 0; n < 31; n++) replies.push(await get());
  expect(replies.filter(({ statusCode }) => statusCode === 200)).toHaveLength(30);
  expect(replies.at(-1)!.statusCode).toBe(429);
  expect(Number(replies.at(-1)!.headers['retry-after'])).toBeGreaterThan(0);
  kit.world.clock.advance(120);
});

test('an audit event that the page does not declare is a fault of ours', async () => {
  const { cookie, csrf } = await visit();
  const reply = await post({ csrf, word: 'loud' }, { cookie, ...SAME });
  expect(reply.statusCode).toBe(500);
  expect(reply.body).not.toContain('kit.other');
});

describe('AU-16: on http, which is this machine', () => {
  let local: Kit;
  beforeAll(async () => {
    local = await createKit({}, { extra: kitModule(() => ({ pages })).extra });
  });
  afterAll(() => local.close());

  test('the cookie has no prefix that a browser would refuse, and holds the port', async () => {
    const reply = await local.world.inject({ method: 'GET', url: '/kit/Asha', headers: { host: '127.0.0.1:4700' } });
    expect(reply.headers['set-cookie']).toMatch(/^astrix-4700=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('a name of somebody else’s that leads here is refused', async () => {
    for (const host of ['evil.example:4700', '127.0.0.1.evil.example', '127.0.0.1:4700@evil.example']) {
      const reply = await local.world.inject({ method: 'GET', url: '/kit/Asha', headers: { host } });
      expect(reply.statusCode).toBe(404);
    }
  });
});

describe('AZ-01: a page that does not declare itself stops the boot', () => {
  const [whole] = pages;
  const WRONG: readonly (readonly [string, Partial<PageDefinition> | PageDefinition[], string])[] = [
    ['no id', { id: undefined as never }, 'has no id'],
    ['no rate limit', { ratePerMinute: 0 }, 'has no usable rate limit'],
    ['no data class', { dataClasses: [] as never }, 'carries no data class'],
    ['no audit', { audit: undefined as never }, 'does not declare audit'],
    ['a path without its params', { params: undefined as never }, 'does not match its params'],
    ['a form without a handler', { post: undefined }, 'has a form without a handler'],
    ['a path of the API', { path: '/v1/x/:name' }, 'has a path of the API'],
  ];
  test.each(WRONG)('%s', (_, change, message) => {
    const app = createServer({ log: silentLog, metrics: createMetrics(), trustedProxies: [] });
    const broken = [{ ...whole!, ...change } as PageDefinition];
    expect(() => registerPages(app, {} as never, broken)).toThrow(message);
  });

  test('two pages with one path', () => {
    const app = createServer({ log: silentLog, metrics: createMetrics(), trustedProxies: [] });
    const deps = { clock: kit.world.clock } as never;
    expect(() => registerPages(app, deps, [whole!, { ...whole!, id: 'kit.other' }])).toThrow('that another page has');
  });
});
