import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { SendOutcome } from '../../src/providers/messaging.ts';
import { failureOf } from '../../src/providers/whatsapp/failures.ts';
import { statusOf } from '../kit/status-of.ts';
import { createWorld, messagePayload, statusPayload, type World } from '../world.ts';

let world: World;
let headers: Record<string, string>;
let customers = 0;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  headers = { authorization: `Bearer ${await world.tokenOf(world.agencies[0].people.agent)}` };
});
afterAll(() => {
  release();
  return world.close();
});

const accepted = (id: string): SendOutcome => ({ kind: 'accepted', providerId: `wamid.out.${id}` });
const retry = (afterSeconds: number | null): SendOutcome => ({ kind: 'retry', afterSeconds, why: 'test' });
/** As good as dead: it answers only when the world is torn down. */
let release: () => void = () => undefined;
const never = () =>
  new Promise<SendOutcome>(resolve => {
    release = () => resolve({ kind: 'ambiguous', why: 'dead' });
  });

/** A customer who just wrote, with what a test does in their thread. */
async function thread(at = 0) {
  const client = world.agencies[0].clients[at]!;
  const phone = `9198765${String(customers++).padStart(5, '0')}`;
  await world.deliver(
    messagePayload(client.accountId, { id: `wamid.in.${phone}`, from: phone, text: 'Hello', at: world.clock.now() }),
  );
  const { conversations } = (await world.inject({ url: `/v1/clients/${client.id}/conversations`, headers })).json();
  const conversation = conversations.find((row: { preview: string; contactName: string }) => row.preview === 'Hello');
  const url = `/v1/clients/${client.id}/conversations/${conversation.id}/messages`;
  return {
    client,
    phone,
    conversation,
    reply: async (text: string) => {
      const messageId = newId();
      const reply = await world.inject({
        method: 'POST',
        url,
        headers: { ...headers, 'idempotency-key': randomUUID() },
        payload: {
          messageId,
          text,
          seenInboundId: conversation.lastInboundId,
          writtenAt: world.clock.now().toISOString(),
        },
      });
      return { id: messageId, status: reply.statusCode, body: reply.json() };
    },
    shown: async (id: string): Promise<{ status: string; failure: { code: string; reason: string } | null }> => {
      const { messages } = (await world.inject({ url, headers })).json();
      return messages.find((message: { id: string }) => message.id === id);
    },
    /** The ledger: what the provider was asked to send to this customer. */
    sent: () => world.whatsapp.sent.filter(message => message.to.phone === phone),
    status: (id: string, status: string) =>
      world.deliver(
        statusPayload(client.accountId, {
          id: `wamid.out.${id}`,
          status,
          at: world.clock.now(),
          recipient: phone,
          ours: id,
        }),
      ),
  };
}
type Thread = Awaited<ReturnType<typeof thread>>;

const becomes = (id: string, status: string) => until(async () => (await statusOf(world, id)) === status);

/** Until no worker has anything to do in the conversation: what was going to happen by now has happened. */
const idle = (on: Thread) =>
  until(async () => {
    const { rows } = await world.db.internals.query(
      `select from jobs.job
       where data ->> 'conversationId' = $1 and state in ('created', 'retry', 'active') and start_after <= now()`,
      [on.conversation.id],
    );
    return rows.length === 0;
  });

/** Lets time pass and the housekeeping look, as a worker does every few seconds. */
async function later(seconds: number): Promise<void> {
  world.clock.advance(seconds);
  // The access token lives for 15 minutes; signing in moves the clock by a code.
  if (seconds > 300) headers = { authorization: `Bearer ${await world.tokenOf(world.agencies[0].people.agent)}` };
  await world.app.runNow('conversations.requeue-stranded');
}

test('F-02, EG-04: a worker that ends during a call to the provider leaves the message unknown; it is never sent again', async () => {
  const on = await thread();
  world.whatsapp.answer = never;
  const reply = await on.reply('Sent, but nobody saw the answer');
  await until(() => on.sent().length === 1);
  expect((await on.shown(reply.id)).status).toBe('sending');
  world.whatsapp.answer = message => accepted(message.messageId);
  await later(61);
  await becomes(reply.id, 'unknown');
  const next = await on.reply('The next one goes out');
  await becomes(next.id, 'sent');
  await later(600);
  expect(on.sent().map(message => message.messageId)).toEqual([reply.id, next.id]);

  await on.status(reply.id, 'delivered');
  expect((await on.shown(reply.id)).status).toBe('delivered');
});

