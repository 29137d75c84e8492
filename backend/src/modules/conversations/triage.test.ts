import type { ConversationRow } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Customer, createKit, type Kit, type Person, type Written } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';
import { wakeSnoozed } from './triage.ts';

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
  first = await asha.writes('one');
});
afterAll(() => kit.close());

const on = () => ({ params: { conversationId: first.conversationId } });
const shown = (): Promise<ConversationRow> => agent.call('conversations.get', on());
const inSeconds = (seconds: number) => new Date(kit.world.clock.now().getTime() + seconds * 1000).toISOString();
const replyTo = (seenInboundId: string) =>
  agent.call('conversations.reply', {
    ...on(),
    body: { messageId: newId(), text: 'Yes.', seenInboundId, writtenAt: kit.world.clock.now().toISOString() },
  });

describe('mark-read', () => {
  const markRead = (upToId: string) => agent.call('conversations.mark-read', { ...on(), body: { upToId } });

  test('leaves the messages unread that arrived after the one that was read', async () => {
    const second = await asha.writes('two');
    await asha.writes('three');
    expect((await shown()).unread).toBe(3);
    expect((await markRead(first.messageId)).unread).toBe(2);
    expect((await markRead(second.messageId)).unread).toBe(1);
    await asha.writes('four');
    expect((await shown()).unread).toBe(2);
  });

  test('counts by arrival: a message that is delivered late is unread, whatever time the provider gives', async () => {
    await asha.writes('older', { at: new Date(kit.world.clock.now().getTime() - 60_000) });
    expect((await markRead(first.messageId)).unread).toBe(1);
  });

  test('counts messages of the customer only', async () => {
    const second = await asha.writes('two');
    await replyTo(second.messageId);
    expect((await markRead(second.messageId)).unread).toBe(0);
    await asha.reacts(second, '👍');
    expect((await shown()).unread).toBe(0);
  });

  test('never makes a message unread again, and writes nothing when nothing changes', async () => {
    const second = await asha.writes('two');
    const read = await markRead(second.messageId);
    expect(read.unread).toBe(0);
    expect(await markRead(first.messageId)).toEqual(read);
    expect((await shown()).version).toBe(read.version);
  });

  test('takes a reply of ours as the place up to which was read', async () => {
    const { id } = await replyTo(first.messageId);
    await asha.writes('two');
    expect((await markRead(id)).unread).toBe(1);
  });

  test('answers not_found for a message of another conversation, and for one that does not exist', async () => {
    const other = await kit.customer().writes('Hello');
    for (const upToId of [other.messageId, newId()])
      expect((await agent.refused('conversations.mark-read', { ...on(), body: { upToId } })).code).toBe('not_found');
    expect((await shown()).unread).toBe(1);
  });
});

describe('mark-unread', () => {
  const markUnread = () => agent.call('conversations.mark-unread', on());

  test('counts one message as unread again, and writes nothing for a conversation that has unread ones', async () => {
    await asha.writes('two');
    const unread = await shown();
    expect(await markUnread()).toEqual(unread);
    await agent.call('conversations.mark-read', { ...on(), body: { upToId: unread.lastInboundId! } });
    expect((await shown()).unread).toBe(0);
    expect((await markUnread()).unread).toBe(1);
    await asha.writes('three');
    expect((await shown()).unread).toBe(2);
  });
});

