import { CLOSING_SECONDS, ConversationRow, INBOX_FILTERS, type InboxFilter, MessageRow } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person, type Written } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';
import { previewOf } from './read.ts';

const WINDOW_SECONDS = 24 * 3600;
let kit: Kit;
beforeAll(async () => {
  kit = await createKit();
});
afterAll(() => kit.close());

const ago = (seconds: number) => new Date(kit.world.clock.now().getTime() - seconds * 1000);
const on = (of: Written) => ({ params: { conversationId: of.conversationId } });
const replyTo = (agent: Person, to: Written) =>
  agent.call('conversations.reply', {
    ...on(to),
    body: {
      messageId: newId(),
      text: 'Yes.',
      seenInboundId: to.messageId,
      writtenAt: kit.world.clock.now().toISOString(),
    },
  });

describe('the filters of the inbox', () => {
  let agent: Person;
  /** One conversation for each state that a filter can tell apart, by name. */
  const inbox: Record<string, Written> = {};
  beforeAll(async () => {
    agent = await kit.as('agent', { client: 1 });
    const owner = kit.world.agencies[0].people.owner.id;
    const written = async (name: string, seconds = 60) => {
      inbox[name] = await kit.customer({ client: 1 }).writes(name, { at: ago(seconds) });
      return inbox[name];
    };
    const assign = (to: Written, personId: string) =>
      agent.call('conversations.assign', { ...on(to), body: { personId } });
    await written('new');
    await assign(await written('mine'), agent.id);
    await assign(await written('theirs'), owner);
    await written('closing soon', WINDOW_SECONDS - 60);
    await written('closing in exactly four hours', WINDOW_SECONDS - CLOSING_SECONDS);
    await written('closing a second later', WINDOW_SECONDS - CLOSING_SECONDS - 1);
    await written('shut this second', WINDOW_SECONDS);
    await written('shut', WINDOW_SECONDS + 3600);
    const failed = await written('failed');
    const { id } = await replyTo(agent, failed);
    await kit.customer({ client: 1 }).status(id, 'failed', { code: 131_026 });
    const snoozed = await written('snoozed');
    await assign(snoozed, agent.id);
    const until = ago(-3600).toISOString();
    await agent.call('conversations.snooze', { ...on(snoozed), body: { until } });
    const closed = await written('closed');
    await assign(closed, agent.id);
    await agent.call('conversations.set-status', { ...on(closed), body: { status: 'closed' } });
    await kit.customer({ client: 2 }).writes('of another client');
    await kit.customer({ agency: 1, client: 1 }).writes('of another agency');
  });

  const OPEN = [
    'new',
    'mine',
    'theirs',
    'closing soon',
    'closing in exactly four hours',
    'closing a second later',
    'shut this second',
    'shut',
    'failed',
  ];
  const EXPECTED: Readonly<Record<InboxFilter, readonly string[]>> = {
    open: OPEN,
    mine: ['mine'],
    unassigned: OPEN.filter(name => name !== 'mine' && name !== 'theirs'),
    closing: ['closing soon', 'closing in exactly four hours'],
    failed: ['failed'],
    snoozed: ['snoozed'],
    closed: ['closed'],
  };

  const found = async (filter: InboxFilter | undefined) => {
    const { conversations, next } = await agent.call('conversations.list', { query: { filter } });
    expect(next).toBeNull();
    const nameOf = (id: string) => Object.keys(inbox).find(name => inbox[name]?.conversationId === id) ?? id;
    return conversations.map(({ id }) => nameOf(id)).sort();
  };

  // The times of the window are counted to the second, so the clock stands still from here on.
  test.each(INBOX_FILTERS)('«%s» shows what belongs there, and nothing else', async filter => {
    expect(await found(filter)).toEqual([...EXPECTED[filter]].sort());
  });

  test.each(INBOX_FILTERS)('«%s» in pages of two shows the same, each once and in the same order', async filter => {
    const whole = await agent.call('conversations.list', { query: { filter } });
    const pages: string[][] = [];
    for (let after: string | undefined; pages.length === 0 || after !== undefined; ) {
      const query = { filter, limit: 2, ...(after ? { after } : {}) };
      const page = await agent.call('conversations.list', { query });
      pages.push(page.conversations.map(({ id }) => id));
      after = page.next ?? undefined;
    }
    expect(pages.flat()).toEqual(whole.conversations.map(({ id }) => id));
    expect(pages.every(page => page.length <= 2)).toBe(true);
  });

  test('a page goes on where it ended in another filter, for the place of a row is the same in all of them', async () => {
    const { conversations, next } = await agent.call('conversations.list', { query: { filter: 'open', limit: 3 } });
    const rest = await agent.call('conversations.list', { query: { filter: 'unassigned', after: next! } });
    const seen = new Set(conversations.map(({ id }) => id));
    const whole = await agent.call('conversations.list', { query: { filter: 'unassigned' } });
    expect(rest.conversations.map(({ id }) => id)).toEqual(
      whole.conversations.map(({ id }) => id).filter(id => !seen.has(id)),
    );
  });

  test('without a filter the open ones are shown', async () => {
    expect(await found(undefined)).toEqual([...OPEN].sort());
  });

  test('a filter that does not exist is refused', async () => {
    const problem = await agent.refused('conversations.list', { query: { filter: 'all' as InboxFilter } });
    expect(problem.code).toBe('invalid_request');
  });
});

