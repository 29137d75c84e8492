import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../kit/index.ts';

/** Nothing that a customer sends is lost on the way into the thread: signed deliveries on one side, what an agent reads on the other. */

let kit: Kit;
let agent: Person;
beforeAll(async () => {
  kit = await createKit();
  agent = await kit.as('agent');
});
afterAll(() => kit.close());

async function thread(fields: Readonly<Record<string, unknown>>) {
  const written = await kit.customer().sends(fields);
  const params = { conversationId: written.conversationId };
  const [{ messages }, { preview }] = await Promise.all([
    agent.call('conversations.list-messages', { params }),
    agent.call('conversations.get', { params }),
  ]);
  return { message: messages.at(-1)!, preview };
}
const form = (name: string, answers: object) => ({
  type: 'interactive',
  interactive: { type: 'nfm_reply', nfm_reply: { name, body: 'Sent', response_json: JSON.stringify(answers) } },
});
const item = (product_retailer_id: string, quantity: number, item_price: number) => ({
  product_retailer_id,
  quantity,
  item_price,
  currency: 'INR',
});

describe('an agent reads', () => {
  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      'every answer of a form, without its token',
      form('flow', { flow_token: 'canary-token', screen_0_Fabric_0: '1_Chanderi_silk', screen_1_Length_1: '5.5 m' }),
      ['Fabric Chanderi silk', 'Length 5.5 m'],
    ],
    [
      'an address that was filled in',
      form('address_message', { flow_token: 'canary-token', values: { in_pin_code: '560038', city: 'Bengaluru' } }),
      ['PIN code 560038', 'city Bengaluru'],
    ],
    [
      'the name of a place and where it is',
      { type: 'location', location: { latitude: 26.9124, longitude: 75.7873, name: 'Papa ki dukaan' } },
      ['Papa ki dukaan', '26.9124, 75.7873'],
    ],
    [
      'an address and its degrees, though they are text',
      { type: 'location', location: { latitude: '22.5726', longitude: '88.3639', address: 'Park Street, Kolkata' } },
      ['Park Street, Kolkata', '22.5726, 88.3639'],
    ],
    [
      'degrees that have no name',
      { type: 'location', location: { latitude: '9.9312', longitude: '76.2673' } },
      ['9.9312, 76.2673'],
    ],
    [
      'pieces, prices and the total of a cart, and what was written with it',
      {
        type: 'order',
        order: {
          catalog_id: '5',
          text: 'gift wrap both',
          product_items: [item('SOAP-1', 5, 120), item('OIL-9', 2, 349.5)],
        },
      },
      ['7 items', '5 × SOAP-1 at ₹120', '2 × OIL-9 at ₹349.50', 'total ₹1,299', 'gift wrap both'],
    ],
    [
      'what a button stands for that has no label',
      { type: 'button', button: { payload: 'RESCHEDULE' } },
      ['RESCHEDULE'],
    ],
    ['that a button was tapped that says nothing', { type: 'button', button: {} }, ['Tapped a button']],
    [
      'the words of a kind of message that is new to us',
      { type: 'quiz', quiz: { id: 'q-1', question: 'Which rakhi?', choices: [{ label: 'Gold' }, { label: 'Kids' }] } },
      ['Which rakhi?', 'Gold', 'Kids'],
    ],
    [
      'the words of an interactive answer of a new kind',
      { type: 'interactive', interactive: { type: 'slot_reply', slot_reply: { id: '7', title: 'Saturday, 4 pm' } } },
      ['Saturday, 4 pm'],
    ],
  ])('%s', async (_, fields, words) => {
    const { message } = await thread(fields);
    for (const word of words) expect(message.text).toContain(word);
    expect(JSON.stringify(message)).not.toContain('canary-token');
  });

  test.each([
    [
      'the product',
      { context: { from: '1', id: 'wamid.x', referred_product: { catalog_id: '5', product_retailer_id: 'OIL-9' } } },
      { what: 'product', id: 'OIL-9' },
    ],
    [
      'the ad',
      {
        referral: {
          source_type: 'ad',
          source_id: '99',
          headline: 'Onam sale',
          body: 'Free delivery',
          source_url: 'https://fb.me/y',
        },
      },
      { what: 'ad', title: 'Onam sale', text: 'Free delivery' },
    ],
    [
      'the post',
      { referral: { source_type: 'post', source_id: '98', body: 'New colours' } },
      { what: 'post', text: 'New colours' },
    ],
  ])('%s that a question is about, beside the question', async (_, about, part) => {
    const { message } = await thread({ text: 'Is this one in stock?', ...about });
    expect(message.text).toBe('Is this one in stock?');
    expect(message.content).toMatchObject([{ kind: 'about', ...part }]);
  });

  test.each([
    ['English', 'long story '],
    ['Hindi', 'लंबी कहानी '],
    ['emoji', '🪔✨ '],
  ])('all of a text that is longer than 8,192 characters: %s', async (_, word) => {
    const text = `${word.repeat(Math.ceil(9000 / word.length))}END`;
    expect((await thread({ text })).message.text).toBe(text);
  });
});

test.each([
  ['an emoji of four units', '🧿'],
  ['a family', '👨‍👩‍👧‍👦'],
  ['a hand with its skin', '👍🏽'],
  ['a flag', '🇮🇳'],
  ['a letter with its vowel sign', 'कि'],
  ['a letter with an accent of its own', 'e\u0301'],
])('a preview ends with a whole character, wherever the cut falls: %s', async (_, character) => {
  const whole = new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (let before = 160 - character.length; before <= 160; before++) {
    const text = `${'y'.repeat(before)}${character} and so on`;
    const { preview } = await thread({ text });
    const characters = [...whole.segment(text)].map(({ segment }) => segment);
    const shown = [...whole.segment(preview)].map(({ segment }) => segment);
    expect(shown).toEqual(characters.slice(0, shown.length));
    expect(preview.length).toBeGreaterThanOrEqual(before - 1);
  }
});