describe('add-note', () => {
  const addNote = (noteId: string, text: string) =>
    agent.call('conversations.add-note', { ...on(), body: { noteId, text } });
  const notes = async () => (await agent.call('conversations.list-messages', on())).notes;

  test('keeps the words, the writer and the time, and expires as a message of the same moment', async () => {
    const noteId = newId();
    const note = await addNote(noteId, '  Call back after five.  ');
    const at = kit.world.clock.now();
    expect(note).toEqual({
      id: noteId,
      clientId: agent.clientId,
      conversationId: first.conversationId,
      authorId: agent.id,
      text: 'Call back after five.',
      createdAt: at.toISOString(),
      // The message of the customer is the first of the conversation.
      seq: 2,
      expiresAt: new Date(at.getTime() + 30 * 86_400_000).toISOString(),
    });
    expect(await notes()).toEqual([note]);
  });

  test('under an id that is there answers the note that is there, for whoever repeats it', async () => {
    const noteId = newId();
    const once = await addNote(noteId, 'Call back.');
    kit.world.clock.advance(60);
    expect(await addNote(noteId, 'Call back.')).toEqual(once);
    const owner = await kit.as('owner');
    expect(await owner.call('conversations.add-note', { ...on(), body: { noteId, text: 'Call back.' } })).toEqual(once);
    expect(await notes()).toHaveLength(1);
  });

  test('under an id that is there, with other words or in another conversation, is refused', async () => {
    const noteId = newId();
    await addNote(noteId, 'Call back.');
    const body = { noteId, text: 'Call back.' };
    const other = await kit.customer().writes('Hello');
    const problems = [
      await agent.refused('conversations.add-note', { ...on(), body: { ...body, text: 'Do not call.' } }),
      await agent.refused('conversations.add-note', { params: { conversationId: other.conversationId }, body }),
    ];
    expect(problems.map(({ code }) => code)).toEqual(['idempotency_mismatch', 'idempotency_mismatch']);
    expect(await notes()).toMatchObject([{ text: 'Call back.' }]);
  });

  test('leaves what the customer sees and what the list shows as it was', async () => {
    const before = await shown();
    await addNote(newId(), 'Internal.');
    expect(await shown()).toEqual(before);
  });

  test.each([
    ['no words', '   '],
    ['more than 4 000 characters', 'x'.repeat(4001)],
  ])('refuses %s', async (_what, text) => {
    const problem = await agent.refused('conversations.add-note', { ...on(), body: { noteId: newId(), text } });
    expect(problem.code).toBe('invalid_request');
  });
});

describe('change-tags', () => {
  const change = (add: string[], remove: string[] = []) =>
    agent.call('conversations.change-tags', { ...on(), body: { add, remove } });
  const refused = (add: string[], remove: string[] = []) =>
    agent.refused('conversations.change-tags', { ...on(), body: { add, remove } });
  const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `tag ${n + from}`);

  test('keeps one form of each tag: lower case, without spaces around it, in order and each once', async () => {
    expect((await change(['VIP', ' refund ', 'vip', 'ऑर्डर'])).tags).toEqual(['refund', 'vip', 'ऑर्डर']);
    expect((await change(['Refund'], ['VIP'])).tags).toEqual(['refund', 'ऑर्डर']);
  });

  test('adds a tag that is added and removed in one request', async () => {
    await change(['vip']);
    expect((await change(['vip'], ['vip'])).tags).toEqual(['vip']);
  });

  test('of two people at the same time keeps what both did', async () => {
    await change(['old']);
    const owner = await kit.as('owner');
    await Promise.all([
      change(['mine'], ['old']),
      owner.call('conversations.change-tags', { ...on(), body: { add: ['theirs'], remove: [] } }),
    ]);
    expect((await shown()).tags).toEqual(['mine', 'theirs']);
  });

  test('takes 20 tags, and refuses the 21st without changing anything', async () => {
    expect((await change(numbered(20))).tags).toHaveLength(20);
    const before = await shown();
    const problem = await refused(['one more']);
    expect([problem.status, problem.code]).toEqual([400, 'invalid_request']);
    expect(problem.detail).toContain('20 tags');
    expect(await shown()).toEqual(before);
    expect((await change(['one more'], ['tag 0'])).tags).toHaveLength(20);
    expect((await change(['tag 1', 'tag 2'])).tags).toHaveLength(20);
  });

  test.each([
    ['more than 20 in one request', numbered(21)],
    ['an empty one', ['']],
    ['one that is only spaces', ['  ']],
    ['more than 32 characters', ['x'.repeat(33)]],
    ['a mark in front', ['-vip']],
    ['markup', ['<b>vip</b>']],
    ['a line break', ['vip\nold']],
  ])('refuses %s', async (_what, add) => {
    expect((await refused(add)).code).toBe('invalid_request');
    expect((await shown()).tags).toEqual([]);
  });
});

