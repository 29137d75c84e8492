import { describe, expect, test } from 'vitest';
import { InboundEvent } from '../messaging.ts';
import { split } from './split.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');
const AT = '1763620000';
const AT_ISO = new Date(Number(AT) * 1000).toISOString();
const PHONE = '919876543210';
const contacts = [{ profile: { name: 'Asha' }, wa_id: PHONE }];

const change = (value: object, field = 'messages') => ({
  field,
  value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '1', phone_number_id: '90000001' },
    ...value,
  },
});
const delivery = (...changes: object[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '77777', time: Number(AT), changes }],
});
const message = (more: object) => ({ from: PHONE, id: 'wamid.1', timestamp: AT, ...more });
const eventsOf = (...changes: object[]) => split(delivery(...changes), NOW).map(({ event }) => event);
const one = (more: object) => eventsOf(change({ contacts, messages: [message(more)] }))[0];

describe('each kind of message', () => {
  const KINDS: readonly (readonly [string, object, object])[] = [
    ['text', { type: 'text', text: { body: 'hello' } }, { messageKind: 'text', text: 'hello', media: null }],
    [
      'a picture',
      { type: 'image', image: { caption: 'look', mime_type: 'image/jpeg', file_size: 12 } },
      { messageKind: 'image', text: 'look', media: { mime: 'image/jpeg', fileName: null, bytes: 12, voice: false } },
    ],
    [
      'a voice note',
      { type: 'audio', audio: { mime_type: 'audio/ogg', voice: true, file_size: -1 } },
      { messageKind: 'audio', text: '', media: { mime: 'audio/ogg', fileName: null, bytes: null, voice: true } },
    ],
    [
      'a document',
      { type: 'document', document: { filename: 'bill.pdf', mime_type: 'application/pdf' } },
      { messageKind: 'document', media: { fileName: 'bill.pdf' } },
    ],
    [
      'a sticker without a body',
      { type: 'sticker' },
      { messageKind: 'sticker', media: { mime: 'application/octet-stream' } },
    ],
    ['a button', { type: 'button', button: { text: 'Yes', payload: 'p' } }, { messageKind: 'button', text: 'Yes' }],
    [
      'a choice',
      { type: 'interactive', interactive: { list_reply: { id: 'x', title: 'Red', description: 'XL' } } },
      { messageKind: 'interactive', text: 'Red – XL' },
    ],
    ['a form', { type: 'interactive', interactive: { nfm_reply: {} } }, { text: 'Filled in a form', content: [] }],
    ['a named place', { type: 'location', location: { name: 'Shop', address: 'MG Road' } }, { text: 'Shop, MG Road' }],
    ['a place', { type: 'location', location: { latitude: 1.5, longitude: 2 } }, { text: 'Shared a location: 1.5, 2' }],
    [
      'contacts',
      { type: 'contacts', contacts: [{ name: { formatted_name: 'Ravi' }, phones: [{ phone: PHONE }] }, 7, {}] },
      { messageKind: 'contacts', text: 'Shared a contact: Ravi' },
    ],
    [
      'an order',
      { type: 'order', order: { product_items: [{}, {}], text: 'soon please' } },
      {
        messageKind: 'order',
        text: 'Sent a cart with 2 items: 1 × a product without a name, 1 × a product without a name. soon please',
      },
    ],
    [
      'what WhatsApp does not pass on',
      { type: 'unsupported', errors: [{ code: 131_051 }] },
      { messageKind: 'unsupported' },
    ],
    ['a kind of tomorrow', { type: 'hologram', hologram: {} }, { messageKind: 'unsupported' }],
    ['a quote', { type: 'text', text: { body: 'x' }, context: { id: 'wamid.0' } }, { replyTo: 'wamid.0' }],
  ];
  test.each(KINDS)('%s', (_, more, expected) => {
    expect(one(more)).toMatchObject({ kind: 'message', providerId: 'wamid.1', sentAt: AT_ISO, ...expected });
  });

  test('a reaction, one taken back, an edit and a deletion speak of another message', () => {
    const reaction = (emoji?: string) => one({ type: 'reaction', reaction: { message_id: 'wamid.0', emoji } });
    expect(reaction('👍')).toMatchObject({ kind: 'reaction', target: 'wamid.0', emoji: '👍' });
    expect(reaction()).toMatchObject({ kind: 'reaction', emoji: '' });
    const edit = { original_message_id: 'wamid.0', message: { type: 'text', text: { body: 'better' } } };
    expect(one({ type: 'edit', edit })).toMatchObject({ kind: 'edit', target: 'wamid.0', text: 'better' });
    expect(one({ type: 'revoke', revoke: { original_message_id: 'wamid.0' } })).toMatchObject({ kind: 'deletion' });
  });

  test('numbers in a system message are shown by their last four digits', () => {
    const body = `Asha changed from ${PHONE} to +919811122233`;
    expect(one({ type: 'system', system: { body } })).toMatchObject({
      text: 'Asha changed from ••••• •3210 to ••••• •2233',
    });
  });
});

