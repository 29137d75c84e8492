import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildUrl, cursorOf, EgressError, isPublicAddress } from '../../src/platform/egress/index.ts';
import { isAllowed, type ProviderRules } from '../../src/platform/egress/rules.ts';
import { PRIVATE_ADDRESSES, PUBLIC_ADDRESSES } from './addresses.ts';
import { ask, createCanary, createPeer, egressTo, HOST, type Peer, PROVIDER, resolver, send } from './peer.ts';
import { HOSTILE_URLS, HOSTILE_VALUES } from './urls.ts';

let canary: Awaited<ReturnType<typeof createCanary>>;
let peer: Peer;
beforeAll(async () => {
  canary = await createCanary();
  peer = await createPeer();
});
afterEach(() => expect(canary.connections()).toBe(0));
afterAll(async () => {
  await canary.close();
  await peer.close();
});

describe('EG-01: addresses', () => {
  test.each(PRIVATE_ADDRESSES.map(address => [address]))('«%s» is not public', address => {
    expect(isPublicAddress(address)).toBe(false);
  });
  test.each(PUBLIC_ADDRESSES.map(address => [address]))('%s is', address => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test('a name that answers any of them is not connected to', async () => {
    for (const address of PRIVATE_ADDRESSES) {
      const { lookup, asked } = resolver([address]);
      const egress = egressTo({ dial: { lookup, port: canary.port } });
      const outcome = await egress.call(ask({ effect: 'write' }));
      expect(outcome, address).toMatchObject({ kind: 'retry', reason: 'private-address', status: null });
      expect(asked(), address).toBe(1);
      await egress.close();
    }
  });

  test('nor is one that hides a private address among public ones', async () => {
    const egress = egressTo({ dial: { lookup: resolver(['8.8.8.8', '127.0.0.1']).lookup, port: canary.port } });
    expect(await egress.call(ask({ effect: 'write' }))).toMatchObject({ kind: 'retry', reason: 'private-address' });
    await egress.close();
  });

  test('an answer that changes after it was judged is not used: the judged address is the one connected to', async () => {
    // Judged once as public; whoever asked again would be led to the canary.
    const { lookup, asked } = resolver(['203.0.113.9'], ['127.0.0.1']);
    const judged: string[] = [];
    const stop = new AbortController();
    const judge = (address: string) => {
      judged.push(address);
      // Nobody listens there, and nobody waits for it.
      setImmediate(() => stop.abort());
      return address === '203.0.113.9';
    };
    const egress = egressTo({ dial: { lookup, judge, port: canary.port } });
    const outcome = await egress.call(ask({ effect: 'write', signal: stop.signal }));
    expect(outcome.kind).not.toBe('ok');
    expect(asked()).toBe(1);
    expect(judged).toEqual(['203.0.113.9']);
    // The next connection asks again, and is judged again.
    expect(await egress.call(ask({ effect: 'write' }))).toMatchObject({ reason: 'private-address' });
    expect(judged.at(-1)).toBe('127.0.0.1');
    await egress.close();
  });

  test('the canary does sing: without the judge the same call arrives', async () => {
    const stop = new AbortController();
    const own = await createCanary(() => stop.abort());
    const egress = egressTo({ dial: { lookup: resolver(['127.0.0.1']).lookup, judge: () => true, port: own.port } });
    await egress.call(ask({ effect: 'write', signal: stop.signal }));
    expect(own.connections()).toBe(1);
    await own.close();
    await egress.close();
  });
});

describe('EG-01: URLs', () => {
  const rules: ProviderRules = { ...PROVIDER, sandbox: null };
  test.each(HOSTILE_URLS.map(url => [url]))('«%s» is refused', url => {
    expect(URL.canParse(url) && isAllowed(rules, new URL(url))).toBe(false);
  });
  test('there are more than 110 of them, and what is meant is allowed', () => {
    expect(new Set(HOSTILE_URLS).size).toBeGreaterThanOrEqual(110);
    for (const url of [`https://${HOST}/v1/x?y=1`, 'https://shop-1.shops.provider.co/', 'https://API.PROVIDER.CO:443/'])
      expect(isAllowed(rules, new URL(url)), url).toBe(true);
    expect(isAllowed({ ...rules, sandbox: 'http://127.0.0.1:4800' }, new URL('http://127.0.0.1:4801/'))).toBe(false);
  });

  test('no value of a path becomes more than a value, and none of those leaves', async () => {
    const egress = egressTo({ dial: { lookup: resolver(['127.0.0.1']).lookup, judge: () => true, port: canary.port } });
    for (const id of HOSTILE_VALUES)
      expect(await egress.call(ask({ parameters: { id } })), JSON.stringify(id)).toEqual({
        kind: 'refused',
        reason: 'path-parameter',
      });
    for (const host of HOSTILE_URLS.filter(text => text !== HOST))
      expect(await egress.call(ask({ host })), host).toMatchObject({ reason: 'host' });
    for (const header of [
      'Host',
      'Transfer-Encoding',
      'content-length',
      'Connection',
      'Cookie',
      'X-Forwarded-Host',
      'proxy-authorization',
    ])
      expect(await egress.call(ask({ headers: { [header]: 'x' } }))).toMatchObject({ kind: 'refused' });
    for (const value of ['a\r\nx: y', 'a\0', 'a\nb'])
      expect(await egress.call(ask({ headers: { authorization: value } })), value).toMatchObject({ kind: 'refused' });
    await egress.close();
  });

  test('whatever is not hostile arrives as it was meant', () => {
    const url = (id: string, query = {}) => buildUrl('https://api.provider.co', '/v1/{id}/x', { id }, query).href;
    expect(url('SKU 12#3?x=1&y')).toBe('https://api.provider.co/v1/SKU%2012%233%3Fx%3D1%26y/x');
    expect(url('नमस्ते-£100%')).toBe(`https://api.provider.co/v1/${encodeURIComponent('नमस्ते-£100%')}/x`);
    expect(url('a', { after: 'x&admin=1#', ids: ['1', '2'], none: undefined, on: true })).toBe(
      'https://api.provider.co/v1/a/x?after=x%26admin%3D1%23&ids=1&ids=2&on=true',
    );
    expect(cursorOf('https://evil.tld/?after=abc%3D%3D', 'after')).toBe('abc==');
    expect(cursorOf('not a link', 'after')).toBeNull();
  });

  test.each([
    ['https://api.provider.co@evil.tld', '/v1', {}],
    ['https://api.provider.co/', '/v1', {}],
    ['http://api.provider.co', '/v1', {}],
    ['http://127.0.0.2:80', '/v1', {}],
    ['https://api.provider.co', 'v1', {}],
    ['https://api.provider.co', '//evil.tld', {}],
    ['https://api.provider.co', '/../x', {}],
    ['https://api.provider.co', '/%2e%2e/x', {}],
    ['https://api.provider.co', '/x?y', {}],
    ['https://api.provider.co', '/{a}{b}', { a: '.', b: '.' }],
    ['https://api.provider.co', '/{a}', {}],
    ['https://api.provider.co', '/{a}', { a: Number.NaN }],
    ['https://api.provider.co', '/x', { a: 'unused' }],
    ['https://api.provider.co', '/{constructor}', {}],
    ['', '', {}],
  ])('buildUrl(%s, %s, %j) refuses', (base, template, parameters) => {
    expect(() => buildUrl(base, template, parameters as Record<string, string>)).toThrow(EgressError);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/',
    '//169.254.169.254/',
    'CANARY',
    'file:///etc/passwd',
  ])('a redirect to %s is an outcome, not a journey', async location => {
    const egress = egressTo({ sandbox: peer.url });
    const target = location === 'CANARY' ? `http://127.0.0.1:${canary.port}/` : location;
    for (const status of [301, 302, 303, 307, 308]) {
      peer.asked.length = 0;
      peer.answer = (_, reply) => send(reply, status, '', { location: target });
      expect(await egress.call(ask())).toMatchObject({ kind: 'permanent', code: 'redirect', status });
      expect(peer.asked).toHaveLength(1);
    }
    await egress.close();
  });

  test('proxies of the environment are not asked', async () => {
    const names = [
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'http_proxy',
      'https_proxy',
      'all_proxy',
      'NODE_USE_ENV_PROXY',
    ];
    for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${canary.port}`;
    try {
      const egress = egressTo({ sandbox: peer.url });
      peer.answer = (_, reply) => send(reply, 200, { ok: true });
      expect(await egress.call(ask())).toMatchObject({ kind: 'ok' });
      await egress.close();
      const real = egressTo({ dial: { lookup: resolver(['127.0.0.1']).lookup } });
      expect(await real.call(ask({ effect: 'write' }))).toMatchObject({ reason: 'private-address' });
      await real.close();
    } finally {
      for (const name of names) delete process.env[name];
    }
  });
});
