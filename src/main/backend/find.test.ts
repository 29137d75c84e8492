import { describe, expect, test } from 'vitest';
import { ConsoleError } from '../ipc/errors.ts';
import { findBackend, isOlder } from './find.ts';

const META = {
  name: 'astrix',
  version: '0.2.0',
  minimumConsole: '0.1.0',
  demo: false,
  serverTime: '2026-12-01T10:00:00.000Z',
};
const ORIGIN = 'https://console.agency.in';

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const asked: { url: string; init: RequestInit | undefined }[] = [];
const find = (answer: Response | Error | (() => Promise<Response>), version = '0.2.0') =>
  findBackend(ORIGIN, {
    version,
    timeoutMs: 50,
    fetch: async (url, init) => {
      asked.push({ url: String(url), init });
      if (answer instanceof Error) throw answer;
      return typeof answer === 'function' ? answer() : answer;
    },
  });
const words = async (given: ReturnType<typeof find>) => {
  const error = await given.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConsoleError)) throw new Error('no refusal');
  return `${error.error.code}: ${error.error.reason} ${error.error.next}`;
};
/** As fetch of Node throws: the code is in the cause. */
const failed = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

test('an Astrix server answers who it is, also one that says more than this version knows', async () => {
  await expect(find(json({ ...META, region: 'ap-south-1' }))).resolves.toMatchObject({ version: '0.2.0', demo: false });
});

test('SH-01: the question carries no credential and follows no redirect', async () => {
  asked.length = 0;
  await find(json(META));
  expect(asked[0]!.url).toBe(`${ORIGIN}/v1/meta`);
  expect(asked[0]!.init).toMatchObject({ redirect: 'manual' });
  expect(Object.keys(asked[0]!.init!.headers!)).toEqual(['accept', 'user-agent']);
});

describe('versions', () => {
  test('a console that is too old does not go on, and says which one is needed', async () => {
    expect(await words(find(json({ ...META, minimumConsole: '0.3.0' })))).toMatch(
      /^refused: This console is version 0\.2\.0, and the server needs 0\.3\.0 or newer\. Install/,
    );
  });
  test('a server that is too old is not used, and a newer one is', async () => {
    expect(await words(find(json({ ...META, version: '0.0.9' })))).toMatch(/^refused: The server runs Astrix 0\.0\.9/);
    await expect(find(json({ ...META, version: '9.0.0' }))).resolves.toMatchObject({ version: '9.0.0' });
  });
  test.each([
    ['0.1.0', '0.1.0', false],
    ['0.1.0', '0.1.1', true],
    ['0.10.0', '0.9.0', false],
    ['1.0.0', '0.9.9', false],
    ['1.0', '1.0.1', true],
    ['1.0.0-beta.1', '1.0.0', false],
    ['unknown', '0.1.0', true],
  ])('%s is older than %s: %s', (version, than, is) => {
    expect(isOlder(version, than)).toBe(is);
  });
});

describe('who answers is not Astrix', () => {
  test.each([
    ['a web page', () => new Response('<html>Welcome to nginx</html>', { headers: { 'content-type': 'text/html' } })],
    ['other JSON', () => json({ name: 'grafana', version: '11.0.0' })],
    ['JSON that is no object', () => json(null)],
    ['not found', () => json({ error: 'not found' }, 404)],
    ['an endless answer', () => new Response(new Uint8Array(2_000_000))],
    ['a redirect on the same host', () => new Response(null, { status: 302, headers: { location: '/login' } })],
  ])('%s', async (_what, answer) => {
    expect(await words(find(answer()))).toMatch(/^refused: There is no Astrix server at console\.agency\.in\./);
  });

  test('the sign-in page of a network names where it leads', async () => {
    const portal = new Response(null, { status: 302, headers: { location: 'http://wifi.hotel.example/login' } });
    expect(await words(find(portal))).toMatch(/sends this console on to wifi\.hotel\.example\. If this network asks/);
    expect(await words(find(new Response(null, { status: 511 })))).toMatch(/^offline: This network asks for a sign-in/);
  });

  test('a server behind which Astrix does not run is not the wrong address', async () => {
    expect(await words(find(new Response('Bad gateway', { status: 502 })))).toMatch(/^offline: .* at the moment\./);
    expect(await words(find(new Response(null, { status: 429 })))).toMatch(/^offline: .*asks to wait/);
  });
});

describe('nobody answers', () => {
  test.each([
    ['ENOTFOUND', /No server has the name console\.agency\.in/],
    ['EAI_AGAIN', /not online/],
    ['ECONNREFUSED', /Nothing answers at/],
    ['ENETUNREACH', /from this network/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /self-signed/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /authority that is not known/],
    ['CERT_HAS_EXPIRED', /has expired/],
    ['CERT_NOT_YET_VALID', /not valid yet.*date and time/],
    ['CERT_SIGNATURE_FAILURE', /is not valid/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak https/],
    ['ECONNRESET', /does not speak https/],
    ['UND_ERR_CONNECT_TIMEOUT', /does not answer/],
    ['SOMETHING_NEW', /cannot be reached/],
  ])('%s is said in words', async (code, reason) => {
    const said = await words(find(failed(code)));
    expect(said).toMatch(reason);
    expect(said).not.toContain(code);
  });

  test('two addresses of one name that both refuse are found in the list of causes', async () => {
    const both = new AggregateError([failed('ECONNREFUSED'), failed('ECONNREFUSED')], '');
    expect(await words(find(new TypeError('fetch failed', { cause: both })))).toMatch(/Nothing answers/);
  });

  test('a server that takes the call and stays silent is given up', async () => {
    const silent = () =>
      new Promise<Response>((_resolve, reject) => {
        asked.at(-1)!.init!.signal!.addEventListener('abort', () => reject(new Error('aborted')));
      });
    expect(await words(find(silent))).toMatch(/^offline: console\.agency\.in does not answer\./);
  });
});
