import { CAPABILITIES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { secret } from '../../kernel/secret.ts';
import type { Account, Api } from '../provider.ts';
import { whatsapp } from './connector.ts';
import { PhoneNumber, senderOf, Template, templateOf } from './facts.ts';
import { WHATSAPP } from './manifest.ts';
import { fetchMedia } from './media.ts';

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const SETTINGS = { phoneNumberId: '200000000000001', businessAccountId: '100000000000001' };
const CHAI: Account = {
  id: SETTINGS.phoneNumberId,
  name: 'Chai Katha',
  detail: null,
  settings: { businessAccountId: SETTINGS.businessAccountId },
};
const api = (about: { account?: Account; settings?: Record<string, string> }, token = 'EAAGsandbox-token-1'): Api =>
  rig.api('whatsapp', { kind: 'key', fields: { token: secret(token) } }, about);

it('VT-08: a key is checked by the number that it reaches', async () => {
  expect(await whatsapp.identify(api({ settings: SETTINGS }))).toEqual({
    kind: 'ok',
    rows: [
      {
        id: '200000000000001',
        name: 'Chai Katha',
        detail: '+91 98000 00001',
        settings: { businessAccountId: '100000000000001' },
      },
    ],
  });
  expect(rig.seen.at(-1)!.headers.authorization).toBe('Bearer EAAGsandbox-token-1');
});

it('a token that WhatsApp does not take says so', async () => {
  expect(await whatsapp.identify(api({ settings: SETTINGS }, 'some-other-token-of-meta'))).toMatchObject({
    kind: 'reauth',
    code: '190',
    reason: 'The password of the Facebook account was changed.',
  });
});

it('a number that is not there, and a business account that is another one', async () => {
  expect(await whatsapp.identify(api({ settings: { ...SETTINGS, phoneNumberId: '12345' } }))).toMatchObject({
    kind: 'permanent',
    code: '100',
  });
  expect(await whatsapp.identify(api({ settings: { ...SETTINGS, businessAccountId: '12345' } }))).toMatchObject({
    kind: 'permanent',
    reason: 'It is not there, or this access does not reach it.',
  });
});

it('a number of another business account is refused, even where the key reaches both', async () => {
  const reached = api({ settings: SETTINGS });
  const elsewhere: Api = {
    ...reached,
    async call(ask) {
      const outcome = await reached.call(ask);
      const data = { data: [{ id: '7' }] } as never;
      return outcome.kind === 'ok' && ask.path.endsWith('/phone_numbers') ? { ...outcome, data } : outcome;
    },
  };
  expect(await whatsapp.identify(elsewhere)).toMatchObject({ kind: 'permanent', code: 'other-account' });
});

it('S22: reads the number with its quality and its limit', async () => {
  const senders = await readAll('whatsapp', 'messaging', api({ account: CHAI }));
  expect(senders).toEqual({
    kind: 'ok',
    unreadable: [],
    pages: 1,
    complete: true,
    rows: [
      { id: '200000000000001', address: '+91 98000 00001', name: 'Chai Katha', quality: 'high', dailyLimit: 2000 },
    ],
  });
});

it('a number whose limit cannot be asked for at this version is read without', async () => {
  const real = api({ account: CHAI });
  const older: Api = {
    ...real,
    call: ask =>
      String(ask.query?.fields).includes('messaging_limit')
        ? Promise.resolve({ kind: 'permanent', code: '100', reason: 'nonexisting field', status: 400 })
        : real.call(ask),
  };
  expect(await readAll('whatsapp', 'messaging', older)).toMatchObject({
    kind: 'ok',
    rows: [{ quality: 'high', dailyLimit: null }],
  });
});

it('S22: reads all pages of the templates', async () => {
  const templates = await readAll('whatsapp', 'templates', api({ account: CHAI }));
  if (templates.kind !== 'ok') throw new Error(JSON.stringify(templates));
  expect(templates).toMatchObject({ pages: 3 });
  expect(templates.rows).toHaveLength(11);
  for (const row of templates.rows) expect(CAPABILITIES.templates.fact.safeParse(row).error).toBeUndefined();
  expect(templates.rows[1]).toMatchObject({
    name: 'order_shipped',
    language: 'hi',
    category: 'utility',
    status: 'approved',
    placeholders: 3,
    text: expect.stringContaining('नमस्ते'),
  });
  expect(templates.rows[2]).toMatchObject({ placeholders: 2 });
});

describe('ME-07: files of messages', () => {
  const fetch = (id: string, token?: string) => fetchMedia(api({ account: CHAI }, token), id);

  it('S22: a picture comes from the media host, with the token', async () => {
    const media = await fetch('300000000000001');
    if (media.kind !== 'ok') throw new Error(JSON.stringify(media));
    expect(media.data.type).toBe('image/png');
    expect(media.data.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(rig.seen.at(-1)).toMatchObject({
      host: 'lookaside.fbsbx.com',
      headers: { authorization: expect.stringMatching(/^Bearer EAAG/) },
    });
    expect(WHATSAPP.hosts).toContain('lookaside.fbsbx.com');
  });

  test.each([
    ['300000000000002', 'media-size', 'one that is too large'],
    ['300000000000003', 'media-type', 'a program'],
    ['300000000000004', 'media-host', 'one that lies elsewhere'],
  ])('VT-09: file %s is refused as %s: %s, and nothing more is asked', async (id, code) => {
    const before = rig.seen.length;
    expect(await fetch(id)).toMatchObject({ kind: 'permanent', code });
    expect(rig.seen.length).toBe(before + 1);
  });

  it('one that is over, and one with a dead token', async () => {
    expect(await fetch('1')).toMatchObject({ kind: 'permanent', code: '100' });
    expect(await fetch('300000000000001', 'x'.repeat(30))).toMatchObject({ kind: 'reauth' });
  });

  test.each([
    'http://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
    'https://lookaside.fbsbx.com:8443/whatsapp_business/attachments/?mid=1',
    'https://user@lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
    'https://lookaside.fbsbx.com/other/?mid=1',
    'https://169.254.169.254/whatsapp_business/attachments/?mid=1',
    'nonsense',
  ])('VT-09: the token does not go to %s', async url => {
    const real = api({ account: CHAI });
    const asked: string[] = [];
    const told: Api = {
      ...real,
      async call(ask) {
        asked.push(ask.path);
        const data = { url, mime_type: 'image/png', file_size: 10 } as never;
        return { kind: 'ok', data, status: 200, headers: {}, bytes: 1 };
      },
    };
    expect(await fetchMedia(told, '1')).toMatchObject({ kind: 'permanent', code: 'media-host' });
    expect(asked).toHaveLength(1);
  });
});

describe('shapes', () => {
  const number = { id: '12345', display_phone_number: '+91 1' };

  test.each([
    ['GREEN', 'high'],
    ['YELLOW', 'medium'],
    ['RED', 'low'],
    ['NA', 'unknown'],
    [undefined, 'unknown'],
  ])('quality %s is %s', (quality_rating, quality) => {
    expect(senderOf(PhoneNumber.parse({ ...number, quality_rating })).quality).toBe(quality);
  });

  test.each([
    ['TIER_250', 250],
    ['TIER_2K', 2000],
    ['TIER_100K', 100_000],
    ['TIER_UNLIMITED', null],
    ['TIER_NOT_SET', null],
    [undefined, null],
  ])('limit %s is %s', (tier, dailyLimit) => {
    expect(senderOf(PhoneNumber.parse({ ...number, whatsapp_business_manager_messaging_limit: tier })).dailyLimit).toBe(
      dailyLimit,
    );
  });

  test('a template of a state and a category that are new, without a body', () => {
    const template = { id: '1', name: 'a', language: 'en', category: 'NEW', status: 'LIMIT_EXCEEDED' };
    expect(templateOf(Template.parse(template))).toMatchObject({
      category: 'other',
      status: 'unknown',
      text: '',
      placeholders: 0,
    });
  });
});
