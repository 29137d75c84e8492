import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { statusOf } from '../kit/status-of.ts';
import { messagePayload, signed } from '../world.ts';
import { type ConnectRig, connectRig } from './rig.ts';

let rig: ConnectRig;
beforeEach(async () => {
  rig = await connectRig();
});
afterEach(() => rig.close());

const FORM = { token: `EAAG${'a'.repeat(30)}`, phoneNumberId: '200000000000001', businessAccountId: '100000000000001' };

it('a number that is connected by hand answers customers, shows how each side of it does, and is silent from the disconnect on', async () => {
  const admin = await rig.as('admin');
  const reply = await admin.byKey('whatsapp', FORM);
  expect(reply.statusCode).toBe(201);
  const connection = reply.json();
  const { world } = rig;
  const deliver = async (id: string) => {
    const body = Buffer.from(
      JSON.stringify(
        messagePayload(FORM.phoneNumberId, { id, from: '919876543210', text: 'Namaste', at: world.clock.now() }),
      ),
    );
    const taken = await world.inject({
      method: 'POST',
      url: '/webhooks/app/whatsapp',
      headers: signed(body),
      payload: body,
    });
    expect(taken.statusCode).toBe(200);
    await world.app.runNow('webhooks.process');
  };
  await deliver('wamid.1');
  const conversations = (await admin.get('conversations')).json().conversations;
  expect(conversations).toHaveLength(1);
  const [{ id: conversationId, lastInboundId }] = conversations;
  const answer = (messageId: string) =>
    world.inject({
      method: 'POST',
      url: `/v1/clients/${admin.clientId}/conversations/${conversationId}/messages`,
      headers: { authorization: `Bearer ${admin.token}`, 'idempotency-key': messageId },
      payload: {
        messageId,
        text: 'It arrives tomorrow.',
        replyToId: null,
        seenInboundId: lastInboundId,
        writtenAt: world.clock.now().toISOString(),
      },
    });
  const first = await answer('01a1f000-0000-7000-8000-000000000001');
  expect(first.statusCode).toBeLessThan(300);
  await until(async () => (await statusOf(world, '01a1f000-0000-7000-8000-000000000001')) === 'sent');
  expect(world.whatsapp.sent).toHaveLength(1);
  const health = async () =>
    Object.fromEntries(
      (await admin.one(connection.id)).health.map(({ kind, capability, status }) => [`${capability} ${kind}`, status]),
    );
  expect(await health()).toMatchObject({ 'messaging receive': 'ok', 'messaging send': 'ok' });

  // Queued in the same breath as the end: it does not go out.
  await admin.disconnect(connection);
  await answer('01a1f000-0000-7000-8000-000000000002');
  await deliver('wamid.2');
  expect(world.whatsapp.sent).toHaveLength(1);
  const dead = await withSystem(world.db, 'telemetry', tx =>
    tx.selectFrom('webhook_events').select('reason').where('state', '=', 'dead').execute(),
  );
  expect(dead).toEqual([{ reason: 'an account that no client has connected' }]);

  // Connected again, its conversations go on where they were.
  const again = await admin.byKey('whatsapp', FORM);
  expect(again.statusCode).toBe(201);
  await deliver('wamid.3');
  expect((await admin.get('conversations')).json().conversations).toHaveLength(1);
});

it('WH-12: a number is one client’s: another one cannot connect it as well', async () => {
  const admin = await rig.as('admin');
  expect((await admin.byKey('whatsapp', FORM)).statusCode).toBe(201);
  const other = await rig.as('admin', { client: 1 });
  expect((await other.byKey('whatsapp', FORM)).json()).toMatchObject({ code: 'already_connected' });
  const elsewhere = await rig.as('admin', { agency: 1 });
  expect((await elsewhere.byKey('whatsapp', FORM)).json()).toMatchObject({ code: 'already_connected' });
});