describe('the sender of a message', () => {
  test('a business-scoped id alone is enough', () => {
    const value = { contacts: [{ user_id: 'IN.Abc123', profile: { username: 'asha' } }] };
    const sent = { id: 'wamid.1', timestamp: AT, from_user_id: 'IN.Abc123', type: 'text', text: { body: 'x' } };
    const [found] = split(delivery(change({ ...value, messages: [sent] })), NOW);
    expect(found).toMatchObject({
      entity: '90000001/IN.Abc123',
      event: { from: { phone: null, userId: 'IN.Abc123', name: '@asha' } },
    });
  });

  test.each([
    ['a group', { group_id: 'g', type: 'text', text: { body: 'x' } }, 'a message of a group'],
    ['nobody', { from: 'somebody', type: 'text', text: { body: 'x' } }, 'a message from nobody'],
    ['no id', { id: '', type: 'text', text: { body: 'x' } }, 'a message without an id'],
  ])('%s is kept whole for a person to look at', (_, more, why) => {
    const [event] = eventsOf(change({ messages: [message(more)] }));
    expect(event).toMatchObject({ kind: 'unknown', why });
    expect(JSON.stringify(event)).toContain('phone_number_id');
  });

  test('a new number and a new id lead to the same person', () => {
    const system = { type: 'user_changed_number', wa_id: '919811122233', body: 'x' };
    const events = eventsOf(change({ messages: [message({ type: 'system', system })] }));
    expect(events.map(({ kind }) => kind)).toEqual(['message', 'identity']);
    expect(events[1]).toMatchObject({ was: { phone: PHONE }, is: { phone: '919811122233' } });
    const update = { wa_id: PHONE, user_id: { previous: 'IN.A', current: 'IN.B' }, timestamp: AT };
    expect(eventsOf(change({ user_id_update: [update] }, 'user_id_update'))).toEqual([
      { kind: 'identity', was: { phone: PHONE, userId: 'IN.A' }, is: { phone: PHONE, userId: 'IN.B' }, at: AT_ISO },
    ]);
  });
});

describe('statuses, preferences and notices', () => {
  const status = (more: object) =>
    eventsOf(change({ statuses: [{ id: 'wamid.1', timestamp: AT, recipient_id: PHONE, ...more }] }))[0];
  test.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
  ])('%s', (name, known) => {
    expect(status({ status: name })).toMatchObject({ kind: 'status', status: known, at: AT_ISO, fault: null });
  });
  test.each([
    [
      { code: 131_026, error_data: { details: 'why' } },
      { code: '131026', reason: 'This customer cannot receive the message.' },
    ],
    [
      { code: Number.POSITIVE_INFINITY, title: 'huge' },
      { code: '0', reason: 'WhatsApp refused it: huge' },
    ],
    [undefined, { code: '0', reason: 'WhatsApp refused the message.' }],
  ])('failed with %o', (error, expected) => {
    expect(status({ status: 'failed', errors: error && [error] })).toMatchObject({ status: 'failed', fault: expected });
  });
  test.each(['deleted', 'toString', '__proto__', ''])('a status of the unknown kind %o', name => {
    expect(status({ status: name })).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    [
      { value: 'stop', category: 'marketing_messages' },
      { kind: 'preference', scope: 'marketing', stop: true },
    ],
    [{ value: 'resume' }, { kind: 'preference', scope: 'all', stop: false }],
    [{ value: 'maybe' }, { kind: 'unknown' }],
  ])('preference %o', (item, expected) => {
    const value = { user_preferences: [{ wa_id: PHONE, timestamp: AT, ...item }] };
    expect(eventsOf(change(value, 'user_preferences'))[0]).toMatchObject(expected);
  });

  test('a notice has the time of the entry, words for people, and no number of anybody', () => {
    const [event] = eventsOf(change({ event: 'UPGRADE', people: [{ phone: PHONE }] }, 'phone_number_quality_update'));
    expect(event).toMatchObject({ kind: 'notice', field: 'phone_number_quality_update', at: AT_ISO });
    expect(event).toMatchObject({ topic: 'limit', reason: 'WhatsApp has raised the limit of this number.' });
    expect(JSON.stringify(event)).not.toContain(PHONE);
  });
});