test('EG-04: a reply that was cut is unknown, and its status, which carries our id, settles it', async () => {
  const on = await thread();
  world.whatsapp.answer = () => ({ kind: 'ambiguous', why: 'cut' });
  const reply = await on.reply('Cut');
  await becomes(reply.id, 'unknown');
  await on.status(reply.id, 'failed');
  expect((await on.shown(reply.id)).status).toBe('failed');
  expect(on.sent()).toHaveLength(1);
});

test('EG-04: a status that overtakes the reply of the provider is not undone by it', async () => {
  const on = await thread();
  let answer: (outcome: SendOutcome) => void = () => undefined;
  world.whatsapp.answer = () => new Promise(resolve => (answer = resolve));
  const reply = await on.reply('Fast customer');
  await until(() => on.sent().length === 1);
  await on.status(reply.id, 'read');
  answer(accepted(reply.id));
  await idle(on);
  expect((await on.shown(reply.id)).status).toBe('read');
});

test('F-06, EG-03: a pause that the provider asks for is kept, and what was written later waits behind it', async () => {
  const on = await thread();
  world.whatsapp.answer = () => retry(90);
  const first = await on.reply('First');
  await until(() => on.sent().length === 1);
  await becomes(first.id, 'queued');
  world.whatsapp.answer = message => accepted(message.messageId);
  const second = await on.reply('Second');
  await later(89);
  await idle(on);
  expect(on.sent()).toHaveLength(1);
  await later(2);
  await becomes(second.id, 'sent');
  expect(on.sent().map(message => message.messageId)).toEqual([first.id, first.id, second.id]);
});

test('F-07: a provider that stays away is given up after six tries, with a reason a person can read', async () => {
  const on = await thread();
  world.whatsapp.answer = () => retry(1);
  const reply = await on.reply('Nobody is there');
  for (let tries = 1; tries <= 6; tries++) {
    await until(() => on.sent().length === tries);
    await until(async () => (await statusOf(world, reply.id)) !== 'sending');
    await later(2);
  }
  await becomes(reply.id, 'failed');
  expect((await on.shown(reply.id)).failure?.reason).toContain('could not be reached');
  await later(600);
  expect(on.sent()).toHaveLength(6);
});

test('ME-03, ME-04: a window that closes, or an opt-out that arrives, between the click and the send stops the message', async () => {
  const shut = await thread();
  world.whatsapp.answer = () => retry(30);
  const late = await shut.reply('Too late');
  await until(() => shut.sent().length === 1);
  await becomes(late.id, 'queued');
  world.whatsapp.answer = message => accepted(message.messageId);
  await later(25 * 3600);
  await becomes(late.id, 'failed');
  expect((await shut.shown(late.id)).failure?.code).toBe('window_closed');
  expect(shut.sent()).toHaveLength(1);

  const gone = await thread();
  world.whatsapp.answer = () => retry(30);
  const unwanted = await gone.reply('Buy more');
  await until(() => gone.sent().length === 1);
  await becomes(unwanted.id, 'queued');
  await world.deliver(
    messagePayload(gone.client.accountId, {
      id: `wamid.stop.${gone.phone}`,
      from: gone.phone,
      text: 'STOP',
      at: world.clock.now(),
    }),
  );
  world.whatsapp.answer = message => accepted(message.messageId);
  await later(31);
  await becomes(unwanted.id, 'failed');
  expect((await gone.shown(unwanted.id)).failure?.code).toBe('opted_out');
  expect(gone.sent()).toHaveLength(1);
});

test('F-24, EG-04: while the keys cannot be reached a message waits, uncounted, and goes out once afterwards', async () => {
  const on = await thread();
  world.whatsapp.answer = message => accepted(message.messageId);
  const { onSystem } = world.db;
  let refused = 0;
  world.db.onSystem = reason => {
    if (reason === 'connections') refused += 1;
    if (reason === 'connections') throw new Error('the keys cannot be reached');
    onSystem(reason);
  };
  const reply = await on.reply('As soon as the keys are back');
  for (let times = 1; times <= 7; times++) {
    await until(() => refused >= times);
    await becomes(reply.id, 'queued');
    await later(31);
  }
  expect(on.sent()).toHaveLength(0);
  world.db.onSystem = onSystem;
  await later(31);
  await becomes(reply.id, 'sent');
  expect(on.sent().map(message => message.messageId)).toEqual([reply.id]);
});

test('a credential that died marks the channel, and the next reply is refused before it is queued', async () => {
  const on = await thread(1);
  world.whatsapp.answer = () => ({ kind: 'refused', fault: failureOf(190, ''), credentialDead: true });
  const reply = await on.reply('Hello');
  await becomes(reply.id, 'failed');
  const next = await on.reply('Hello again');
  expect(next.body.code).toBe('channel_unavailable');
  expect(on.sent()).toHaveLength(1);
});
