import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';

/** Phrases that the product has understood from the beginning, by language. */
const STOP = {
  English: ['stop', 'unsubscribe', 'stop all', 'opt out', 'optout', 'cancel messages'],
  Hinglish: ['band karo', 'bandh karo', 'band kar do', 'message mat karo', 'msg mat karo', 'mat bhejo'],
  Hindi: ['रोकें', 'रोको', 'बंद करो', 'बंद करें', 'बंद कर दो', 'मैसेज मत करो', 'संदेश मत भेजो'],
};
const START = {
  English: ['start', 'subscribe', 'opt in', 'optin'],
  Hinglish: ['shuru karo', 'chalu karo'],
  Hindi: ['शुरू करो', 'शुरू करें', 'चालू करो'],
};
const of = (phrases: typeof STOP) => Object.values(phrases).flat();

describe('a customer who writes it', () => {
  let kit: Kit;
  let agent: Person;
  beforeAll(async () => {
    kit = await createKit();
    agent = await kit.as('agent');
  });
  afterAll(() => kit.close());

  const conversationOf = ({ conversationId }: { readonly conversationId: string }) =>
    agent.call('conversations.get', { params: { conversationId } });
  const replyTo = (on: { conversationId: string; messageId: string }) => ({
    params: { conversationId: on.conversationId },
    body: {
      messageId: newId(),
      text: 'Hello',
      seenInboundId: on.messageId,
      writtenAt: kit.world.clock.now().toISOString(),
    },
  });

  test('ME-04: is opted out by each phrase for it, so that no reply is taken, and in again by each phrase for that', async () => {
    const starts = of(START as unknown as typeof STOP);
    for (const [n, phrase] of of(STOP).entries()) {
      const customer = kit.customer();
      const stopped = await customer.writes(phrase);
      const at = { params: { contactId: stopped.contactId } };
      expect((await agent.call('contacts.get', at)).optedOutAt, phrase).toBe(kit.world.clock.now().toISOString());
      expect((await agent.refused('conversations.reply', replyTo(stopped))).code, phrase).toBe('opted_out');
      const again = starts[n % starts.length]!;
      const started = await customer.writes(again, { at: new Date(kit.world.clock.now().getTime() + 1000) });
      expect((await agent.call('contacts.get', at)).optedOutAt, again).toBeNull();
      expect((await agent.call('conversations.reply', replyTo(started))).status, again).toBe('queued');
    }
  });

  test('ME-04: stays as they were after a near miss', async () => {
    const customer = kit.customer();
    await customer.writes('stop my order');
    const last = await customer.writes('hi');
    expect((await agent.call('conversations.reply', replyTo(last))).status).toBe('queued');
    expect(await conversationOf(last)).toMatchObject({ optedOut: false, marketingOptedOut: false, stopHint: null });
  });

  test('ME-04: stops promotions only, and may still be answered', async () => {
    const customer = kit.customer();
    const written = await customer.writes('Please stop sending offers');
    expect(await conversationOf(written)).toMatchObject({ optedOut: false, marketingOptedOut: true, stopHint: null });
    const contact = await agent.call('contacts.get', { params: { contactId: written.contactId } });
    expect(contact).toMatchObject({ optedOutAt: null, marketingOptedOutAt: kit.world.clock.now().toISOString() });
    expect((await agent.call('conversations.reply', replyTo(written))).status).toBe('queued');
    await customer.writes('start promotions', { at: new Date(kit.world.clock.now().getTime() + 1000) });
    expect(await conversationOf(written)).toMatchObject({ marketingOptedOut: false });
  });

  test('ME-04: may have meant it: what no person wrote waits, a reply does not, and a certain word settles it', async () => {
    const customer = kit.customer();
    const at = (seconds: number) => ({ at: new Date(kit.world.clock.now().getTime() - 60_000 + seconds * 1000) });
    const written = await customer.writes('too many messages from you', at(1));
    const stopHint = { scope: 'all', at: at(1).at.toISOString() };
    expect(await conversationOf(written)).toMatchObject({ optedOut: false, stopHint });
    expect((await agent.call('conversations.reply', replyTo(written))).status).toBe('queued');
    await customer.writes('too many offers', at(2));
    expect(await conversationOf(written)).toMatchObject({ stopHint: { scope: 'all', at: at(2).at.toISOString() } });
    await customer.writes('start', at(3));
    expect(await conversationOf(written)).toMatchObject({ optedOut: false, stopHint: null });
    await customer.writes('stop calling me', at(2));
    expect(await conversationOf(written)).toMatchObject({ stopHint: null });
    await customer.writes('stop it', at(4));
    await customer.writes('stop', at(5));
    expect(await conversationOf(written)).toMatchObject({ optedOut: true, stopHint: null });
  });

  test('ME-04: says so in a caption, which an agent has to judge', async () => {
    const sent = await kit
      .customer()
      .sends({ type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption: 'stop' } });
    expect(await conversationOf(sent)).toMatchObject({ optedOut: false, stopHint: { scope: 'all' } });
  });

  test('ME-04: changes a message into a stop; an older change does not count', async () => {
    const customer = kit.customer();
    const at = (seconds: number) => ({ at: new Date(kit.world.clock.now().getTime() - 60_000 + seconds * 1000) });
    const written = await customer.writes('stob', at(0));
    await customer.edits(written, 'start', at(9));
    await customer.edits(written, 'stop', at(5));
    expect(await conversationOf(written)).toMatchObject({ optedOut: false });
    await customer.edits(written, 'stop', at(12));
    expect(await conversationOf(written)).toMatchObject({ optedOut: true });
  });

  test('ME-04: whose new conversation on another channel knows it from the start', async () => {
    const customer = kit.customer();
    const written = await customer.writes('no more offers please');
    await customer.writes('bas karo', { at: new Date(kit.world.clock.now().getTime() + 1000) });
    await withSystem(kit.world.db, 'telemetry', tx =>
      tx.deleteFrom('conversations').where('id', '=', written.conversationId).execute(),
    );
    const again = await customer.writes('Hello', { at: new Date(kit.world.clock.now().getTime() + 2000) });
    expect(again.conversationId).not.toBe(written.conversationId);
    expect(await conversationOf(again)).toMatchObject({ marketingOptedOut: true, stopHint: { scope: 'all' } });
  });

  test('AL-02, ME-04: leaves one audit row for each change, without what was written', async () => {
    const customer = kit.customer();
    const written = await customer.writes('kindly stop messaging me Asha Mehta');
    await customer.writes('stop', { at: new Date(kit.world.clock.now().getTime() + 1000) });
    await customer.writes('stop', { at: new Date(kit.world.clock.now().getTime() + 2000) });
    const rows = await withSystem(kit.world.db, 'telemetry', tx =>
      tx
        .selectFrom('audit_log')
        .select(['event', 'actor_id', 'client_id', 'detail'])
        .where('subject_id', '=', written.contactId)
        .orderBy('seq')
        .execute(),
    );
    const said = { by: 'customer', wants: 'stop', scope: 'all' };
    expect(rows).toMatchObject([
      { event: 'contact.consent', actor_id: null, detail: { ...said, certainty: 'likely' } },
      { event: 'contact.consent', actor_id: null, detail: { ...said, certainty: 'certain' } },
    ]);
    expect(JSON.stringify(rows)).not.toContain('Mehta');
  });

  test('ME-04: is opted out of this client only', async () => {
    const here = kit.customer();
    const there = kit.customer({ client: 1, phone: here.phone });
    await here.writes('STOP');
    const written = await there.writes('Hello');
    const atOther = await kit.as('agent', { client: 1 });
    expect((await atOther.call('contacts.get', { params: { contactId: written.contactId } })).optedOutAt).toBeNull();
    expect((await atOther.call('conversations.reply', replyTo(written))).status).toBe('queued');
  });

  test('ME-04: the later word holds, whatever order the words arrive in; of two in one second, stop holds', async () => {
    const at = (seconds: number) => ({ at: new Date(kit.world.clock.now().getTime() - 60_000 + seconds * 1000) });
    const optedOut = async (contactId: string) =>
      (await agent.call('contacts.get', { params: { contactId } })).optedOutAt !== null;
    const late = kit.customer();
    const { contactId } = await late.writes('start', at(20));
    await late.writes('stop', at(10));
    expect(await optedOut(contactId)).toBe(false);
    await late.writes('stop', at(30));
    await late.writes('start', at(30));
    expect(await optedOut(contactId)).toBe(true);
    const other = kit.customer();
    const written = await other.writes('start', at(30));
    await other.writes('stop', at(30));
    expect(await optedOut(written.contactId)).toBe(true);
  });
});

