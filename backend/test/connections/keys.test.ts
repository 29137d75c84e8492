import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { readKey } from '../../src/modules/connections/grants.ts';
import { manifestOf, vaultRefOf } from '../../src/modules/connections/repo.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { createVault, keksFrom } from '../../src/platform/vault/index.ts';
import { testConfig } from '../world.ts';
import { liveConnections } from './connect-attack.ts';
import { type Colleague, type ConnectRig, connectRig } from './rig.ts';

let rig: ConnectRig;
let me: Colleague;
beforeEach(async () => {
  rig = await connectRig({ env: { ASTRIX_ROLE: 'api' } });
  me = await rig.as('manager');
});
afterEach(() => rig.close());

const GOOD = 'rk_test_ChaiKatha2026';
const asked = () => rig.sandbox.providers.asked.length;
const secrets = () =>
  withSystem(
    rig.world.db,
    'telemetry',
    async tx => (await tx.selectFrom('vault_secrets').select('name').where('name', '=', 'key').execute()).length,
  );
/** Calls in the ledger, which is written beside the work. */
const recorded = (id: string) =>
  withSystem(
    rig.world.db,
    'telemetry',
    async tx => (await tx.selectFrom('provider_calls').select('id').where('connection_id', '=', id).execute()).length,
  );
/** What the vault holds for a connection now. */
async function keyOf(id: string): Promise<string | undefined> {
  const vault = createVault({ db: rig.world.db, keks: keksFrom(testConfig()) });
  await vault.open();
  return withSystem(rig.world.db, 'telemetry', async tx => {
    const row = await tx.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const credential = await readKey(vault, tx, vaultRefOf(row), manifestOf(row));
    return credential?.kind === 'key' ? credential.fields.key?.reveal() : undefined;
  });
}

describe('a form that cannot be right: every fault by name, nothing stored, nothing sent', () => {
  test.each<readonly [string, 'stripe' | 'delhivery', Record<string, string>, readonly string[]]>([
    ['nothing at all', 'stripe', {}, ['fields.key']],
    ['an empty key', 'stripe', { key: '' }, ['fields.key']],
    ['blanks', 'stripe', { key: ' \t\u00a0' }, ['fields.key']],
    ['a live secret key', 'stripe', { key: 'sk_live_ChaiKatha2026' }, ['fields.key']],
    ['a key with a line end inside', 'stripe', { key: 'rk_test_Chai\r\nHost: evil' }, ['fields.key']],
    ['a key with a letter of another alphabet', 'stripe', { key: 'rk_test_СhaiKatha2026' }, ['fields.key']],
    ['a key that is too long', 'stripe', { key: `rk_test_${'a'.repeat(300)}` }, ['fields.key']],
    ['a good key and a bad hook', 'stripe', { key: GOOD, webhookSecret: 'x' }, ['fields.webhookSecret']],
    ['a field of another form', 'stripe', { key: GOOD, host: 'evil.example' }, ['fields.host']],
    ['a word of the language', 'stripe', { key: GOOD, constructor: 'x' }, ['constructor']],
    [
      'two faults at once',
      'delhivery',
      { environment: 'moon', token: 'Token abc' },
      ['fields.environment', 'fields.token'],
    ],
    [
      'a choice that is not there',
      'delhivery',
      { environment: 'Production', token: 'a'.repeat(40) },
      ['fields.environment'],
    ],
  ])('%s', async (_what, provider, fields, faults) => {
    const before = asked();
    const reply = await me.byKey(provider, fields);
    expect(reply.statusCode).toBe(400);
    for (const fault of faults) expect(reply.body).toContain(fault);
    for (const value of Object.values(fields)) if (value.length > 8) expect(reply.body).not.toContain(value);
    expect([asked() - before, await liveConnections(rig), await secrets()]).toEqual([0, 0, 0]);
  });

  test('the form of a system that is connected by consent, or planned, or denied, or switched off', async () => {
    const { people } = rig.world.agencies[0];
    const admin = await rig.as('admin');
    expect((await me.byKey('jira', { key: GOOD })).statusCode).toBe(409);
    expect((await me.byKey('canva', { key: GOOD })).statusCode).toBe(409);
    await admin.put(`/v1/provider-access/${people.manager.id}`, { denied: ['stripe'] });
    expect((await me.byKey('stripe', { key: GOOD })).statusCode).toBe(403);
    const off = { scope: 'provider', subject: 'stripe', off: true, reason: 'a drill', revoke: false };
    await admin.put('/v1/switches', off);
    expect((await admin.byKey('stripe', { key: GOOD })).json().code).toBe('switched_off');
    expect(await liveConnections(rig)).toBe(0);
  });
});