describe('batches and garbage', () => {
  test('every message and status of every change of every entry comes out, once', () => {
    const many = (n: number) =>
      Array.from({ length: n }, (_, i) => message({ id: `wamid.${n}.${i}`, type: 'text', text: { body: 'x' } }));
    const statuses = [{ id: 'wamid.s', status: 'sent', timestamp: AT, recipient_id: PHONE }, 7];
    const payload = delivery(change({ messages: many(3), statuses }), change({ messages: many(2) }), change({}));
    payload.entry.push({ ...payload.entry[0]!, changes: [change({ messages: many(4) })] });
    const events = split(payload, NOW);
    const kinds = Map.groupBy(events, ({ event }) => event.kind);
    expect([kinds.get('message')?.length, kinds.get('status')?.length, kinds.get('unknown')?.length]).toEqual([
      9, 1, 2,
    ]);
    expect(new Set(events.map(({ naturalKey }) => naturalKey)).size).toBe(events.length);
  });

  const SEEDS = [
    delivery(
      change({ contacts, messages: [message({ type: 'text', text: { body: 'hello' }, context: { id: 'w' } })] }),
    ),
    delivery(change({ messages: [message({ type: 'system', system: { body: 'x', wa_id: PHONE } })] })),
    delivery(change({ messages: [message({ type: 'contacts', contacts: [{ name: { formatted_name: 'R' } }] })] })),
    delivery(
      change({ statuses: [{ id: 'w', status: 'failed', timestamp: AT, errors: [{ code: 1, error_data: {} }] }] }),
    ),
    delivery(change({ user_preferences: [{ wa_id: PHONE, value: 'stop' }] }, 'user_preferences')),
    delivery(change({ user_id_update: [{ user_id: { current: 'IN.B', previous: 'IN.A' } }] }, 'user_id_update')),
    delivery(change({ event: 'x', n: 1 }, 'account_update')),
  ];
  const JUNK: readonly unknown[] = [
    null,
    0,
    -1,
    Number.POSITIVE_INFINITY,
    '',
    '\0',
    '\ud800',
    'x'.repeat(9000),
    [],
    {},
    [null],
    [[]],
    true,
    '__proto__',
    { toString: 1 },
  ];

  /** Repeatable: the same mutations on every run. */
  function random(seed: number) {
    let state = seed;
    return (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }
  /** Puts junk into a place somewhere in the tree. */
  function mutate(value: unknown, pick: (below: number) => number): unknown {
    if (typeof value !== 'object' || value === null || pick(6) === 0) return JUNK[pick(JUNK.length)];
    const keys = Object.keys(value);
    const key = keys[pick(keys.length)];
    if (key === undefined) return JUNK[pick(JUNK.length)];
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
    (copy as Record<string, unknown>)[key] = mutate((value as Record<string, unknown>)[key], pick);
    return copy;
  }

  test('2,000 mutations: never a throw, never nothing, and always events that can be stored and read again', () => {
    const pick = random(20_261_120);
    for (let n = 0; n < 2000; n++) {
      let payload: unknown = SEEDS[n % SEEDS.length];
      for (let times = 0; times <= pick(3); times++) payload = mutate(payload, pick);
      const events = split(payload, NOW);
      expect(events.length).toBeGreaterThan(0);
      for (const { event, naturalKey, entity, accountId } of events) {
        const stored = JSON.stringify(event);
        expect(InboundEvent.safeParse(JSON.parse(stored)).error, stored.slice(0, 300)).toBeUndefined();
        for (const text of [naturalKey, entity, accountId ?? '']) {
          expect(text.isWellFormed() && !text.includes('\0'), text).toBe(true);
          expect(text.length).toBeLessThan(1000);
        }
        // What the database refuses in a JSON value.
        expect(/(?<!\\)(?:\\\\)*\\u(0000|d[89a-f])/i.test(stored), stored.slice(0, 300)).toBe(false);
      }
    }
  });
});