describe('snooze', () => {
  const snooze = (until: string | null) => agent.call('conversations.snooze', { ...on(), body: { until } });
  const MONTH = 30 * 86_400;

  test.each([
    ['one second', 1],
    ['exactly 30 days', MONTH],
  ])('hides a conversation for %s', async (_what, seconds) => {
    const until = inSeconds(seconds);
    expect(await snooze(until)).toMatchObject({ status: 'snoozed', snoozedUntil: until });
  });

  test.each([
    ['this very moment', 0],
    ['a time that is past', -1],
    ['more than 30 days', MONTH + 1],
  ])('refuses %s', async (_what, seconds) => {
    const body = { until: inSeconds(seconds) };
    const problem = await agent.refused('conversations.snooze', { ...on(), body });
    expect([problem.status, problem.code]).toEqual([400, 'invalid_request']);
    expect(await shown()).toMatchObject({ status: 'open', snoozedUntil: null });
  });

  test('reads a time with an offset as the moment that it is', async () => {
    const at = new Date(kit.world.clock.now().getTime() + 3_600_000);
    const inKolkata = new Date(at.getTime() + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30');
    expect((await snooze(inKolkata)).snoozedUntil).toBe(at.toISOString());
  });

  test('ends with null, with a message of the customer, and when the conversation is closed', async () => {
    await snooze(inSeconds(3600));
    expect(await snooze(null)).toMatchObject({ status: 'open', snoozedUntil: null });
    await snooze(inSeconds(3600));
    await asha.writes('Hello?');
    expect(await shown()).toMatchObject({ status: 'open', snoozedUntil: null });
    await snooze(inSeconds(3600));
    const closed = await agent.call('conversations.set-status', { ...on(), body: { status: 'closed' } });
    expect(closed).toMatchObject({ status: 'closed', snoozedUntil: null });
  });
});

describe('wakeSnoozed', () => {
  const wake = () => withSystem(kit.world.db, 'snooze-wake', wakeSnoozed);

  test('opens at the second, in every agency, what was snoozed until then, and nothing else', async () => {
    const elsewhere = await kit.as('agent', { agency: 1, client: 1 });
    const other = await kit.customer({ agency: 1, client: 1 }).writes('Hello');
    const later = await kit.customer().writes('Hello');
    const closed = await kit.customer().writes('Hello');
    const at = (written: Written) => ({ params: { conversationId: written.conversationId } });
    const until = inSeconds(60);
    await agent.call('conversations.snooze', { ...at(first), body: { until } });
    await elsewhere.call('conversations.snooze', { ...at(other), body: { until } });
    await agent.call('conversations.snooze', { ...at(later), body: { until: inSeconds(61) } });
    await agent.call('conversations.set-status', { ...at(closed), body: { status: 'closed' } });

    // What the tests above snoozed for a second.
    kit.world.clock.advance(59);
    await wake();
    expect(await wake()).toBe(0);
    expect((await shown()).status).toBe('snoozed');
    const before = await shown();
    kit.world.clock.advance(1);
    expect(await wake()).toBe(2);
    expect(await shown()).toMatchObject({ status: 'open', snoozedUntil: null, version: before.version + 1 });
    expect((await elsewhere.call('conversations.get', at(other))).status).toBe('open');
    expect((await agent.call('conversations.get', at(later))).status).toBe('snoozed');
    expect((await agent.call('conversations.get', at(closed))).status).toBe('closed');
    expect(await wake()).toBe(0);
  });
});

describe('dismiss-failure', () => {
  const dismiss = (failedId: string) => agent.call('conversations.dismiss-failure', { ...on(), body: { failedId } });
  const failedReply = async () => {
    const { id } = await replyTo(first.messageId);
    await asha.status(id, 'failed', { code: 131_026 });
    return id;
  };

  test('takes one failure away, and repeating it takes no other', async () => {
    const [one, two] = [await failedReply(), await failedReply()];
    expect((await shown()).failed).toBe(2);
    expect((await dismiss(one)).failed).toBe(1);
    expect((await dismiss(one)).failed).toBe(1);
    expect((await dismiss(two)).failed).toBe(0);
    const { messages } = await agent.call('conversations.list-messages', on());
    const dismissed = messages.filter(({ id }) => id === one || id === two);
    expect(dismissed.map(({ status, failure }) => [status, failure])).toEqual([
      ['failed', null],
      ['failed', null],
    ]);
  });

  test('of a conversation that was closed meanwhile goes below zero for nobody', async () => {
    const id = await failedReply();
    await agent.call('conversations.set-status', { ...on(), body: { status: 'closed' } });
    expect((await dismiss(id)).failed).toBe(0);
  });

  test('leaves a message that did not fail as it is', async () => {
    await failedReply();
    const { version, failed } = await shown();
    expect(await dismiss(first.messageId)).toMatchObject({ version, failed });
  });

  test('answers not_found for a message of another conversation', async () => {
    const other = await kit.customer().writes('Hello');
    const body = { failedId: other.messageId };
    expect((await agent.refused('conversations.dismiss-failure', { ...on(), body })).code).toBe('not_found');
  });
});

describe('set-status', () => {
  const setStatus = (status: 'open' | 'closed') =>
    agent.call('conversations.set-status', { ...on(), body: { status } });

  test('closing marks everything read and every failure as dealt with', async () => {
    const { id } = await replyTo(first.messageId);
    await asha.status(id, 'failed', { code: 131_026 });
    expect(await shown()).toMatchObject({ unread: 1, failed: 1 });
    expect(await setStatus('closed')).toMatchObject({ status: 'closed', unread: 0, failed: 0 });
    expect(await setStatus('open')).toMatchObject({ status: 'open', unread: 0, failed: 0 });
  });

  test('a new message of the customer opens a closed conversation, a reaction does not', async () => {
    await setStatus('closed');
    await asha.reacts(first, '👍');
    expect((await shown()).status).toBe('closed');
    await asha.writes('One more thing');
    expect(await shown()).toMatchObject({ status: 'open', unread: 1 });
  });
});

describe('assign', () => {
  const person = (role: 'owner' | 'admin' | 'manager' | 'agent' | 'analyst' | 'client', agency: 0 | 1 = 0) =>
    kit.world.agencies[agency].people[role].id;
  const parts = (personId: string | null) => ({ ...on(), body: { personId } });

  test.each(['owner', 'admin', 'manager', 'agent'] as const)('takes the %s', async role => {
    expect((await agent.call('conversations.assign', parts(person(role)))).assigneeId).toBe(person(role));
    expect((await agent.call('conversations.assign', parts(null))).assigneeId).toBeNull();
  });

  test('refuses who does not answer customers, who works elsewhere, and who does not exist', async () => {
    for (const personId of [person('analyst'), person('client'), person('agent', 1), newId()])
      expect((await agent.refused('conversations.assign', parts(personId))).code).toBe('not_found');
    expect((await shown()).assigneeId).toBeNull();
  });

  test('at a client takes only who has access to it', async () => {
    const owner = await kit.as('owner', { client: 2 });
    const there = await kit.customer({ client: 2 }).writes('Hello');
    const to = (personId: string) => ({ params: { conversationId: there.conversationId }, body: { personId } });
    expect((await owner.refused('conversations.assign', to(person('agent')))).code).toBe('not_found');
    expect((await owner.call('conversations.assign', to(person('admin')))).assigneeId).toBe(person('admin'));
  });
});
