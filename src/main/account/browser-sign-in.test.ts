import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BrowserProof, type BrowserSignIn, createBrowserSignIn } from './browser-sign-in.ts';

const CODE = 'astrix-code-abcdefghijklmnopqrstuvwxyz';
let opened: URL[];
let opens: boolean;
let expire: () => void;
let signIn: BrowserSignIn;
let outcome: Promise<BrowserProof | { readonly reason: string }>;

const begin = () => {
  outcome = signIn.wait('Priya’s laptop').catch(error => ({ reason: error.error.reason as string }));
};
const pageOf = async (n = 0) => {
  await expect.poll(() => opened.length).toBeGreaterThan(n);
  return opened[n]!;
};

beforeEach(() => {
  opened = [];
  opens = true;
  signIn = createBrowserSignIn({
    backendUrl: 'https://astrix.agency.example',
    shell: {
      openSignIn: async url => {
        opened.push(new URL(url));
        return opens;
      },
    },
    timers: {
      after: (_ms: number, work: () => void) => {
        expire = work;
        return () => undefined;
      },
    } as never,
    log: () => undefined,
  });
  begin();
});
afterEach(() => signIn.cancel());

/** One visit of a browser; null when nobody answers. */
async function visit(port: string | null, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const asked = request({
    host: '127.0.0.1',
    port: Number(port),
    path,
    method,
    headers: { host: `127.0.0.1:${port}`, ...headers },
  });
  asked.on('error', () => undefined);
  asked.end();
  try {
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  } catch {
    return null;
  }
}
const arrive = async (
  page: URL,
  changes: Record<string, string> = {},
  headers = {},
  method = 'GET',
  path = '/signed-in',
) =>
  visit(
    page.searchParams.get('port'),
    `${path}?${new URLSearchParams({ state: page.searchParams.get('state')!, code: CODE, ...changes })}`,
    headers,
    method,
  );
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

test('AU-02: the system browser is sent to our backend with PKCE S256, and brings a code to this machine', async () => {
  const page = await pageOf();
  expect([page.origin, page.pathname]).toEqual(['https://astrix.agency.example', '/sign-in']);
  expect(page.searchParams.get('code_challenge_method')).toBe('S256');
  expect(await arrive(page)).toBe(200);
  const proof = (await outcome) as BrowserProof;
  expect(proof).toMatchObject({ code: CODE, port: Number(page.searchParams.get('port')) });
  expect(page.searchParams.get('code_challenge')).toBe(digest(proof.verifier));
  expect(page.searchParams.get('device_key')).toBe(digest(proof.deviceKey));
  expect(page.href).not.toContain(proof.verifier);
  expect(page.href).not.toContain(proof.deviceKey);
});

describe('AU-02: everything but the one visit is refused', () => {
  test.each([
    ['another state', { state: 's'.repeat(43) }, {}, 'GET', '/signed-in', 404],
    ['a parameter more', { extra: '1' }, {}, 'GET', '/signed-in', 404],
    ['a code that is none', { code: '<script>' }, {}, 'GET', '/signed-in', 404],
    ['another path', {}, {}, 'GET', '/connect', 404],
    ['another method', {}, {}, 'POST', '/signed-in', 405],
    ['a name that leads here (DNS rebinding)', {}, { host: 'evil.example' }, 'GET', '/signed-in', 404],
    ['localhost', {}, { host: 'localhost' }, 'GET', '/signed-in', 404],
    ['a page that fetches', {}, { 'sec-fetch-dest': 'empty' }, 'GET', '/signed-in', 404],
    ['a page that frames', {}, { 'sec-fetch-dest': 'iframe' }, 'GET', '/signed-in', 404],
  ])('%s, and the right one still works', async (_, changes, headers, method, path, status) => {
    const page = await pageOf();
    expect(await arrive(page, changes, headers, method, path)).toBe(status);
    expect(await arrive(page)).toBe(200);
    expect(await outcome).toMatchObject({ code: CODE });
  });

  test('a second visit reaches nobody', async () => {
    const page = await pageOf();
    await arrive(page);
    await outcome;
    expect(await arrive(page)).not.toBe(200);
  });

  test('two attempts: the newer one ends the older, whose page leads nowhere any more', async () => {
    const page = await pageOf();
    const first = outcome;
    begin();
    expect(await first).toEqual({ reason: 'You cancelled the sign-in.' });
    const second = await pageOf(1);
    expect(await arrive(page)).not.toBe(200);
    for (const name of ['state', 'code_challenge', 'device_key'])
      expect(second.searchParams.get(name)).not.toBe(page.searchParams.get(name));
    expect(await arrive(second)).toBe(200);
  });
});

describe('what a person is told', () => {
  test('cancelled: the listener is closed', async () => {
    const page = await pageOf();
    signIn.cancel();
    expect(await outcome).toEqual({ reason: 'You cancelled the sign-in.' });
    expect(await arrive(page)).toBeNull();
  });

  test('after ten minutes', async () => {
    const page = await pageOf();
    expire();
    expect(await outcome).toEqual({ reason: 'Nobody signed in within ten minutes.' });
    expect(await arrive(page)).toBeNull();
  });

  test('no browser', async () => {
    await pageOf();
    opens = false;
    await signIn.reopen();
    expect(await outcome).toEqual({ reason: 'The browser could not be opened.' });
  });
});
