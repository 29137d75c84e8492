import { MessageRow } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Customer, createKit, type Kit, type Person, type Written } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';

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
  first = await asha.writes('Where is my order?');
});
afterAll(() => kit.close());

const partsOf = (body: { seenInboundId: string | null; text?: string; messageId?: string; replyToId?: string }) => ({
  params: { conversationId: first.conversationId },
  body: {
    messageId: newId(),
    text: 'It arrives tomorrow.',
    writtenAt: kit.world.clock.now().toISOString(),
    ...body,
  },
});
const reply = (body: Parameters<typeof partsOf>[0]) => agent.call('conversations.reply', partsOf(body));
const refused = (body: Parameters<typeof partsOf>[0]) => agent.refused('conversations.reply', partsOf(body));
const shown = () => agent.call('conversations.get', { params: { conversationId: first.conversationId } });
const messages = async () =>
  (await agent.call('conversations.list-messages', { params: { conversationId: first.conversationId } })).messages;

describe('a reply', () => {
  test('is queued under the id of its writer, and is the preview of its conversation', async () => {
    kit.world.clock.advance(60);
    const messageId = newId();
    const message = await reply({ messageId, text: 'On its\n way.', seenInboundId: first.messageId });
    expect(message).toMatchObject({
      id: messageId,
      direction: 'out',
      kind: 'text',
      status: 'queued',
      authorId: agent.id,
      sentAt: kit.world.clock.now().toISOString(),
      failure: null,
    });
    expect(await shown()).toMatchObject({
      preview: 'On its way.',
      previewDirection: 'out',
      lastMessageAt: message.sentAt,
      lastInboundId: first.messageId,
    });
  });

  test('leaves the mark of an earlier failure, because that text never arrived', async () => {
    const { id } = await reply({ seenInboundId: first.messageId });
    await asha.status(id, 'failed', { code: 131_026 });
    expect((await shown()).failed).toBe(1);
    await reply({ seenInboundId: first.messageId });
    expect((await shown()).failed).toBe(1);
  });

  test('quotes a message of its own conversation', async () => {
    const quoting = await reply({ seenInboundId: first.messageId, replyToId: first.messageId });
    expect(quoting.replyToId).toBe(first.messageId);
  });

  test('leaves the quote out when the quoted message is of another conversation, or of none', async () => {
    const other = await kit.customer().writes('Hello');
    for (const replyToId of [other.messageId, newId()])
      expect((await reply({ seenInboundId: first.messageId, replyToId })).replyToId).toBeNull();
  });
});

describe('conversation_changed', () => {
  test('refuses a reply whose writer has not seen the newest message, and sends that along', async () => {
    kit.world.clock.advance(1);
    const second = await asha.writes('Actually, cancel it');
    const problem = await refused({ seenInboundId: first.messageId });
    expect([problem.status, problem.code]).toEqual([409, 'conversation_changed']);
    expect(problem.newer).toEqual([MessageRow.parse((await messages())[0])]);
    expect(problem.newer).toMatchObject([{ id: second.messageId, text: 'Actually, cancel it', direction: 'in' }]);
    expect((await messages()).map(({ direction }) => direction)).toEqual(['in', 'in']);
    expect((await shown()).preview).toBe('Actually, cancel it');
  });

  test('sends along every newer message, oldest first, and no older one', async () => {
    const texts = ['one', 'two', 'three'];
    for (const text of texts) {
      kit.world.clock.advance(1);
      await asha.writes(text);
    }
    const { newer } = await refused({ seenInboundId: first.messageId });
    expect(newer?.map(row => MessageRow.parse(row).text)).toEqual(texts);
  });

  test('counts a message that arrives late, whatever time the provider gives: nobody can have seen it', async () => {
    const late = await asha.writes('written before, delivered after', {
      at: new Date(kit.world.clock.now().getTime() - 60_000),
    });
    expect((await shown()).lastInboundId).toBe(late.messageId);
    const problem = await refused({ seenInboundId: first.messageId });
    expect(problem.newer).toMatchObject([{ id: late.messageId }]);
    expect((await reply({ seenInboundId: late.messageId })).status).toBe('queued');
  });

  test('takes a writer who has seen nothing, or a message of another conversation, for one who has seen none', async () => {
    const other = await kit.customer().writes('Hello');
    for (const seenInboundId of [null, newId(), other.messageId]) {
      const problem = await refused({ seenInboundId });
      expect(problem.code, String(seenInboundId)).toBe('conversation_changed');
      expect(problem.newer).toMatchObject([{ id: first.messageId }]);
    }
  });

  test('goes with at most 50 messages, and those are the newest', async () => {
    for (let n = 1; n <= 51; n++) await asha.writes(`message ${n}`);
    const { newer } = await refused({ seenInboundId: first.messageId });
    expect(newer).toHaveLength(50);
    expect(newer?.[0]).toMatchObject({ text: 'message 2' });
    expect(newer?.at(-1)).toMatchObject({ text: 'message 51' });
  });
});