describe('pages', () => {
  let owner: Person;
  let ids: string[] = [];
  const COUNT = 11;
  beforeAll(async () => {
    owner = await kit.as('owner', { agency: 1, client: 2 });
    const at = ago(3600);
    // Three moments, so that pages begin and end within ties.
    for (let n = 0; n < COUNT; n++)
      await kit
        .customer({ agency: 1, client: 2 })
        .writes(`tie ${n}`, { at: new Date(at.getTime() + Math.floor(n / 4) * 1000) });
    const { conversations } = await owner.call('conversations.list', { query: { limit: 200 } });
    ids = conversations.map(({ id }) => id);
  });

  const pagesOf = async (limit: number) => {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await owner.call('conversations.list', { query: { limit, ...(after ? { after } : {}) } });
      pages.push(page.conversations.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined && pages.length <= COUNT);
    return pages;
  };

  test.each([1, 2, 3, 4, 5, 11])('of %i show each conversation once, in the order of the whole list', async limit => {
    expect(ids).toHaveLength(COUNT);
    const pages = await pagesOf(limit);
    expect(pages.flat()).toEqual(ids);
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
  });

  test('are in the order of the newest message, and of the id among messages of one moment', async () => {
    const { conversations } = await owner.call('conversations.list', { query: { limit: 200 } });
    const keys = conversations.map(({ lastMessageAt, id }) => ({ lastMessageAt, id }));
    const sorted = keys.toSorted((a, b) => b.lastMessageAt.localeCompare(a.lastMessageAt) || a.id.localeCompare(b.id));
    expect(keys).toEqual(sorted);
    expect(new Set(keys.map(({ lastMessageAt }) => lastMessageAt)).size).toBe(3);
  });

  test('lose nothing when a conversation of an earlier page moves up', async () => {
    const first = await owner.call('conversations.list', { query: { limit: 4 } });
    const moved = first.conversations.at(-1)!;
    await owner.call('conversations.reply', {
      params: { conversationId: moved.id },
      body: {
        messageId: newId(),
        text: 'Up.',
        seenInboundId: moved.lastInboundId,
        writtenAt: kit.world.clock.now().toISOString(),
      },
    });
    const rest = await owner.call('conversations.list', { query: { limit: 200, after: first.next! } });
    expect([...first.conversations, ...rest.conversations].map(({ id }) => id).sort()).toEqual(ids.toSorted());
  });

  test.each(['', 'x', '1', '1.', '1.x', '.1', `99999999999999.${newId()}`, `1.${newId()}0`])(
    'a cursor «%s» that no list made is refused',
    async after => {
      const problem = await owner.refused('conversations.list', { query: { after } });
      expect(problem.code).toBe('invalid_request');
    },
  );

  test.each([0, 201, 1.5])('a limit of %d is refused', async limit => {
    expect((await owner.refused('conversations.list', { query: { limit } })).code).toBe('invalid_request');
  });

  test('of messages go back in time, also through messages of one moment; a note comes with its page', async () => {
    const asha = kit.customer({ agency: 1, client: 2 });
    const at = kit.world.clock.now();
    const written: Written[] = [];
    for (let n = 0; n < 5; n++) written.push(await asha.writes(`message ${n}`, { at }));
    const thread = written[0]!;
    await owner.call('conversations.add-note', { ...on(thread), body: { noteId: newId(), text: 'A note.' } });
    const seen: string[] = [];
    const notes: number[] = [];
    let before: string | undefined;
    do {
      const page = await owner.call('conversations.list-messages', {
        ...on(thread),
        query: { limit: 2, ...(before ? { before } : {}) },
      });
      seen.push(...page.messages.map(({ id }) => id));
      notes.push(page.notes.length);
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(seen).toEqual(written.map(({ messageId }) => messageId).toReversed());
    expect(notes).toEqual([1, 0, 0]);
  });
});

test('the thread, the list and the mark of what was read agree on messages, replies and notes of one second', async () => {
  const agent = await kit.as('agent');
  const asha = kit.customer();
  const { clock } = kit.world;
  const second = new Date(Math.ceil(clock.now().getTime() / 1000) * 1000);
  clock.set(second);
  const first = await asha.writes('1', { at: second });
  await asha.writes('2', { at: second });
  clock.set(new Date(second.getTime() + 200));
  await agent.call('conversations.add-note', { ...on(first), body: { noteId: newId(), text: '3' } });
  await asha.writes('4', { at: second });
  await agent.call('conversations.reply', {
    ...on(first),
    body: {
      messageId: newId(),
      text: '5',
      seenInboundId: (await agent.call('conversations.get', on(first))).lastInboundId,
      writtenAt: clock.now().toISOString(),
    },
  });
  const last = await asha.writes('6', { at: second });
  const thread = async (limit: number) => {
    const words: string[] = [];
    let before: string | undefined;
    do {
      const page = await agent.call('conversations.list-messages', {
        ...on(first),
        query: { limit, ...(before ? { before } : {}) },
      });
      const shown = [...page.messages, ...page.notes].toSorted((a, b) => a.seq - b.seq);
      words.unshift(...shown.map(({ text }) => text));
      before = page.next ?? undefined;
    } while (before !== undefined);
    return words;
  };
  for (const limit of [1, 2, 3, 50]) expect(await thread(limit)).toEqual(['1', '2', '3', '4', '5', '6']);
  const shown = await agent.call('conversations.get', on(first));
  expect(shown).toMatchObject({ preview: '6', previewDirection: 'in', unread: 4, lastInboundId: last.messageId });
  // An earlier message of the same second is changed: the list goes on showing the last one.
  await asha.edits(first, '1, in other words', { at: second });
  expect((await agent.call('conversations.get', on(first))).preview).toBe('6');
  await asha.deletes(last, { at: second });
  expect((await agent.call('conversations.get', on(first))).preview).toBe('Message deleted');
  clock.set(new Date(second.getTime() + 1000));
});

test('a message that is delivered late stands at its own time, and neither a reply nor a read mark passes over it', async () => {
  const agent = await kit.as('agent');
  const asha = kit.customer();
  const now = await asha.writes('now');
  const late = await asha.writes('a minute ago', { at: ago(60) });
  const { messages } = await agent.call('conversations.list-messages', on(now));
  expect(messages.map(({ text }) => text)).toEqual(['now', 'a minute ago']);
  expect(await agent.call('conversations.get', on(now))).toMatchObject({
    preview: 'now',
    lastInboundId: late.messageId,
  });
  await expect(replyTo(agent, now)).rejects.toThrow('conversation_changed');
  const read = (upToId: string) => agent.call('conversations.mark-read', { ...on(now), body: { upToId } });
  expect((await read(now.messageId)).unread).toBe(1);
  expect((await read(late.messageId)).unread).toBe(0);
});

describe('rows', () => {
  let agent: Person;
  beforeEach(async () => {
    agent = await kit.as('agent');
  });

  test('a conversation has the shape of the contract, with every value that it was given', async () => {
    const asha = kit.customer({ name: 'Asha Rao' });
    const at = kit.world.clock.now();
    const first = await asha.writes('Hello');
    const row = await agent.call('conversations.get', on(first));
    expect(ConversationRow.parse(row)).toEqual(row);
    expect(row).toEqual({
      id: first.conversationId,
      clientId: agent.clientId,
      contactId: first.contactId,
      contactName: 'Asha Rao',
      channel: 'whatsapp',
      status: 'open',
      assigneeId: null,
      snoozedUntil: null,
      tags: [],
      unread: 1,
      failed: 0,
      preview: 'Hello',
      previewDirection: 'in',
      lastMessageAt: at.toISOString(),
      lastInboundId: first.messageId,
      windowExpiresAt: new Date(at.getTime() + WINDOW_SECONDS * 1000).toISOString(),
      optedOut: false,
      marketingOptedOut: false,
      stopHint: null,
      version: row.version,
      expiresAt: new Date(at.getTime() + 30 * 86_400_000).toISOString(),
    });
  });

  test('a message has the shape of the contract, from the first word to the deletion', async () => {
    const asha = kit.customer();
    const first = await asha.writes('Where is my ordr?');
    const message = async () => {
      const { messages } = await agent.call('conversations.list-messages', on(first));
      expect(MessageRow.parse(messages[0])).toEqual(messages[0]);
      return messages[0]!;
    };
    expect(await message()).toMatchObject({
      text: 'Where is my ordr?',
      direction: 'in',
      status: 'received',
      authorId: null,
    });
    await asha.reacts(first, '👍');
    expect((await message()).reactions).toEqual([{ by: 'customer', emoji: '👍' }]);
    kit.world.clock.advance(1);
    await asha.reacts(first, '');
    expect((await message()).reactions).toEqual([]);
    const editedAt = kit.world.clock.now().toISOString();
    await asha.edits(first, 'Where is my order?');
    expect(await message()).toMatchObject({ text: 'Where is my order?', editedAt });
    await asha.deletes(first);
    expect(await message()).toMatchObject({ text: '', media: null, editedAt: null, deletedAt: editedAt });
  });

  test('a long message arrives whole, and a page of such messages ends before a reply is too large', async () => {
    const asha = kit.customer();
    const long = `${'ग्राहक का पता '.repeat(4500)}560001`;
    const first = await asha.writes(long);
    for (let n = 0; n < 19; n++) await asha.writes(long);
    const page = await agent.call('conversations.list-messages', on(first));
    expect(page.messages.every(({ text }) => text === long)).toBe(true);
    expect(page.messages.length).toBeLessThan(20);
    const rest = await agent.call('conversations.list-messages', { ...on(first), query: { before: page.next! } });
    expect(page.messages.length + rest.messages.length).toBe(20);
  });

  test('people whose details a customer shares are reached by what is masked, like the customer', async () => {
    const asha = kit.customer();
    const shared = [
      {
        name: { formatted_name: 'Ravi' },
        phones: [{ phone: '+919876543210' }],
        emails: [{ email: 'ravi@example.in' }],
      },
    ];
    const first = await asha.sends({ type: 'contacts', contacts: shared });
    const { messages } = await agent.call('conversations.list-messages', on(first));
    expect(messages[0]).toMatchObject({
      text: 'Shared a contact: Ravi',
      content: [{ kind: 'people', people: [{ name: 'Ravi', reach: ['+91 ••••• •3210', 'r•••@example.in'] }] }],
    });
    await asha.deletes(first);
    expect((await agent.call('conversations.list-messages', on(first))).messages[0]).toMatchObject({
      text: '',
      content: [],
    });
  });

  test('the times of a reply are those of the statuses, whatever order they arrive in', async () => {
    const asha = kit.customer();
    const first = await asha.writes('Hello');
    const { id } = await replyTo(agent, first);
    const sent = kit.world.clock.now();
    const later = (seconds: number) => ({ at: new Date(sent.getTime() + seconds * 1000) });
    await asha.status(id, 'read', later(9));
    await asha.status(id, 'delivered', later(4));
    await asha.status(id, 'sent', later(1));
    const { messages } = await agent.call('conversations.list-messages', on(first));
    expect(messages.find(message => message.id === id)).toMatchObject({
      status: 'read',
      sentAt: sent.toISOString(),
      deliveredAt: later(4).at.toISOString(),
      readAt: later(9).at.toISOString(),
    });
  });

  test('a reply that failed says why and what to do', async () => {
    const asha = kit.customer();
    const first = await asha.writes('Hello');
    const { id } = await replyTo(agent, first);
    await asha.status(id, 'failed', { code: 131_047 });
    const { messages } = await agent.call('conversations.list-messages', on(first));
    const { failure } = messages.find(message => message.id === id)!;
    expect(failure).toMatchObject({
      code: '131047',
      reason: expect.stringMatching(/\w/),
      next: expect.stringMatching(/\w/),
    });
  });

  test('what has expired is not listed, and not found', async () => {
    const first = await kit.customer().writes('Hello');
    await withSystem(kit.world.db, 'demo-seed', tx =>
      tx
        .updateTable('conversations')
        .set({ expires_at: kit.world.clock.now() })
        .where('id', '=', first.conversationId)
        .execute(),
    );
    expect((await agent.refused('conversations.get', on(first))).code).toBe('not_found');
    expect((await agent.refused('conversations.list-messages', on(first))).code).toBe('not_found');
    const { conversations } = await agent.call('conversations.list', { query: { limit: 200 } });
    expect(conversations.map(({ id }) => id)).not.toContain(first.conversationId);
  });
});

describe('the preview', () => {
  test.each([
    ['the words', 'text', 'Hello', null, 'Hello'],
    ['one line, though the words have more', 'text', '  Hello\n\n  Asha\t! ', null, 'Hello Asha !'],
    ['160 characters of more', 'text', 'x'.repeat(161), null, 'x'.repeat(160)],
    ['the caption before the kind', 'image', 'My kurta', 'kurta.jpg', 'My kurta'],
    ['the kind', 'image', '', null, 'Picture'],
    ['the kind and the name of the file', 'document', '', 'bill.pdf', 'Document: bill.pdf'],
    ['a voice message', 'audio', '', null, 'Voice message'],
    ['a kind without a word of its own', 'order', '', null, 'Message'],
    ['160 characters of a long file name', 'video', '', 'y'.repeat(200), `Video: ${'y'.repeat(153)}`],
  ])('shows %s', (_what, kind, text, fileName, preview) => {
    expect(previewOf(kind, text, fileName)).toBe(preview);
  });

  test('is that of the newest message by its own time, and follows an edit and a deletion', async () => {
    const agent = await kit.as('agent');
    const asha = kit.customer();
    const first = await asha.writes('first');
    await asha.writes('older', { at: ago(60) });
    const shown = async () => (await agent.call('conversations.get', on(first))).preview;
    expect(await shown()).toBe('first');
    kit.world.clock.advance(1);
    const image = { type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption: 'my kurta' } };
    const newest = await asha.sends(image);
    expect(await shown()).toBe('my kurta');
    await asha.edits(first, 'first, edited');
    expect(await shown()).toBe('my kurta');
    await asha.edits(newest, 'my red kurta');
    expect(await shown()).toBe('my red kurta');
    await asha.deletes(newest);
    expect(await shown()).toBe('Message deleted');
  });
});
