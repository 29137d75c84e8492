import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Customer, createKit, type Kit, type Person, type Written } from '../../../test/kit/index.ts';
import { statusPayload, valuePayload } from '../../../test/world.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';

let kit: Kit;
let agent: Person;
let asha: Customer;
let first: Written;
beforeAll(async () => {
  kit = await createKit();
});
beforeEach(async () => {
  agent = await kit.as('agent');
  asha = kit.customer();
  first = await asha.writes('When will it come?', { at: ago(120) });
});
afterAll(() => kit.close());

const account = () => kit.world.agencies[0].clients[0].accountId;
const ago = (seconds: number) => new Date(kit.world.clock.now().getTime() - seconds * 1000);
const stamp = (at: Date) => String(Math.floor(at.getTime() / 1000));
const on = () => ({ params: { conversationId: first.conversationId } });
const shown = () => agent.call('conversations.get', on());
const thread = async () => (await agent.call('conversations.list-messages', on())).messages;
const deliver = (value: object, field = 'messages') => kit.world.deliver(valuePayload(account(), value, field));
const deadLetters = () =>
  withSystem(kit.world.db, 'telemetry', tx =>
    tx.selectFrom('webhook_events').select(['kind', 'reason', 'state']).execute(),
  );

/** What the business wrote in its own app on the phone. */
const echo = async (fields: object, { at = kit.world.clock.now(), to = asha.phone } = {}) => {
  const id = `wamid.echo.${newId()}`;
  const message = { from: '919800000000', to, id, timestamp: stamp(at), type: 'text', ...fields };
  await deliver({ message_echoes: [message] }, 'smb_message_echoes');
  return id;
};

describe('a message from the phone of the business', () => {
  test('stands in the thread as sent from the phone, is the answer, and opens no window', async () => {
    const before = await shown();
    await echo({ text: { body: 'Tomorrow before noon.' } });
    expect((await thread())[0]).toMatchObject({
      direction: 'out',
      text: 'Tomorrow before noon.',
      authorId: null,
      fromPhone: true,
      status: 'sent',
    });
    expect(await shown()).toMatchObject({
      preview: 'Tomorrow before noon.',
      previewDirection: 'out',
      unread: 0,
      lastInboundId: first.messageId,
      windowExpiresAt: before.windowExpiresAt,
    });
    expect(await deadLetters()).toEqual([]);
  });

  test('leaves unread what the customer wrote after it, also when it is delivered late', async () => {
    await asha.writes('And in blue?');
    await echo({ text: { body: 'Tomorrow.' } }, { at: ago(60) });
    expect(await shown()).toMatchObject({ unread: 1, preview: 'And in blue?' });
  });

  test('is delivered, read, edited, reacted to and deleted like any other, and a copy changes nothing', async () => {
    const id = await echo({ text: { body: 'Tomorow' } });
    const { clock } = kit.world;
    const status = { id, status: 'read', at: clock.now(), recipient: asha.phone! };
    await kit.world.deliver(statusPayload(account(), status));
    await echo({
      type: 'edit',
      edit: { original_message_id: id, message: { type: 'text', text: { body: 'Tomorrow' } } },
    });
    await echo({ type: 'reaction', reaction: { message_id: first.providerId, emoji: '🙏' } });
    const [sent, question] = await thread();
    expect(sent).toMatchObject({ text: 'Tomorrow', status: 'read' });
    expect(question?.reactions).toEqual([{ by: 'us', emoji: '🙏' }]);
    await echo({ type: 'revoke', revoke: { original_message_id: id } });
    expect((await thread())[0]).toMatchObject({ text: '', fromPhone: true });
    expect(await thread()).toHaveLength(2);
  });

  test('to a customer who never wrote begins a conversation that cannot be answered yet', async () => {
    await echo({ text: { body: 'STOP by any time' } }, { to: '919812300001' });
    const { conversations } = await agent.call('conversations.list', { query: { filter: 'open' } });
    expect(conversations[0]).toMatchObject({
      preview: 'STOP by any time',
      unread: 0,
      windowExpiresAt: null,
      lastInboundId: null,
      // The words of the business are no wish of the customer.
      optedOut: false,
    });
  });

  test('is known as one in the list of messages too, by the number that sent it', async () => {
    const id = `wamid.echo.${newId()}`;
    const metadata = { display_phone_number: '+91 98000 00000', phone_number_id: account() };
    const message = { from: '919800000000', to: asha.phone, id, timestamp: stamp(kit.world.clock.now()), type: 'text' };
    await deliver({ metadata, messages: [{ ...message, text: { body: 'From the counter' } }] });
    expect((await thread())[0]).toMatchObject({ direction: 'out', text: 'From the counter' });
  });
});

describe('a call', () => {
  const call = (more: object) => ({
    id: `wacid.${newId()}`,
    from: asha.phone,
    to: '919800000000',
    direction: 'USER_INITIATED',
    event: 'terminate',
    timestamp: stamp(kit.world.clock.now()),
    ...more,
  });

  test('that nobody took is a fact in the thread and unread, and opens no window', async () => {
    const before = await shown();
    await deliver({ calls: [call({ event: 'connect' })] }, 'calls');
    await deliver({ calls: [call({ status: ['FAILED'] })] }, 'calls');
    expect((await thread())[0]).toMatchObject({ kind: 'call', direction: 'in', text: 'Missed call' });
    expect(await shown()).toMatchObject({ unread: 2, windowExpiresAt: before.windowExpiresAt, preview: 'Missed call' });
  });

  test('that somebody took, or that the business made, waits for nothing', async () => {
    await deliver({ calls: [call({ duration: 125 })] }, 'calls');
    await deliver(
      { calls: [call({ direction: 'BUSINESS_INITIATED', from: '919800000000', to: asha.phone })] },
      'calls',
    );
    expect((await thread()).map(({ text }) => text).slice(0, 2)).toEqual([
      'Call to the customer, not answered',
      'Call of the customer, 2 min 5 s',
    ]);
    expect((await shown()).unread).toBe(1);
  });
});

describe('another tool on the same number', () => {
  const foreign = async () =>
    Number(/outcome="foreign"\} (\d+)/.exec(await kit.world.metrics.registry.metrics())?.[1] ?? 0);

  test('WH-15: its statuses are counted, and are no dead letters', async () => {
    const before = await foreign();
    for (const status of ['sent', 'delivered', 'read', 'failed'])
      await kit.world.deliver(
        statusPayload(account(), { id: 'wamid.theirs', status, at: kit.world.clock.now(), recipient: asha.phone! }),
      );
    await kit.world.deliver(
      statusPayload(account(), { id: 'wamid.1', status: 'sent', at: ago(1), recipient: asha.phone!, ours: newId() }),
    );
    expect(await foreign()).toBe(before + 5);
    expect(await deadLetters()).toEqual([]);
  });

  test('WH-15: reactions to its messages are waited for, then counted', async () => {
    const before = await foreign();
    await asha.reacts({ ...first, providerId: 'wamid.theirs' }, '👍');
    for (const seconds of [1, 4, 16, 64]) {
      expect(await deadLetters()).toHaveLength(1);
      kit.world.clock.advance(seconds);
      await kit.world.app.runNow('webhooks.process');
    }
    expect(await deadLetters()).toEqual([]);
    expect(await foreign()).toBe(before + 1);
  });
});
