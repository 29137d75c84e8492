import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { newId } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Arrival, type Loopback, openLoopback } from './loopback.ts';

const RECEIPT = 'r'.repeat(43);
let attempt: string;
let loopback: Loopback;
let arrivals: Arrival[];

beforeEach(async () => {
  attempt = newId();
  arrivals = [];
  loopback = await openLoopback();
  loopback.expect(attempt, arrival => arrivals.push(arrival));
});
afterEach(() => loopback.close());

type Visit = { path: string; method?: string; headers?: Record<string, string>; port?: number };
const good = () => `/connect?attempt=${attempt}&receipt=${RECEIPT}`;

/** One visit with exactly these headers; null when nobody answers. */
async function visit({ path, method = 'GET', headers = {}, port = loopback.port }: Visit) {
  const asked = request({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } });
  // A refused visit may be cut while it is still being written.
  asked.on('error', () => undefined);
  asked.end();
  try {
    const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return { status: response.statusCode, headers: response.headers, body };
  } catch {
    return null;
  }
}

describe('the one visit that is waited for', () => {
  test('VT-08: a receipt is taken once, and the page says where to go on', async () => {
    const answer = await visit({ path: good() });
    expect(answer?.status).toBe(200);
    expect(answer?.body).toContain('Go back to Astrix Console');
    expect(arrivals).toEqual([{ kind: 'receipt', receipt: RECEIPT }]);
  });

  test('VT-08: an error is taken as well, and the page says that nothing was connected', async () => {
    const answer = await visit({ path: `/connect?attempt=${attempt}&error=declined` });
    expect(answer?.body).toContain('Access was not allowed, so nothing was connected');
    expect(arrivals).toEqual([{ kind: 'error', code: 'declined' }]);
  });

  test('the page loads nothing, runs nothing, is in no frame, kept nowhere, and repeats nothing of the request', async () => {
    const answer = await visit({ path: good(), headers: { 'sec-fetch-dest': 'document' } });
    const policy = answer?.headers['content-security-policy'];
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'/);
    expect(policy).not.toContain('unsafe');
    expect(answer?.headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer?.body).not.toContain(RECEIPT);
    expect(answer?.body).not.toContain(attempt);
    expect(answer?.body).not.toMatch(/<script|<img|<link|<form|\shref=|\ssrc=/);
  });

  test('VT-08: a second receipt finds nobody, nor does one of two that come at the same moment', async () => {
    const both = await Promise.all([
      visit({ path: good() }),
      visit({ path: `/connect?attempt=${attempt}&receipt=${'z'.repeat(43)}` }),
    ]);
    expect(both.filter(answer => answer?.status === 200)).toHaveLength(1);
    expect(await visit({ path: good() })).toBeNull();
    expect(arrivals).toHaveLength(1);
  });
});

