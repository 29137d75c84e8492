import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { type Customer, createKit, type Kit, type Person, type Written } from '../kit/index.ts';

let kit: Kit;
let agent: Person;
beforeAll(async () => {
  kit = await createKit();
  agent = await kit.as('agent');
});
afterAll(() => kit.close());

const shown = ({ conversationId }: Written) => agent.call('conversations.get', { params: { conversationId } });
const reply = (on: Written, text: string) =>
  agent.send('conversations.reply', {
    params: { conversationId: on.conversationId },
    body: { messageId: newId(), text, seenInboundId: on.messageId, writtenAt: kit.world.clock.now().toISOString() },
  });
const seconds = (n: number) => ({ at: new Date(kit.world.clock.now().getTime() - 60_000 + n * 1000) });

type Says = (customer: Customer) => Promise<Written>;
const writes =
  (text: string): Says =>
  customer =>
    customer.writes(text);
const sends =
  (fields: Readonly<Record<string, unknown>>): Says =>
  customer =>
    customer.sends(fields);
const chooses = (kind: 'button_reply' | 'list_reply', title: string) =>
  sends({ type: 'interactive', interactive: { type: kind, [kind]: { id: 'row-1', title } } });

describe('a customer stops everything', () => {
  test.each<[string, Says]>([
    ['in English', writes('pls dont send me msgs anymore')],
    ['in Hindi', writes('मुझे मैसेज भेजना बंद करो')],
    ['in Hinglish', writes('yaar ye message band karo')],
    ['in Marathi', writes('मला मेसेज पाठवू नका')],
    ['in Gujarati', writes('મને મેસેજ ન મોકલો')],
    ['in Bengali', writes('আমাকে আর মেসেজ পাঠাবেন না')],
    ['in Tamil', writes('எனக்கு மெசேஜ் அனுப்ப வேண்டாம்')],
    ['in Telugu', writes('నాకు మెసేజ్‌లు పంపవద్దు')],
    ['in Kannada', writes('ನನಗೆ ಮೆಸೇಜ್ ಕಳುಹಿಸಬೇಡಿ')],
    ['in Malayalam', writes('എനിക്ക് മെസ്സേജ് അയക്കരുത്')],
    ['in Punjabi', writes('ਮੈਨੂੰ ਮੈਸੇਜ ਨਾ ਭੇਜੋ')],
    ['in Urdu', writes('مجھے میسج مت بھیجیں')],
    ['in bold, with a sign', writes('*STOP* 🛑')],
    ['letter by letter', writes('S T O P')],
    ['with invisible characters', writes('S\u200dT\u200dO\u200dP\u00a0\u202e')],
    ['by a quick reply of a template', sends({ type: 'button', button: { payload: 'STOP', text: 'STOP' } })],
    ['by a button', chooses('button_reply', 'Unsubscribe')],
    ['by a row of a list', chooses('list_reply', 'Stop all messages')],
    [
      'by changing a message',
      async customer => {
        const written = await customer.writes('stob', seconds(0));
        await customer.edits(written, 'stop', seconds(1));
        return written;
      },
    ],
  ])('ME-04: %s, and no reply is taken', async (_, says) => {
    const stopped = await says(kit.customer());
    expect(await shown(stopped)).toMatchObject({ optedOut: true, stopHint: null });
    const refused = await reply(stopped, 'Hello');
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'opted_out']);
  });
});

describe('a customer stops promotions', () => {
  test.each<[string, Says]>([
    ['in English', writes('No more offers please')],
    ['in Hinglish', writes('mujhe offers nahi chahiye')],
    ['in Hindi', writes('विज्ञापन भेजना बंद करो')],
    ['in Tamil', writes('எனக்கு ஆஃபர் வேண்டாம்')],
    ['by a quick reply', sends({ type: 'button', button: { payload: 'x', text: 'Stop promotions' } })],
  ])('ME-04: %s, and is still answered', async (_, says) => {
    const stopped = await says(kit.customer());
    expect(await shown(stopped)).toMatchObject({ optedOut: false, marketingOptedOut: true });
    expect((await reply(stopped, 'Hello')).statusCode).toBe(202);
  });
});

test.each([
  'stop my order',
  'cancel my order',
  'stop calling me sir just tell the price',
  'band ho gaya hai kya store',
  "don't stop",
  'yeh offer kab band hoga',
  'delivery rok do',
  'डिलीवरी रोक दो',
])('ME-04: «%s» changes nothing', async text => {
  const written = await kit.customer().writes(text);
  expect(await shown(written)).toMatchObject({ optedOut: false, marketingOptedOut: false, stopHint: null });
});

test('ME-04: an agent decides what a customer meant, and the customer can come back', async () => {
  const customer = kit.customer();
  const written = await customer.writes('please stop sending order updates', seconds(0));
  const { contactId, stopHint } = { ...(await shown(written)), contactId: written.contactId };
  expect(stopHint).toMatchObject({ scope: 'all' });
  const body = { choice: 'all', hintAt: stopHint!.at } as const;
  await agent.call('contacts.answer-stop-hint', { params: { contactId }, body });
  expect((await reply(written, 'Hello')).json().code).toBe('opted_out');
  kit.world.clock.advance(5);
  const back = await customer.writes('START');
  expect(await shown(back)).toMatchObject({ optedOut: false, stopHint: null });
  expect((await reply(back, 'Welcome back')).statusCode).toBe(202);
});
