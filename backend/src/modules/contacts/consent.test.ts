import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { consentIn } from './consent.ts';

/** Every phrase that the product promises to understand, by language. */
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

/** The same phrase as people type it. */
const SPELLINGS: readonly (readonly [string, (phrase: string) => string])[] = [
  ['in capitals', phrase => phrase.toUpperCase()],
  ['with a capital', phrase => phrase.charAt(0).toUpperCase() + phrase.slice(1)],
  ['with spaces around and between', phrase => `  ${phrase.replaceAll(' ', '   ')}\n`],
  ['on two lines', phrase => phrase.replaceAll(' ', '\n')],
  ['with a full stop', phrase => `${phrase}.`],
  ['with a danda', phrase => `${phrase}।`],
  ['with marks', phrase => `${phrase}!!!`],
  ['as a question', phrase => `${phrase}?`],
  ['in quotes', phrase => `"${phrase}"`],
  ['in bold', phrase => `*${phrase}*`],
  [
    'in letters of full width',
    phrase => phrase.replaceAll(/[a-z]/g, c => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  ],
];

/** Messages that hold such a phrase or look like one, and mean something else. */
const NEAR_MISSES = [
  'stop my order',
  'Please stop the delivery',
  'stop sending the red one, I want the blue one',
  'do not stop',
  "don't stop",
  'Can you stop by tomorrow?',
  'bus stop',
  'non-stop',
  'nonstop',
  'stopp',
  'stops',
  'stop stop',
  'stop-all',
  'st op',
  's.top it',
  'start my order',
  'when does the sale start',
  'restart',
  'starter',
  'how do I unsubscribe from the newsletter',
  'subscribed',
  'opt',
  'opt outside',
  'opting in',
  'cancel my messages',
  'cancel',
  'band',
  'band baaja',
  'fan band karo',
  'dukaan kab band karoge',
  'mat bhejo abhi, kal bhejo',
  'mat karo',
  'message karo',
  'kaam shuru karo jaldi',
  'AC chalu karo',
  'बंद',
  'दुकान बंद करो',
  'बंद मत करो',
  'रोकना मत',
  'रोकें नहीं',
  'मैसेज करो',
  'संदेश भेजो',
  'काम शुरू करो',
  'चालू है',
  'no',
  'नहीं',
  '🛑',
  '',
  ' ',
  '.',
];

describe('what a message says about consent', () => {
  test('ME-04: every phrase is there once', () => {
    const all = [...of(STOP), ...of(START as unknown as typeof STOP)];
    expect(all).toHaveLength(28);
    expect(new Set(all).size).toBe(28);
  });

  for (const [meaning, phrases] of [
    ['stop', STOP],
    ['start', START],
  ] as const)
    for (const [language, list] of Object.entries(phrases))
      test.each(list)(`ME-04: «%s» (${language}) means ${meaning}, in every spelling`, phrase => {
        expect(consentIn(phrase)).toBe(meaning);
        for (const [how, spelled] of SPELLINGS) expect(consentIn(spelled(phrase)), how).toBe(meaning);
      });

  test.each(NEAR_MISSES)('ME-04: «%s» says nothing about consent', text => {
    expect(consentIn(text)).toBeNull();
  });

  test('ME-04: a phrase says nothing when other words stand before or after it', () => {
    for (const phrase of [...of(STOP), ...of(START as unknown as typeof STOP)])
      for (const text of [`${phrase} my order`, `please ${phrase}`, `${phrase} ${phrase}`, `x${phrase}`, `${phrase}x`])
        expect(consentIn(text), text).toBeNull();
  });

  test('a long message is not read', () => {
    expect(consentIn(`stop${' '.repeat(36)}`)).toBe('stop');
    expect(consentIn(`stop${' '.repeat(37)}`)).toBeNull();
  });
});

describe('a customer who writes it', () => {
  let kit: Kit;
  let agent: Person;
  beforeAll(async () => {
    kit = await createKit();
    agent = await kit.as('agent');
  });
  afterAll(() => kit.close());

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

  test('ME-04: stays as they were after a near miss, and when a picture has such a caption', async () => {
    const customer = kit.customer();
    const first = await customer.writes('stop my order');
    await customer.sends({ type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption: 'stop' } });
    expect(
      (await agent.call('conversations.reply', replyTo({ ...first, ...(await customer.writes('hi')) }))).status,
    ).toBe('queued');
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
});
