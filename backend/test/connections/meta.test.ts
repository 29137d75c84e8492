import type { ConnectionView, DisconnectReceipt } from '@astrix/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Colleague, type ConnectRig, connectRig } from './rig.ts';

let rig: ConnectRig;
beforeAll(async () => {
  rig = await connectRig();
});
afterAll(() => rig.close());

async function receiptOf(me: Colleague, { id }: ConnectionView): Promise<DisconnectReceipt | undefined> {
  const { receipts } = (await me.get('receipts')).json() as { receipts: DisconnectReceipt[] };
  return receipts.find(one => one.connectionId === id);
}

test('S5, S8: a person connects ads and a profile with one log-in, reads both, and ends them one by one (VT-11)', async () => {
  const me = await rig.as('admin');
  const ads = await me.connect('meta-ads', 'Chai Katha');
  const profile = await me.connect('instagram', '@chai.katha');
  expect(ads).toMatchObject({ provider: 'meta-ads', status: 'active' });
  expect((await me.read(ads, 'metrics')).rows.length).toBe(168);
  expect((await me.read(profile, 'posts')).rows.length).toBe(60);
  expect((await me.read(profile, 'metrics')).rows.length).toBe(7);

  await me.disconnect(ads);
  await rig.world.app.runNow('connections.tend');
  // Revoking would take the app from the person's account, and the profile with it.
  expect(await receiptOf(me, ads)).toMatchObject({ revocation: 'kept' });
  expect((await me.read(profile, 'metrics', { refresh: true })).rows.length).toBe(7);

  await me.disconnect(profile);
  await rig.world.app.runNow('connections.tend');
  expect(await receiptOf(me, profile)).toMatchObject({ revocation: 'revoked' });
});

test('VT-10: numbers that were unticked are gated, and posts are not', async () => {
  const me = await rig.as('admin', { client: 1 });
  const scopes = ['instagram_basic', 'pages_show_list', 'pages_read_engagement'];
  const profile = await me.connect('instagram', '@indigoloom', { scopes });
  const status = Object.fromEntries(profile.health.map(one => [one.capability, one.status]));
  expect(status.metrics).toBe('gated');
  expect(status.posts).not.toBe('gated');
  expect((await me.read(profile, 'posts')).rows.length).toBe(60);
});

test('S22: a number is connected by a key that is tried before it is kept', async () => {
  const me = await rig.as('admin', { client: 2 });
  const fields = {
    token: 'EAAGsandbox-token-of-a-system-user',
    phoneNumberId: '200000000000003',
    businessAccountId: '100000000000001',
  };
  const refused = await me.byKey('whatsapp', { ...fields, token: 'other-token-of-a-system-user' });
  expect(refused.statusCode).toBe(422);
  const taken = await me.byKey('whatsapp', fields);
  expect(taken.statusCode).toBe(201);
  const number = (await me.list()).find(one => one.provider === 'whatsapp')!;
  expect(number.account).toMatchObject({ name: 'Vanam Naturals', detail: '+91 98000 00003' });
  expect((await me.read(number, 'messaging')).rows).toHaveLength(1);
  expect((await me.read(number, 'templates')).rows).toHaveLength(11);
});
