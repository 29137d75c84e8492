import type { ConversationRow, MessageRow } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { newId } from '../../src/kernel/ids.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { addChannel, type Channel } from '../kit/channel.ts';
import { createKit, type Kit, type Person } from '../kit/index.ts';
import { statusOf } from '../kit/status-of.ts';

/** Everything that conversations do, over a provider that no module has ever heard of. */
let chat: Channel;
let kit: Kit;
let admin: Person;
let connectionId: string;
let address: { readonly path: string; readonly token: string };

beforeAll(async () => {
  chat = await addChannel();
  kit = await createKit({ ASTRIX_ROLE: 'all', ASTRIX_SANDBOX_URL: chat.url });
  admin = await kit.as('admin');
  const connection = await admin.call('connections.connect-key', {
    body: { provider: 'web-chat', shared: false, connectionId: null, fields: { siteKey: 'site_chaikatha' } },
  });
  connectionId = connection.id;
  const { url, token } = await admin.call('connections.rotate-webhook', { params: { connectionId } });
  address = { path: new URL(url).pathname, token: token ?? '' };
});
afterAll(async () => {
  await kit.close();
  await chat.close();
});

const seconds = (after = 0) => String(kit.world.clock.now().getTime() / 1000 + after);

async function deliver(...happened: object[]): Promise<number> {
  const body = Buffer.from(JSON.stringify({ site: 'site-1', happened }));
  const headers = chat.signed(body, address.token);
  const { statusCode } = await kit.world.inject({ method: 'POST', url: address.path, headers, payload: body });
  await kit.world.app.runNow('webhooks.process');
  return statusCode;
}

let written = 0;
/** A visitor writes. Answers the conversation, and the chat's id of the message. */
async function visitorWrites(visitor: string, text: string): Promise<{ conversation: ConversationRow; id: string }> {
  written += 1;
  const id = `written-${written}`;
  expect(await deliver({ type: 'wrote', id, visitor, name: `Visitor ${visitor}`, text, at: seconds() })).toBe(200);
  const { conversations } = await admin.call('conversations.list', {});
  const conversation = conversations.find(row => row.contactName === `Visitor ${visitor}`);
  if (!conversation) throw new Error(`nothing came of what ${visitor} wrote`);
  return { conversation, id };
}

const partsOf = (conversation: ConversationRow, text: string, replyToId: string | null = null) => ({
  params: { conversationId: conversation.id },
  body: {
    messageId: newId(),
    text,
    replyToId,
    seenInboundId: conversation.lastInboundId,
    writtenAt: kit.world.clock.now().toISOString(),
  },
});
const messagesOf = async ({ id }: ConversationRow): Promise<MessageRow[]> =>
  (await admin.call('conversations.list-messages', { params: { conversationId: id } })).messages;
const messageOf = async (conversation: ConversationRow, id: string) =>
  (await messagesOf(conversation)).find(message => message.id === id);
/** Workers send beside the test. */
const becomes = (id: string, status: MessageRow['status']) =>
  until(async () => (await statusOf(kit.world, id)) === status);
const health = async () => {
  const { connections } = await admin.call('connections.list', {});
  return connections
    .find(({ id }) => id === connectionId)!
    .health.map(({ capability, kind, status }) => `${capability} ${kind}: ${status}`);
};

test('a visitor writes, an agent replies, and the status arrives: from the address to the screen and back', async () => {
  const { conversation, id } = await visitorWrites('asha', 'Is the masala chai in stock?');
  expect(conversation).toMatchObject({
    channel: 'web-chat',
    preview: 'Is the masala chai in stock?',
    unread: 1,
    windowExpiresAt: new Date(kit.world.clock.now().getTime() + 3_600_000).toISOString(),
  });
  const contact = await admin.call('contacts.get', { params: { contactId: conversation.contactId } });
  expect(contact).toMatchObject({ hasPhone: false, phoneMasked: null, handle: 'asha' });

  const [asked] = await messagesOf(conversation);
  const reply = await admin.call('conversations.reply', partsOf(conversation, 'Yes, 40 packs.', asked!.id));
  await becomes(reply.id, 'sent');
  expect(chat.posted).toEqual([{ visitor: 'asha', text: 'Yes, 40 packs.', about: id, key: reply.id }]);
  await deliver({ type: 'seen', about: 'reply-1', at: seconds(5) });
  await deliver({ type: 'delivered', about: 'reply-1', at: seconds(2) });
  expect(await messageOf(conversation, reply.id)).toMatchObject({
    status: 'read',
    deliveredAt: new Date(kit.world.clock.now().getTime() + 2000).toISOString(),
  });
  expect(await health()).toEqual(['messaging send: ok', 'messaging receive: ok']);
});

