import type { ConnectionView } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SystemTx, withSystem } from '../../src/platform/db/index.ts';
import { APP_SECRET, createWorld } from '../world.ts';
import { requestOf } from './forgeries/parties.ts';
import { APP_META, type HookRig, hookRig } from './hook-rig.ts';

let rig: HookRig;
let instagram: ConnectionView;
let ads: ConnectionView;
let jira: ConnectionView;
let ownerId: string;
beforeEach(async () => {
  rig = await hookRig();
  const admin = await rig.admin();
  instagram = await admin.connect('instagram', '@chai.katha');
  jira = await admin.connect('jira', 'chai-katha');
  ads = await connectAds();
  await admin.read(instagram, 'posts');
  await admin.read(jira, 'tasks');
  const owned = await onDb(tx =>
    tx.selectFrom('connections').select('owner_id').where('id', '=', instagram.id).executeTakeFirstOrThrow(),
  );
  ownerId = owned.owner_id ?? 'none';
});
afterEach(() => rig.close());

const onDb = <T>(work: (tx: SystemTx) => Promise<T>) => withSystem(rig.world.db, 'telemetry', work);
/** Whichever ad account the log-in reaches first. */
async function connectAds(): Promise<ConnectionView> {
  const admin = await rig.admin();
  const started = await admin.start('meta-ads');
  const { location } = await rig.follow(await rig.consent(started.authorizeUrl));
  const receipt = location?.searchParams.get('receipt') ?? '';
  const claimed = (await admin.post(`connect/${started.attemptId}/claim`, { receipt })).json();
  const accountId = claimed.accounts[0].id;
  return (await admin.post(`connect/${started.attemptId}/confirm`, { receipt, accountId })).json();
}

const now = () => Math.floor(rig.world.clock.now().getTime() / 1000);
const said = (over: object = {}) => ({ algorithm: 'HMAC-SHA256', issued_at: now(), user_id: ownerId, ...over });
const call = (what: string, payload: object, key = APP_META, type = 'application/x-www-form-urlencoded') =>
  rig.world.inject({
    method: 'POST',
    url: `/webhooks/meta/${what}`,
    headers: { 'content-type': type },
    payload: Buffer.from(`signed_request=${requestOf(payload, key)}`),
  });
const audited = (event: string) =>
  onDb(tx =>
    tx.selectFrom('audit_log').select(['subject_id', 'actor_id', 'detail']).where('event', '=', event).execute(),
  );

describe('WH-14: somebody takes the app away at Meta', () => {
  test('what stands on their consent says so, what does not goes on, and a copy does nothing more', async () => {
    const payload = said();
    expect((await call('deauthorize', payload)).json()).toEqual({ received: true });
    const admin = await rig.admin();
    for (const { id } of [instagram, ads])
      expect(await admin.one(id)).toMatchObject({
        status: 'broken',
        fix: 'reconnect',
        fault: { code: 'revoked', next: 'Reconnect it if this was not intended.' },
      });
    expect(await admin.one(jira.id)).toMatchObject({ status: 'active' });
    expect((await audited('connection.deauthorized')).map(row => row.subject_id).sort()).toEqual(
      [instagram.id, ads.id].sort(),
    );
    rig.world.clock.advance(5);
    const mended = await admin.connect('instagram', '@chai.katha', { connectionId: instagram.id });
    expect(mended.status).toBe('active');
    expect((await call('deauthorize', payload)).statusCode).toBe(200);
    // Another one of before they consented anew, which came late.
    expect((await call('deauthorize', { ...payload, expires: 0 })).statusCode).toBe(200);
    expect((await rig.admin().then(me => me.one(instagram.id))).status).toBe('active');
    // Of the late one the other connection of that person, which was not consented to anew.
    expect(await audited('connection.deauthorized')).toHaveLength(3);
  });

  test('for somebody who is nobody here nothing happens, and the answer is the same', async () => {
    const before = await rig.state();
    expect((await call('deauthorize', said({ user_id: '424242' }))).json()).toEqual({ received: true });
    expect(await rig.state()).toEqual(before);
  });
});

