import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/platform/telemetry/index.ts';
import { ALL_ROUTES } from '../tenancy/requests.ts';
import { dumpOf } from '../vault/rig.ts';
import { type Colleague, type ConnectRig, connectRig } from './rig.ts';

const lines: string[] = [];
/** The moment at which the database says no to the backend, for answers with 500. */
let faulty = false;
let rig: ConnectRig;
let me: Colleague;
beforeAll(async () => {
  rig = await connectRig({
    env: { ASTRIX_ROLE: 'api' },
    log: createLog('debug', { write: line => lines.push(line) }),
    over: db => ({
      ...db,
      internals: new Proxy(db.internals, {
        get: (target, key) => {
          if (faulty && key === 'kysely') throw new Error('the database is out of order');
          return Reflect.get(target, key, target);
        },
      }),
    }),
  });
  me = await rig.as('owner');
});
afterAll(() => rig.close());

const KEY = 'rk_test_CanaryCanaryCanary0123456789';
const HOOK = 'whsec_CanaryCanaryCanary0123456789';
const DELHIVERY = 'ac0ffee0ac0ffee0ac0ffee0ac0ffee0ac0ffee0';
/** What the sandbox gave out: it begins like this, and stands nowhere else. */
const GIVEN = /(?:access|refresh|code)-[A-Za-z0-9_-]{32}/;

const said: string[] = [];
async function heard(what: string, reply: Promise<{ statusCode: number; headers: object; body: string }>) {
  const { statusCode, headers, body } = await reply;
  said.push(`${what} ${statusCode} ${JSON.stringify(headers)} ${body}`);
  return { statusCode, body };
}

/** Every way that a credential goes: in, used, renewed, refused, out. */
async function putThrough(): Promise<string[]> {
  const ids: string[] = [];
  const { providers } = rig.sandbox;
  for (const provider of ['jira', 'google-ads'] as const) {
    const started = await me.start(provider);
    const back = await rig.consent(started.authorizeUrl);
    const { location } = await rig.follow(back);
    said.push(`${provider} sent on to ${location?.href}`);
    const receipt = location?.searchParams.get('receipt') ?? '';
    const claimed = await heard('claim', me.post(`connect/${started.attemptId}/claim`, { receipt }));
    const accountId = JSON.parse(claimed.body).accounts[0].id;
    const confirmed = await heard('confirm', me.post(`connect/${started.attemptId}/confirm`, { receipt, accountId }));
    ids.push(JSON.parse(confirmed.body).id);
    await heard('replay', rig.world.inject({ url: `${back.pathname}${back.search}` }));
  }
  for (const [provider, fields] of [
    ['stripe', { key: KEY, webhookSecret: HOOK }],
    ['stripe', { key: `${KEY} and more`, webhookSecret: HOOK }],
    ['delhivery', { environment: 'production', token: DELHIVERY }],
    ['delhivery', { environment: DELHIVERY, token: `Token ${DELHIVERY}`, extra: DELHIVERY }],
  ] as const) {
    const { statusCode, body } = await heard(provider, me.byKey(provider, fields));
    if (statusCode === 201) ids.push(JSON.parse(body).id);
  }
  for (const id of ids) {
    for (const capability of ['tasks', 'metrics', 'payments', 'shipments'])
      await heard('read', me.get(`connections/${id}/data/${capability}?refresh=1&text=1490812345601`));
    // The call budget of the account refills by the injected clock.
    rig.world.clock.advance(60);
    await heard('check', me.post(`connections/${id}/check`));
  }
  rig.world.clock.advance(3500);
  me = await rig.as('owner');
  await rig.world.app.runNow('connections.tend');
  for (const trouble of ['down', 'cut'] as const) {
    providers.trouble('/', trouble, 8);
    for (const id of ids) await heard('failing', me.post(`connections/${id}/check`));
    providers.mend();
    rig.world.clock.advance(120);
  }
  providers.book.revokeAll('jira');
  for (const id of ids) await heard('refused', me.post(`connections/${id}/check`));
  return ids;
}

async function everyRoute(ids: readonly string[]): Promise<void> {
  const [agency] = rig.world.agencies;
  const fill: Record<string, string> = { clientId: me.clientId, personId: agency.people.agent.id, provider: 'jira' };
  for (const connectionId of ids)
    for (const [name, { method, path, replyKind }] of ALL_ROUTES) {
      if (method !== 'GET' || replyKind === 'events') continue;
      const url = path.replace(/:(\w+)/g, (_, key: string) =>
        key === 'connectionId' ? connectionId : key === 'capability' ? 'tasks' : (fill[key] ?? connectionId),
      );
      await heard(name, rig.world.inject({ url, headers: { authorization: `Bearer ${me.token}` } }));
    }
}

test('VT-05: no reply, log line, metric, audit row or column holds a token, a code or a key that went through', async () => {
  const ids = await putThrough();
  expect(ids.length).toBe(4);
  await everyRoute(ids);
  faulty = true;
  for (const path of ['connections', `connections/${ids[0]}/calls`, 'receipts', 'catalogue'])
    expect((await heard('500', me.get(path))).statusCode).toBeGreaterThanOrEqual(500);
  expect((await heard('500', me.byKey('stripe', { key: KEY, webhookSecret: HOOK }))).statusCode).toBeGreaterThanOrEqual(
    500,
  );
  faulty = false;
  for (const id of ids) await heard('disconnect', me.post(`connections/${id}/disconnect`));
  const before = await dumpOf(rig.world.db);
  await rig.world.app.runNow('connections.tend');
  await everyRoute(ids);
  const rows = [before, await dumpOf(rig.world.db)];
  const metrics = await rig.world.metrics.registry.metrics();

  expect([said.length > 100, lines.length > 100, before.length > 10_000]).toEqual([true, true, true]);
  const places = { replies: said, logs: lines, metrics: [metrics], rows };
  const base64 = (text: string) => Buffer.from(text).toString('base64').slice(0, 24);
  const hex = (text: string) => Buffer.from(text).toString('hex').slice(0, 40);
  for (const [place, texts] of Object.entries(places)) {
    expect(
      texts.find(text => GIVEN.test(text)),
      `given out by the sandbox, in ${place}`,
    ).toBeUndefined();
    for (const secret of [KEY, HOOK, DELHIVERY, 'sandbox-secret'])
      for (const form of [secret, secret.slice(4, 30), base64(secret), hex(secret)])
        expect(
          texts.find(text => text.includes(form)),
          `${form} in ${place}`,
        ).toBeUndefined();
  }
});

test('what is shown of a key is its last four letters, and of a grant a fingerprint', async () => {
  const reply = await me.byKey('stripe', { key: KEY, webhookSecret: HOOK });
  const view = reply.json();
  expect(view.credential).toMatchObject({ last4: KEY.slice(-4) });
  expect(view.credential.fingerprint).toMatch(/^[\w-]{8,16}$/);
  expect(said.join('')).toContain('"last4":null');
});