describe('the rules of conversations hold over it', () => {
  test('WH-08: a copy of any age changes nothing', async () => {
    const { conversation } = await visitorWrites('copied', 'Once');
    const happened = { type: 'wrote', id: `written-${written}`, visitor: 'copied', text: 'Once', at: seconds() };
    await deliver(happened, happened);
    kit.world.clock.advance(301);
    await deliver(happened);
    expect(await messagesOf(conversation)).toHaveLength(1);
  });

  test('WH-10: a deletion that overtakes its message waits for it', async () => {
    await deliver({ type: 'took-back', about: 'later-1', at: seconds(1) });
    await deliver({
      type: 'wrote',
      id: 'later-1',
      visitor: 'hasty',
      name: 'Visitor hasty',
      text: 'Oops',
      at: seconds(),
    });
    kit.world.clock.advance(2);
    await kit.world.app.runNow('webhooks.process');
    const { conversations } = await admin.call('conversations.list', {});
    const conversation = conversations.find(row => row.contactName === 'Visitor hasty')!;
    expect(await messagesOf(conversation)).toMatchObject([{ text: '', deletedAt: expect.any(String) }]);
  });

  test('ME-03: its own window and its own longest text refuse a reply', async () => {
    const { conversation } = await visitorWrites('patient', 'Hello');
    const long = await admin.refused('conversations.reply', partsOf(conversation, 'x'.repeat(201)));
    expect(long).toMatchObject({
      code: 'invalid_request',
      fields: [{ path: 'text', message: 'has at most 200 characters on Site chat' }],
    });
    kit.world.clock.advance(3601);
    admin = await kit.as('admin');
    expect(await admin.refused('conversations.reply', partsOf(conversation, 'Too late'))).toMatchObject({
      code: 'window_closed',
    });
  });

  test('ME-04: a visitor who says stop is not written to', async () => {
    await visitorWrites('tired', 'Hello');
    const { conversation } = await visitorWrites('tired', 'STOP');
    expect(await admin.refused('conversations.reply', partsOf(conversation, 'Buy more'))).toMatchObject({
      code: 'opted_out',
    });
  });

  test('ME-01: an id of one provider is not taken for the same id of another', async () => {
    const { conversation } = await visitorWrites('IN.4711', 'Hello from the site');
    const customer = kit.customer({ phone: null, userId: 'IN.4711', name: 'Visitor of WhatsApp' });
    const other = await customer.writes('Hello from WhatsApp');
    expect(other.contactId).not.toBe(conversation.contactId);
  });

  test('a message that was lost says why, in words of the provider', async () => {
    const { conversation } = await visitorWrites('gone', 'Hello');
    const reply = await admin.call('conversations.reply', partsOf(conversation, 'Are you there?'));
    await becomes(reply.id, 'sent');
    await deliver({ type: 'lost', about: `reply-${chat.posted.length}`, at: seconds() });
    expect(await messageOf(conversation, reply.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'gone', reason: 'The visitor has left the site.' },
    });
  });
});

describe('what is not for it', () => {
  test('WH-01, WH-15: another signature is refused, and what is not known is a dead letter of its agency', async () => {
    const body = Buffer.from('{"site":"site-1","happened":[]}');
    const headers = chat.signed(body, 'another-token');
    const forged = await kit.world.inject({ method: 'POST', url: address.path, headers, payload: body });
    expect(forged.statusCode).toBe(401);
    await deliver({ type: 'danced', visitor: 'asha' });
    await deliver();
    const { deadLetters } = await admin.call('webhooks.list-dead-letters', {});
    expect(deadLetters.map(({ provider, reason, clientId }) => ({ provider, reason, clientId }))).toEqual([
      { provider: 'web-chat', reason: 'something that this version does not know', clientId: admin.clientId },
    ]);
  });

  test('a credential that is refused breaks the connection, and the next reply is refused before it is queued', async () => {
    const { conversation } = await visitorWrites('unlucky', 'Hello');
    chat.refuse();
    const reply = await admin.call('conversations.reply', partsOf(conversation, 'Hello'));
    await becomes(reply.id, 'failed');
    expect((await messageOf(conversation, reply.id))?.failure).toMatchObject({ code: 'key' });
    expect(await health()).toContain('messaging send: failing');
    expect(await admin.refused('conversations.reply', partsOf(conversation, 'Again'))).toMatchObject({
      code: 'channel_unavailable',
    });
  });

  test('VT-11: a visitor who writes to a site that was disconnected is nobody’s', async () => {
    const before = (await admin.call('conversations.list', {})).conversations.length;
    await admin.call('connections.disconnect', { params: { connectionId } });
    expect(await deliver({ type: 'wrote', id: 'too-late', visitor: 'late', text: 'Hello?', at: seconds() })).toBe(401);
    expect((await admin.call('conversations.list', {})).conversations).toHaveLength(before);
    const rows = await withSystem(kit.world.db, 'telemetry', tx =>
      tx.selectFrom('channels').select('connection_id').where('provider', '=', 'web-chat').execute(),
    );
    expect(rows).toEqual([{ connection_id: null }]);
  });
});
