import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE } from '../../sandbox/hostile.ts';
import { SANDBOX_APP } from '../../sandbox/oauth.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ webhookUrl: 'http://127.0.0.1:9/', appSecret: 'x', numbers: [] }, 0);
});
afterAll(() => sandbox.close());

const ask = async (path: string, method = 'GET', body?: unknown) => {
  const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await fetch(`${sandbox.url}/_sandbox/providers${path}`, body === undefined ? { method } : init);
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> & { error?: string } };
};
const jira = async () => {
  const { body } = await ask('');
  return (body.providers as { id: string }[]).find(({ id }) => id === 'jira');
};
/** A token of a person who has consented. */
const granted = () => {
  const scopes = ['read:jira-work', 'read:jira-user', 'offline_access'];
  return sandbox.providers.book.issue({ provider: 'jira', family: crypto.randomUUID(), scopes, extras: {} });
};
const { Agent, request } = await import('undici');
const dispatcher = new Agent({ keepAliveTimeout: 1 });
const sites = (token: string) =>
  request(`${sandbox.url}/oauth/token/accessible-resources`, {
    dispatcher,
    headers: { host: 'api.atlassian.com', authorization: `Bearer ${token}` },
  });
const stripe = (key: string) =>
  request(`${sandbox.url}/v1/account`, {
    dispatcher,
    headers: { host: 'api.stripe.com', authorization: `Bearer ${key}` },
  });

test('a page that points its own name at this machine cannot look into the sandbox', async () => {
  for (const path of ['/', '/_sandbox/ledger', '/_sandbox/providers'])
    for (const [host, status] of [
      ['evil.example', 421],
      [new URL(sandbox.url).host, 200],
    ] as const) {
      const reply = await request(sandbox.url + path, { dispatcher, headers: { host } });
      await reply.body.dump();
      expect(reply.statusCode, `${host} ${path}`).toBe(status);
    }
});

describe('a person is the provider', () => {
  test('what it granted and how often it was asked is shown, and revoking ends it there', async () => {
    const { accessToken, refreshToken } = granted();
    const before = sandbox.providers.asked.filter(({ provider }) => provider === 'jira').length;
    expect((await sites(accessToken)).statusCode).toBe(200);
    expect(await jira()).toMatchObject({ name: 'Jira', connects: 'consent', granted: 1, asked: before + 1 });
    expect(await ask('/jira/revoke', 'POST', {})).toMatchObject({ status: 200, body: { revoked: 1, granted: 0 } });
    expect((await sites(accessToken)).statusCode).toBe(401);
    expect(sandbox.providers.book.renew(refreshToken, 'jira')).toBeNull();
    expect((await ask('/google-ads/revoke', 'POST', {})).body).toMatchObject({ revoked: 0 });
  });

  test('a key that was accepted is revoked as well, and another one works', async () => {
    expect((await stripe('rk_test_First')).statusCode).toBe(200);
    expect((await ask('/stripe/revoke', 'POST', {})).body).toMatchObject({ revoked: 1 });
    const refused = await stripe('rk_test_First');
    expect([refused.statusCode, await refused.body.text()]).toMatchObject([
      401,
      expect.stringMatching(/Invalid API Key/),
    ]);
    expect((await stripe('rk_test_Second')).statusCode).toBe(200);
  });

  test('it misbehaves as often as was said, alone, and behaves again', async () => {
    const { accessToken } = granted();
    const set = await ask('/jira/fault', 'PUT', { kind: 'server-error', times: 2 });
    expect(set).toMatchObject({ status: 200, body: { fault: { kind: 'server-error', times: 2 } } });
    expect((await stripe('rk_test_Second')).statusCode).toBe(200);
    expect((await sites(accessToken)).statusCode).toBe(500);
    expect(await jira()).toMatchObject({ fault: { kind: 'server-error', times: 1 } });
    expect((await sites(accessToken)).statusCode).toBe(500);
    expect((await sites(accessToken)).statusCode).toBe(200);
    await ask('/jira/fault', 'PUT', { kind: 'huge', times: 5 });
    expect((await ask('/jira/fault', 'PUT', { kind: 'none' })).body).toMatchObject({
      fault: { kind: 'none', times: 0 },
    });
    expect((await sites(accessToken)).statusCode).toBe(200);
  });

  test('a token is refused for a while, and its consent stays valid', async () => {
    const { accessToken } = granted();
    await ask('/jira/fault', 'PUT', { kind: 'token-revoked', times: 1 });
    expect((await sites(accessToken)).statusCode).toBe(401);
    expect((await sites(accessToken)).statusCode).toBe(200);
  });

  test.each([
    ['/nobody/fault', 'PUT', { kind: 'huge' }, 404, /no provider called nobody\. Known: .*jira/],
    ['/jira/fault', 'PUT', { kind: 'explode' }, 400, /kind must be one of none, reset/],
    ['/jira/fault', 'PUT', { kind: 'huge', times: 0 }, 400, /times must be at least 1/],
    ['/jira/fault', 'PUT', { kind: 'huge', times: 1.5 }, 400, /times must be a whole number/],
    ['/jira/fault', 'PUT', { kind: 'huge', times: 1001 }, 400, /times must be at most 1000/],
    ['/jira/fault', 'PUT', { kind: 'huge', forever: true }, 400, /forever/],
    ['/jira/fault', 'PUT', [], 400, /object/],
    ['/jira/revoke', 'POST', undefined, 400, /must be an empty JSON object/],
    ['/jira/revoke', 'POST', { all: true }, 400, /must be an empty JSON object/],
    ['/nobody/revoke', 'POST', {}, 404, /no provider called nobody/],
  ] as const)('%s %s %j says what is wrong', async (path, method, body, status, error) => {
    const reply = await ask(path, method, body);
    expect(reply.status).toBe(status);
    expect(reply.body.error).toMatch(error);
  });

  test('the page names every provider and every behaviour, and stays a page of this machine', async () => {
    const reply = await fetch(sandbox.url);
    const shown = await reply.text();
    for (const { says } of HOSTILE) expect(shown).toContain(says);
    for (const provider of Object.keys(sandbox.providers.hints)) expect(shown).toContain(`data-id="${provider}"`);
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(shown).not.toContain(SANDBOX_APP.secret);
  });
});
