import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { newId } from '../../src/kernel/ids.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { createWorld, messagePayload, statusPayload, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const CUSTOMER = '919876543210';

test('FL-03: a customer writes, an agent answers, the ticks come back', async () => {
  const [agency] = world.agencies;
  const [client] = agency.clients;
  const token = await world.tokenOf(agency.people.agent);
  const headers = { authorization: `Bearer ${token}` };

  const delivered = await world.deliver(
    messagePayload(client.accountId, {
      id: 'wamid.in.1',
      from: CUSTOMER,
      text: 'Where is my order?',
      at: world.clock.now(),
    }),
  );
  expect(delivered.statusCode).toBe(200);

  const inbox = (await world.inject({ url: `/v1/clients/${client.id}/conversations`, headers })).json();
  expect(inbox.conversations).toHaveLength(1);
  const [conversation] = inbox.conversations;
  expect(conversation).toMatchObject({
    contactName: 'Asha',
    unread: 1,
    preview: 'Where is my order?',
    previewDirection: 'in',
    status: 'open',
  });

  const messageId = newId();
  const reply = await world.inject({
    method: 'POST',
    url: `/v1/clients/${client.id}/conversations/${conversation.id}/messages`,
    headers: { ...headers, 'idempotency-key': randomUUID() },
    payload: {
      messageId,
      text: 'It arrives tomorrow.',
      seenInboundId: conversation.lastInboundId,
      writtenAt: world.clock.now().toISOString(),
    },
  });
  expect(reply.statusCode).toBe(202);
  expect(reply.json()).toMatchObject({ id: messageId, status: 'queued' });

  await until(() => world.whatsapp.sent.length === 1);
  expect(world.whatsapp.sent[0]).toMatchObject({ text: 'It arrives tomorrow.', messageId, to: { phone: CUSTOMER } });
  const providerId = `wamid.out.${messageId}`;
  for (const status of ['delivered', 'sent', 'read']) {
    await world.deliver(
      statusPayload(client.accountId, {
        id: providerId,
        status,
        at: world.clock.now(),
        recipient: CUSTOMER,
        ours: messageId,
      }),
    );
  }
  const thread = (
    await world.inject({ url: `/v1/clients/${client.id}/conversations/${conversation.id}/messages`, headers })
  ).json();
  expect(thread.messages.map((message: { text: string; status: string }) => [message.text, message.status])).toEqual([
    ['It arrives tomorrow.', 'read'],
    ['Where is my order?', 'received'],
  ]);
});

test('AL-02: what people did is on the audit chain of their agency, and the chain holds', async () => {
  const [agency, other] = world.agencies;
  const check = await withSystem(world.db, 'telemetry', tx => world.app.audit.verify(tx, agency.id));
  expect(check.firstBad).toBeNull();
  expect(check.checked).toBeGreaterThanOrEqual(2);
  const elsewhere = await withSystem(world.db, 'telemetry', tx => world.app.audit.verify(tx, other.id));
  expect(elsewhere).toEqual({ checked: 0, firstBad: null });
});