describe('WH-14: somebody asks to have their data deleted', () => {
  const kept = (id: string) =>
    onDb(async tx => ({
      data: (await tx.selectFrom('previews').select('rows').where('connection_id', '=', id).execute()).length,
      secrets: (await tx.selectFrom('vault_secrets').select('name').where('connection_id', '=', id).execute()).length,
    }));
  const vaultOf = (id: string) =>
    onDb(tx => tx.selectFrom('connections').select('vault_id').where('id', '=', id).executeTakeFirstOrThrow());

  test('what was read and the consent with its key are gone, the code resolves, and a copy is answered alike', async () => {
    const { vault_id } = await vaultOf(instagram.id);
    expect(await kept(instagram.id)).toMatchObject({ data: 1 });
    expect(await kept(vault_id)).toMatchObject({ secrets: 1 });
    const payload = said();
    const first = await call('data-deletion', payload);
    expect(first.statusCode).toBe(200);
    const { url, confirmation_code: code } = first.json();
    expect(url).toBe(`https://hooks.example/data-deletion/${code}`);
    expect(code).toMatch(/^[\w-]{32}$/);
    expect(await kept(instagram.id)).toMatchObject({ data: 0 });
    expect(await kept(vault_id)).toMatchObject({ secrets: 0 });
    const page = await rig.world.inject({ url: `/data-deletion/${code}` });
    expect(page.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(page.body).toMatch(
      /^Your request to delete data was received 2026-11-20 [\d:]+ UTC\.\nDone 2026-11-20 [\d:]+ UTC: what was kept through this sign-in is deleted\.\n$/,
    );
    for (const word of [ownerId, instagram.account.id, instagram.account.name, instagram.id])
      expect(page.body).not.toContain(word);
    const admin = await rig.admin();
    expect(await admin.one(instagram.id)).toMatchObject({ status: 'broken', fault: { code: 'data-deleted' } });
    expect(await admin.read(jira, 'tasks')).toMatchObject({ stale: false, total: 130 });
    const log = await audited('connection.data-deleted');
    expect(log.map(row => row.subject_id).sort()).toEqual([instagram.id, ads.id].sort());
    expect(JSON.stringify(log)).not.toContain(ownerId);

    const before = await rig.state();
    expect((await call('data-deletion', payload)).json()).toEqual({ url, confirmation_code: code });
    expect(await rig.state()).toEqual(before);
    const again = (await call('data-deletion', said({ issued_at: now() + 1 }))).json();
    expect(again.confirmation_code).not.toBe(code);

    // It can be connected anew, and disconnected to its receipt.
    rig.world.clock.advance(5);
    const mended = await admin.connect('instagram', '@chai.katha', { connectionId: instagram.id });
    expect(await admin.read(mended, 'posts', { refresh: true })).toMatchObject({ stale: false });
    await admin.disconnect(ads);
    await rig.world.app.runNow('connections.tend');
    const [receipt] = (await admin.get('receipts')).json().receipts;
    expect(receipt.finishedAt).not.toBeNull();
  });

  test('a code that nobody was given is not there', async () => {
    for (const code of ['A'.repeat(32), 'x', '%00', "'--"])
      expect((await rig.world.inject({ url: `/data-deletion/${code}` })).statusCode).toBe(404);
  });
});

describe.each(['deauthorize', 'data-deletion'])('WH-14: what is refused at %s', what => {
  test('another app, another secret, one that is kept too long, no algorithm, nobody, and another content type', async () => {
    const before = await rig.state();
    const status = async (payload: object, key?: string, type?: string) =>
      (await call(what, payload, key, type)).statusCode;
    expect(await status(said({ app_id: 'another-app' }))).toBe(401);
    expect(await status(said({ app_id: 4711 }))).toBe(401);
    expect(await status(said(), 'the-secret-of-another-app')).toBe(401);
    expect(await status(said({ algorithm: 'none' }))).toBe(401);
    expect(await status(said({ user_id: undefined }))).toBe(401);
    expect(await status(said({ user_id: "1' or '1'='1" }))).toBe(401);
    expect(await status(said(), APP_META, 'application/json')).toBe(415);
    expect(await status(said(), APP_META, 'multipart/form-data; boundary=x')).toBe(415);
    const kept = said();
    rig.world.clock.advance(3601);
    expect(await status(kept)).toBe(401);
    expect(await rig.state()).toEqual(before);
    expect(await status(said({ app_id: 'sandbox-client' }))).toBe(200);
  });
});

test('WH-04, WH-05, WH-14: the secret is the Meta app’s, both of them during a rotation, else WhatsApp’s, and without any nothing is taken', async () => {
  const meta = { ASTRIX_APP_META_ID: '4711', ASTRIX_APP_META_SECRET: 'now', ASTRIX_APP_META_SECRET_NEXT: 'next' };
  const APPS: readonly (readonly [Record<string, string>, Record<string, number>])[] = [
    [meta, { now: 200, next: 200, [APP_SECRET]: 401 }],
    [{}, { [APP_SECRET]: 200, now: 401 }],
    [{ ASTRIX_WHATSAPP_APP_SECRET: '' }, { [APP_SECRET]: 503, '': 503, undefined: 503 }],
  ];
  for (const [env, expected] of APPS) {
    const world = await createWorld({ ASTRIX_ROLE: 'api', ...env });
    for (const [key, status] of Object.entries(expected)) {
      const issued_at = Math.floor(world.clock.now().getTime() / 1000);
      const request = requestOf({ algorithm: 'HMAC-SHA256', issued_at, user_id: '1' }, key);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const payload = `signed_request=${request}`;
      const reply = await world.inject({ method: 'POST', url: '/webhooks/meta/deauthorize', headers, payload });
      expect(reply.statusCode, `${JSON.stringify(env)} ${key}`).toBe(status);
    }
    await world.close();
  }
});
