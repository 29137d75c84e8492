import { ContentPart } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { contentOf } from './content.ts';

/** What a message of this type says; its parts have the shape of the contract. */
function said(type: string, body: unknown, more: object = {}) {
  const content = contentOf({ type, [type]: body, ...more });
  for (const part of content.content) expect(ContentPart.parse(part)).toEqual(part);
  return content;
}
const form = (response: unknown, name = 'flow') =>
  said('interactive', {
    type: 'nfm_reply',
    nfm_reply: { name, response_json: typeof response === 'string' ? response : JSON.stringify(response) },
  });

describe('a form', () => {
  test('shows every answer with its label, in the order of the form, and no token', () => {
    const shown = form({
      flow_token: 'secret',
      screen_0_Fit_0: '2_A_bit_tight',
      screen_1_Colours_1: ['0_Red', '1_Deep_blue'],
      screen_1_Gift_2: true,
      pin: 560_001,
      address: { line: 'Lake View', flow_token: 'x', floor: 8 },
    });
    expect(shown.content).toEqual([
      {
        kind: 'answers',
        answers: [
          { label: 'Fit', value: 'A bit tight' },
          { label: 'Colours', value: 'Red, Deep blue' },
          { label: 'Gift', value: 'yes' },
          { label: 'pin', value: '560001' },
          { label: 'line', value: 'Lake View' },
          { label: 'floor', value: '8' },
        ],
      },
    ]);
    expect(shown.text).toContain('Filled in a form: Fit A bit tight · Colours Red, Deep blue');
    expect(JSON.stringify(shown)).not.toContain('secret');
  });

  test('an address says what it is', () => {
    const { text } = form({ values: { in_pin_code: '400063', city: 'Mumbai', house_number: '12' } }, 'address_message');
    expect(text).toBe('Sent an address: PIN code 400063 · city Mumbai · house number 12');
  });

  test('an answer that is no JSON is shown as it is, and an endless form ends', () => {
    expect(form('size XL').text).toBe('Filled in a form: Answer size XL');
    const many = form(Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`q${n}`, 'x'.repeat(4000)])));
    expect(JSON.stringify(many.content).length).toBeLessThan(70_000);
  });
});

describe('a cart', () => {
  const item = (id: string, quantity: unknown, price: unknown, currency: unknown = 'INR') => ({
    product_retailer_id: id,
    quantity,
    item_price: price,
    currency,
  });

  test('shows each line with its amount, the total, and what was written with it', () => {
    const shown = said('order', {
      product_items: [item('tea-250', 2, 649.5), item('cup', '1', '90')],
      text: 'gift wrap',
    });
    expect(shown.content).toEqual([
      {
        kind: 'cart',
        lines: [
          { product: 'tea-250', quantity: 2, priceMinor: 64_950, currency: 'INR' },
          { product: 'cup', quantity: 1, priceMinor: 9000, currency: 'INR' },
        ],
        totalMinor: 138_900,
        currency: 'INR',
        note: 'gift wrap',
      },
    ]);
    expect(shown.text).toBe(
      'Sent a cart with 3 items: 2 × tea-250 at ₹649.50, 1 × cup at ₹90, total ₹1,389. gift wrap',
    );
  });

  test.each([
    [
      'pieces, and not lines',
      [item('a', 12, 1), item('b', '3', 2)],
      'with 15 items: 12 × a at ₹1, 3 × b at ₹2, total ₹18',
    ],
    ['one piece', [item('a', 1, 99.5)], 'with 1 item: 1 × a at ₹99.50, total ₹99.50'],
    ['a line without a number as one piece', [item('a', null, 10), item('b', '', 10)], 'with 2 items: 1 × a at ₹10'],
    ['lakhs as they are read here', [item('a', 1, 123_456)], 'total ₹1,23,456'],
    ['yen, which have no smaller unit', [item('a', 2, 1500, 'JPY')], 'total ¥3,000'],
    ['dinars by their thousandths', [item('a', 2, '1.250', 'KWD')], 'total KWD 2.500'],
  ])('counts %s', (_, product_items, words) => {
    // A currency without a sign stands before a hard space.
    expect(said('order', { product_items }).text.replaceAll('\u00a0', ' ')).toContain(words);
  });

  test.each([
    ['a price is missing', [item('a', 1, 5), item('b', 1, undefined)]],
    ['the currencies differ', [item('a', 1, 5), item('b', 1, 5, 'USD')]],
    ['a price is no amount', [item('a', 1, -5)]],
  ])('has no total when %s', (_, product_items) => {
    expect(said('order', { product_items }).content).toMatchObject([{ totalMinor: null, currency: null }]);
  });
});