describe('an agent who records it', () => {
  let kit: Kit;
  let agent: Person;
  beforeAll(async () => {
    kit = await createKit();
    agent = await kit.as('agent');
  });
  afterAll(() => kit.close());

  const record = (contactId: string, optedOut: boolean) =>
    agent.call('contacts.set-opt-out', { params: { contactId }, body: { optedOut, reason: 'asked on the phone' } });

  test('ME-04: stops replies in every conversation of the contact, and a later word of the customer starts them again', async () => {
    const customer = kit.customer();
    const written = await customer.writes('Hello');
    const on = { params: { conversationId: written.conversationId } };
    expect((await record(written.contactId, true)).optedOutAt).toBe(kit.world.clock.now().toISOString());
    expect((await agent.call('conversations.get', on)).optedOut).toBe(true);
    expect((await record(written.contactId, true)).optedOutAt).toBe(kit.world.clock.now().toISOString());
    kit.world.clock.advance(1);
    await customer.writes('start');
    expect((await agent.call('conversations.get', on)).optedOut).toBe(false);
  });

  test('answers not_found for a contact of another client', async () => {
    const { contactId } = await kit.customer({ client: 1 }).writes('Hello');
    const parts = { params: { contactId }, body: { optedOut: true, reason: 'x' } };
    expect((await agent.refused('contacts.set-opt-out', parts)).code).toBe('not_found');
    expect((await agent.refused('contacts.get', { params: { contactId } })).code).toBe('not_found');
  });

  const ask = async (text: string) => {
    const customer = kit.customer();
    const written = await customer.writes(text);
    const hintAt = kit.world.clock.now().toISOString();
    const answer = (choice: 'all' | 'promotions' | 'keep', at = hintAt) =>
      agent.call('contacts.answer-stop-hint', {
        params: { contactId: written.contactId },
        body: { choice, hintAt: at },
      });
    const shown = () => agent.call('conversations.get', { params: { conversationId: written.conversationId } });
    return { customer, written, hintAt, answer, shown };
  };

  test.each([
    ['all', { optedOut: true, marketingOptedOut: false }],
    ['promotions', { optedOut: false, marketingOptedOut: true }],
    ['keep', { optedOut: false, marketingOptedOut: false }],
  ] as const)('ME-04: decides «%s» about a customer who may want to stop', async (choice, becomes) => {
    const { answer, shown, written } = await ask('bahut pareshan karte ho');
    expect(await shown()).toMatchObject({ optedOut: false, stopHint: { scope: 'all' } });
    await answer(choice);
    expect(await shown()).toMatchObject({ ...becomes, stopHint: null });
    const [row] = await withSystem(kit.world.db, 'telemetry', tx =>
      tx
        .selectFrom('audit_log')
        .select(['actor_id', 'detail'])
        .where('subject_id', '=', written.contactId)
        .orderBy('seq', 'desc')
        .limit(1)
        .execute(),
    );
    expect(row).toMatchObject({ actor_id: agent.id, detail: { stopHint: choice } });
  });

  test('ME-04: answers the hint that was on screen; a newer one stays open', async () => {
    const { customer, answer, shown, hintAt } = await ask('bas karo');
    const later = new Date(Date.parse(hintAt) + 1000);
    kit.world.clock.advance(2);
    await customer.writes('bas karo', { at: later });
    await answer('keep');
    expect(await shown()).toMatchObject({ stopHint: { at: later.toISOString() } });
    await answer('keep', later.toISOString());
    expect(await shown()).toMatchObject({ stopHint: null });
  });
});