describe('a form that the provider has a say in', () => {
  test('a key that is refused: nothing is stored, and the words say what to check', async () => {
    const reply = await me.byKey('stripe', { key: 'rk_test_Revoked2026' });
    expect(reply.json()).toMatchObject({ code: 'provider_refused' });
    expect(reply.body).toMatch(/does not accept this key/);
    expect([await liveConnections(rig), await secrets()]).toEqual([0, 0]);
  });

  test('a provider that does not answer: nothing is stored, and it may be tried again', async () => {
    rig.sandbox.providers.trouble('/v1/account', 'down');
    const reply = await me.byKey('stripe', { key: GOOD });
    expect(reply.json()).toMatchObject({ code: 'provider_unreachable' });
    expect([await liveConnections(rig), await secrets()]).toEqual([0, 0]);
    rig.sandbox.providers.mend();
    rig.world.clock.advance(120);
    expect((await me.byKey('stripe', { key: GOOD })).statusCode).toBe(201);
  });

  test('rotation: the new key takes the place of the old one under the same connection, and its calls stay one list', async () => {
    const first = (await me.byKey('stripe', { key: GOOD })).json();
    expect(first).toMatchObject({ status: 'active', credential: { last4: '2026' } });
    const next = await me.byKey('stripe', { key: 'rk_test_ChaiKatha2027' }, first.id);
    expect(next.json()).toMatchObject({ id: first.id, status: 'active', credential: { last4: '2027' } });
    expect([await liveConnections(rig), await keyOf(first.id)]).toEqual([1, 'rk_test_ChaiKatha2027']);
    const refused = await me.byKey('stripe', { key: 'rk_test_Revoked2027' }, first.id);
    expect(refused.statusCode).toBeGreaterThanOrEqual(400);
    expect(await keyOf(first.id)).toBe('rk_test_ChaiKatha2027');
    await until(async () => (await recorded(first.id)) >= asked());
    expect((await me.get(`connections/${first.id}/calls`)).json().calls).toHaveLength(asked());
  });

  test('a key of another account does not take the place of this one', async () => {
    const first = (await me.byKey('stripe', { key: GOOD })).json();
    await withSystem(rig.world.db, 'demo-seed', tx =>
      tx.updateTable('connections').set({ account_id: 'acct_of_somebody_else' }).where('id', '=', first.id).execute(),
    );
    const reply = await me.byKey('stripe', { key: 'rk_test_ChaiKatha2027' }, first.id);
    expect(reply.json()).toMatchObject({ code: 'account_differs' });
    expect(await keyOf(first.id)).toBe(GOOD);
  });

  test('the same account twice, and by two people at once: one connection', async () => {
    const other = await rig.as('admin');
    const both = await Promise.all([me.byKey('stripe', { key: GOOD }), other.byKey('stripe', { key: GOOD })]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    expect((await me.byKey('stripe', { key: GOOD })).json()).toMatchObject({ code: 'already_connected' });
    expect([await liveConnections(rig), await secrets()]).toEqual([1, 1]);
  });

  test('two people rotate at once: the key that stands is one of theirs, and the connection works', async () => {
    const other = await rig.as('admin');
    const { id } = (await me.byKey('stripe', { key: GOOD })).json();
    const both = await Promise.all([
      me.byKey('stripe', { key: 'rk_test_ChaiKatha2031' }, id),
      other.byKey('stripe', { key: 'rk_test_ChaiKatha2032' }, id),
    ]);
    expect(both.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(await keyOf(id)).toMatch(/^rk_test_ChaiKatha203[12]$/);
    expect((await me.post(`connections/${id}/check`)).json()).toMatchObject({ status: 'active', fault: null });
  });

  test('a rotation of a connection of another client, of another agency, or of one that has ended', async () => {
    const { id } = (await me.byKey('stripe', { key: GOOD })).json();
    const strangers = [await rig.as('admin', { client: 1 }), await rig.as('admin', { agency: 1 })];
    for (const stranger of strangers) expect((await stranger.byKey('stripe', { key: GOOD }, id)).statusCode).toBe(404);
    await me.post(`connections/${id}/disconnect`);
    expect((await me.byKey('stripe', { key: GOOD }, id)).json()).toMatchObject({ code: 'connection_unusable' });
    await rig.world.app.runNow('connections.tend');
    expect((await me.byKey('stripe', { key: GOOD }, id)).json()).toMatchObject({ code: 'connection_unusable' });
    expect(await secrets()).toBe(0);
  });
});