describe('window_closed', () => {
  const DAY_MS = 86_400_000;
  const before = (ms: number) => new Date(kit.world.clock.now().getTime() - ms);
  /** A conversation whose customer wrote last this long ago. */
  const writtenAgo = async (ms: number) => {
    asha = kit.customer();
    first = await asha.writes('Hello', { at: before(ms) });
  };

  test('ME-03: refuses a reply 24 hours after the last message of the customer, and a moment before that takes it', async () => {
    await writtenAgo(DAY_MS - 1000);
    expect((await reply({ seenInboundId: first.messageId })).status).toBe('queued');
    kit.world.clock.advance(1);
    const problem = await refused({ seenInboundId: first.messageId });
    expect([problem.status, problem.code]).toEqual([409, 'window_closed']);
    expect(await messages()).toHaveLength(2);
  });

  const QUIET: readonly (readonly [string, (of: Customer) => Promise<unknown>])[] = [
    ['a new number', of => of.moves({ phone: '919811100001' })],
    ['a new id', of => of.moves({ userId: 'IN.New1' })],
    [
      'a notice of WhatsApp about them',
      of => of.sends({ type: 'system', system: { body: 'Their security code changed' } }),
    ],
    ['a chat that they opened and wrote nothing in', of => of.sends({ type: 'request_welcome' })],
    ['a reaction', of => of.reacts(first, '👍')],
    ['an edit', of => of.edits(first, 'Hello?')],
    ['a deletion', of => of.deletes(first)],
  ];
  test.each(QUIET)('ME-03: %s opens no window, no closed conversation, and is not unread', async (_, happens) => {
    await writtenAgo(DAY_MS + 3600_000);
    await agent.call('conversations.set-status', {
      params: { conversationId: first.conversationId },
      body: { status: 'closed' },
    });
    const was = await shown();
    await happens(asha);
    const { windowExpiresAt, unread, status, lastInboundId } = was;
    expect(await shown()).toMatchObject({ windowExpiresAt, unread, status, lastInboundId });
    expect((await refused({ seenInboundId: first.messageId })).code).toBe('window_closed');
  });

  const UNCLEAR: readonly (readonly [string, object])[] = [
    [
      'a placeholder without a kind',
      { type: 'unsupported', errors: [{ code: 131_051, title: 'Message type unknown' }] },
    ],
    ['a placeholder of an edit', { type: 'unsupported', unsupported: { type: 'edit' } }],
    ['an edit that names no message', { type: 'edit', edit: {} }],
    ['a deletion that names no message', { type: 'revoke' }],
  ];
  test.each(UNCLEAR)('ME-03: %s is unread and opens no window', async (_, fields) => {
    await writtenAgo(DAY_MS + 3600_000);
    const was = await shown();
    await asha.sends(fields as Record<string, unknown>);
    expect(await shown()).toMatchObject({ windowExpiresAt: was.windowExpiresAt, unread: was.unread + 1 });
  });

  const SENT: readonly (readonly [string, object])[] = [
    ['a picture', { type: 'image', image: { id: '1', mime_type: 'image/jpeg' } }],
    ['a tapped button', { type: 'button', button: { payload: 'YES' } }],
    ['a place', { type: 'location', location: { latitude: 1, longitude: 2 } }],
    ['a cart', { type: 'order', order: { product_items: [] } }],
    ['a poll that is not passed on', { type: 'unsupported', unsupported: { type: 'poll' } }],
    ['a kind of tomorrow', { type: 'hologram', hologram: { text: 'hi' } }],
  ];
  test.each(SENT)('ME-03: %s opens the window again', async (_, fields) => {
    await writtenAgo(DAY_MS + 3600_000);
    const { messageId } = await asha.sends(fields as Record<string, unknown>);
    expect((await reply({ seenInboundId: messageId })).status).toBe('queued');
  });

  test('ME-03: a new message opens the window again', async () => {
    await writtenAgo(DAY_MS);
    expect((await refused({ seenInboundId: first.messageId })).code).toBe('window_closed');
    const again = await asha.writes('Are you there?');
    expect((await reply({ seenInboundId: again.messageId })).status).toBe('queued');
  });

  test('ME-03: neither a reaction nor a message that arrives late makes the window longer', async () => {
    await writtenAgo(DAY_MS - 1000);
    const until = (await shown()).windowExpiresAt;
    await asha.reacts(first, '👍');
    await asha.writes('older', { at: before(DAY_MS) });
    expect((await shown()).windowExpiresAt).toBe(until);
  });

  test('is named before a change of the conversation, and an opt-out before both', async () => {
    await writtenAgo(DAY_MS);
    expect((await refused({ seenInboundId: null })).code).toBe('window_closed');
    await asha.prefers('stop');
    const problem = await refused({ seenInboundId: null });
    expect([problem.status, problem.code]).toEqual([409, 'opted_out']);
  });
});