describe('a place', () => {
  test.each([
    ['by name', { latitude: 12.9, longitude: 77.6, name: 'Home' }, 'Home (12.9, 77.6)'],
    [
      'by an address, with degrees as text',
      { latitude: '18.52', longitude: '73.85', address: 'FC Road' },
      'FC Road (18.52, 73.85)',
    ],
    ['by nothing but degrees as text', { latitude: '0', longitude: '-1.5' }, 'Shared a location: 0, -1.5'],
  ])('%s keeps its coordinates', (_, body, text) => {
    const shown = said('location', body);
    expect(shown.text).toBe(text);
    expect(shown.content).toMatchObject([
      { kind: 'place', latitude: Number(body.latitude), longitude: Number(body.longitude) },
    ]);
  });
  test.each([{ latitude: 'x', longitude: 1 }, { latitude: 91, longitude: 1 }, { latitude: '', longitude: '' }, {}])(
    'nowhere: %o',
    body => expect(said('location', body)).toMatchObject({ text: 'Shared a location', content: [] }),
  );
});

test('shared contacts bring their company, phones and mail addresses', () => {
  const contacts = [
    {
      name: { formatted_name: 'Ravi' },
      org: { company: 'Ganesh Medical' },
      phones: [{ phone: '+91 98765 43210' }, { wa_id: '919800000001' }],
    },
    { emails: [{ email: 'shop@example.in' }] },
  ];
  expect(contentOf({ type: 'contacts', contacts }).content).toEqual([
    {
      kind: 'people',
      people: [
        { name: 'Ravi', company: 'Ganesh Medical', reach: ['+91 98765 43210', '919800000001'] },
        { name: null, company: null, reach: ['shop@example.in'] },
      ],
    },
  ]);
});

test.each([
  ['a button of a template', 'button', { payload: 'CONFIRM' }, { text: 'CONFIRM', content: [] }],
  [
    'with a label',
    'button',
    { text: 'Yes, send it', payload: 'CONFIRM' },
    { text: 'Yes, send it', content: [{ kind: 'payload', payload: 'CONFIRM' }] },
  ],
  ['that says nothing', 'button', {}, { text: 'Tapped a button', content: [] }],
  [
    'a choice',
    'interactive',
    { list_reply: { id: 'red-xl', title: 'Red' } },
    { text: 'Red', content: [{ kind: 'payload', payload: 'red-xl' }] },
  ],
  ['a choice without a title', 'interactive', { button_reply: { id: 'red-xl' } }, { text: 'red-xl' }],
])('%s is shown by its words, and by what it stands for', (_, type, body, expected) => {
  expect(said(type, body)).toMatchObject(expected);
});

test('the ad and the product that a customer writes about stand beside their words', () => {
  const referral = {
    source_type: 'ad',
    source_id: '12',
    source_url: 'https://fb.me/x',
    headline: 'Diwali sale',
    body: '20 % off',
    ctwa_clid: 'c',
  };
  const context = { from: '91', id: 'w', referred_product: { catalog_id: '1', product_retailer_id: 'tea-250' } };
  expect(said('text', { body: 'Is it there?' }, { referral, context })).toMatchObject({
    text: 'Is it there?',
    content: [
      { kind: 'about', what: 'ad', id: '12', title: 'Diwali sale', text: '20 % off', url: 'https://fb.me/x' },
      { kind: 'about', what: 'product', id: 'tea-250' },
    ],
  });
});

test('a kind of tomorrow shows its words, and no ids', () => {
  const poll = {
    id: 'p1',
    name: 'Which colour?',
    options: [{ option_id: '7', title: 'Red' }, { title: 'Blue' }],
    media: { sha256: 'abc' },
  };
  expect(said('poll', poll).text).toBe(
    'Sent something that cannot be shown here yet (poll): Which colour? · Red · Blue',
  );
  expect(said('unsupported', { type: 'poll_creation' }).text).toContain('does not pass on (poll creation)');
});

test('text and captions are kept whole, up to the longest that WhatsApp takes', () => {
  const long = `${'word '.repeat(13_000)}end`;
  expect(said('text', { body: long }).text).toBe(long);
  expect(said('image', { caption: long, mime_type: 'image/jpeg' }).text).toBe(long);
  expect(said('text', { body: 'x'.repeat(70_000) }).text).toHaveLength(65_536);
});