describe('everything else', () => {
  const refused: readonly (readonly [string, () => Visit, number])[] = [
    ['a foreign host header', () => ({ path: good(), headers: { host: 'evil.example' } }), 404],
    [
      'a name that was rebound to this machine',
      () => ({ path: good(), headers: { host: `a.evil.example:${loopback.port}` } }),
      404,
    ],
    ['localhost by name', () => ({ path: good(), headers: { host: `localhost:${loopback.port}` } }), 404],
    ['our address without its port', () => ({ path: good(), headers: { host: '127.0.0.1' } }), 404],
    ['our address with another port', () => ({ path: good(), headers: { host: '127.0.0.1:1' } }), 404],
    ['an image on a page', () => ({ path: good(), headers: { 'sec-fetch-dest': 'image' } }), 404],
    ['a frame on a page', () => ({ path: good(), headers: { 'sec-fetch-dest': 'iframe' } }), 404],
    ['a script that fetches', () => ({ path: good(), headers: { 'sec-fetch-dest': 'empty' } }), 404],
    ['another attempt', () => ({ path: `/connect?attempt=${newId()}&receipt=${RECEIPT}` }), 404],
    ['no attempt', () => ({ path: `/connect?receipt=${RECEIPT}` }), 404],
    ['an attempt that is no id', () => ({ path: `/connect?attempt=../../x&receipt=${RECEIPT}` }), 404],
    ['a receipt that is too short', () => ({ path: `/connect?attempt=${attempt}&receipt=abc` }), 404],
    ['a receipt that is too long', () => ({ path: `${good()}r` }), 404],
    ['a receipt with other letters', () => ({ path: `/connect?attempt=${attempt}&receipt=${'%00'.repeat(43)}` }), 404],
    ['an error that is markup', () => ({ path: `/connect?attempt=${attempt}&error=<script>` }), 404],
    ['receipt and error', () => ({ path: `${good()}&error=access_denied` }), 404],
    ['two receipts', () => ({ path: `${good()}&receipt=${'z'.repeat(43)}` }), 404],
    ['two attempts', () => ({ path: `${good()}&attempt=${newId()}` }), 404],
    ['one parameter more', () => ({ path: `${good()}&state=x` }), 404],
    ['a prototype', () => ({ path: `${good()}&__proto__=x` }), 404],
    ['neither receipt nor error', () => ({ path: `/connect?attempt=${attempt}` }), 404],
    ['another path', () => ({ path: good().replace('/connect', '/connect/') }), 404],
    ['a path with our name in it', () => ({ path: good().replace('/connect', '//connect') }), 404],
    ['the root', () => ({ path: '/' }), 404],
    ['the icon that browsers ask for', () => ({ path: '/favicon.ico' }), 404],
    ['an address in full', () => ({ path: `http://evil.example${good()}` }), 404],
    ['POST', () => ({ path: good(), method: 'POST' }), 405],
    ['HEAD', () => ({ path: good(), method: 'HEAD' }), 405],
    [
      'OPTIONS of another site',
      () => ({ path: good(), method: 'OPTIONS', headers: { origin: 'https://evil.example' } }),
      405,
    ],
    ['PUT', () => ({ path: good(), method: 'PUT' }), 405],
    ['a query of 100,000 letters', () => ({ path: `${good()}&x=${'x'.repeat(100_000)}` }), 431],
    ['a header of 100,000 letters', () => ({ path: good(), headers: { cookie: 'x'.repeat(100_000) } }), 431],
  ];
  test.each(refused)('VT-08: %s is refused, and the person can still come', async (_what, asks, status) => {
    const answer = await visit(asks());
    expect(answer?.status ?? 431).toBe(status);
    expect(arrivals).toEqual([]);
    expect((await visit({ path: good() }))?.status).toBe(200);
    expect(arrivals).toHaveLength(1);
  });

  test('VT-08: before an attempt is known every visit is refused', async () => {
    const early = await openLoopback();
    expect((await visit({ path: good(), port: early.port }))?.status).toBe(404);
    early.close();
    expect(arrivals).toEqual([]);
  });

  test('VT-08: nobody listens after the attempt has ended', async () => {
    loopback.close();
    expect(await visit({ path: good() })).toBeNull();
    expect(arrivals).toEqual([]);
  });

  test('VT-08: it listens on this machine only', async () => {
    const elsewhere = connect(loopback.port, '127.0.0.2');
    const [error] = (await once(elsewhere, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('two attempts at once: the receipt of one is nothing to the other', async () => {
    const other = await openLoopback();
    const heard: Arrival[] = [];
    other.expect(newId(), arrival => heard.push(arrival));
    expect((await visit({ path: good(), port: other.port }))?.status).toBe(404);
    expect(heard).toEqual([]);
    expect((await visit({ path: good() }))?.status).toBe(200);
    other.close();
  });

  test('sockets that are opened and left silent keep nobody out', async () => {
    const silent = Array.from({ length: 8 }, () => connect(loopback.port, '127.0.0.1'));
    await Promise.all(silent.map(socket => once(socket, 'connect')));
    expect((await visit({ path: good() }))?.status).toBe(200);
    for (const socket of silent) socket.destroy();
  });
});