describe('a reply that is sent twice', () => {
  test('answers the message that is there, and no second one is written', async () => {
    const messageId = newId();
    const once = await reply({ messageId, seenInboundId: first.messageId });
    // Everything that would refuse a new reply has happened since.
    await asha.writes('STOP');
    expect(await reply({ messageId, seenInboundId: first.messageId })).toEqual(once);
    expect((await messages()).filter(({ direction }) => direction === 'out')).toHaveLength(1);
  });

  test('with other words, in another conversation, or under the id of a message of the customer is refused', async () => {
    const messageId = newId();
    await reply({ messageId, seenInboundId: first.messageId });
    const other = await kit.customer().writes('Hello');
    const mismatches = [
      refused({ messageId, text: 'Something else.', seenInboundId: first.messageId }),
      refused({ messageId: first.messageId, text: 'Where is my order?', seenInboundId: first.messageId }),
      agent.refused('conversations.reply', {
        ...partsOf({ messageId, seenInboundId: other.messageId }),
        params: { conversationId: other.conversationId },
      }),
    ];
    for (const problem of mismatches) expect((await problem).code).toBe('idempotency_mismatch');
    expect(await messages()).toHaveLength(2);
  });

  test('answers what was answered for its key, though the message has moved on', async () => {
    const key = crypto.randomUUID();
    const parts = { ...partsOf({ seenInboundId: first.messageId }), key };
    const once = await agent.call('conversations.reply', parts);
    await asha.status(once.id, 'read');
    expect(await agent.call('conversations.reply', parts)).toEqual(once);
    const other = { ...parts, body: { ...parts.body, text: 'Other words' } };
    expect((await agent.refused('conversations.reply', other)).code).toBe('idempotency_mismatch');
  });
});
