import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { APP_SECRET, createWorld, signed, VERIFY_TOKEN, type World } from '../world.ts';
import { webhookRig } from './webhook-rig.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api', ASTRIX_WHATSAPP_APP_SECRET_NEXT: 'the-next-app-secret' });
});
afterAll(() => world.close());
beforeEach(() => world.clock.advance(86_400));

const { aMessage, bytes, post, stored } = webhookRig(() => world);

describe('WH-01: the exact bytes are signed', () => {
  const text = '{"object":"whatsapp_business_account","a":"\\u00e9 \u00e9 😀","b":1.0,"entry":[]}';
  const other: readonly (readonly [string, Buffer])[] = [
    ['written again', Buffer.from(JSON.stringify(JSON.parse(text)))],
    ['with a BOM', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
    ['with its keys in another order', Buffer.from('{"entry":[],"object":"whatsapp_business_account"}')],
    ['with a line end', Buffer.from(`${text}\n`)],
    ['with a space in front', Buffer.from(` ${text}`)],
    ['empty', Buffer.alloc(0)],
    ['in Latin-1', Buffer.from(text, 'latin1')],
    ['with one bit turned', Buffer.from(text.replace('1.0', '1.1'))],
  ];
  test('as they came they are taken, however odd the JSON', async () => {
    expect((await post(Buffer.from(text), signed(Buffer.from(text)))).statusCode).toBe(200);
  });
  test.each(other)('%s they are not', async (_, body) => {
    const reply = await post(body, signed(Buffer.from(text)));
    expect([reply.statusCode, reply.json().code]).toEqual([401, 'signature_invalid']);
  });
});

describe('WH-02: headers that are no signature', () => {
  test('of every length, of other letters, twice, and of other schemes: refused alike, and nothing is stored', async () => {
    const body = bytes(aMessage());
    const right = signed(body)['x-hub-signature-256'];
    const hex = right.slice('sha256='.length);
    const wrong: (string | string[] | undefined)[] = [
      undefined,
      ...Array.from({ length: 201 }, (_, n) => 'a'.repeat(n)),
      ...Array.from({ length: 201 }, (_, n) => `sha256=${'a'.repeat(n)}`),
      `sha256=${'g'.repeat(64)}`,
      `sha256=${'é'.repeat(64)}`,
      hex,
      right.toUpperCase(),
      `sha256=${hex.toUpperCase()}`,
      `SHA256=${hex}`,
      `sha1=${hex.slice(0, 40)}`,
      `sha256= ${hex}`,
      `${right} `,
      `${right},${right}`,
      `sha256=${'0'.repeat(64)}, ${right}`,
      `${right}0`,
      right.slice(0, -1),
      [right, right],
      [`sha256=${'0'.repeat(64)}`, right],
    ];
    const before = await stored();
    const answers = new Set<string>();
    for (const header of wrong) {
      const headers = {
        'content-type': 'application/json',
        ...(header === undefined ? {} : { 'x-hub-signature-256': header }),
      };
      const reply = await post(body, headers);
      answers.add(`${reply.statusCode} ${reply.json().code}`);
    }
    expect([...answers]).toEqual(['401 signature_invalid']);
    expect(await stored()).toEqual(before);
    expect((await post(body, signed(body))).statusCode).toBe(200);
  });
});

describe('WH-04, WH-05: secrets', () => {
  let other: World | null = null;
  afterEach(async () => {
    await other?.close();
    other = null;
  });

  test.each(['test', 'development', 'production'])(
    'without a secret in %s nothing is accepted, signed or not',
    async env => {
      other = await createWorld({
        ASTRIX_ENV: env,
        // Outside of the tests one process has the embedded database to itself.
        ASTRIX_ROLE: env === 'test' ? 'api' : 'all',
        ASTRIX_WHATSAPP_APP_SECRET: '',
        ASTRIX_WHATSAPP_VERIFY_TOKEN: '',
      });
      const body = bytes(aMessage());
      for (const headers of [signed(body), signed(body, ''), { 'content-type': 'application/json' }]) {
        const reply = await post(body, headers, other);
        expect([reply.statusCode, reply.json().code]).toEqual([503, 'secret_missing']);
      }
      const query = { 'hub.mode': 'subscribe', 'hub.verify_token': '', 'hub.challenge': '1' };
      expect((await other.inject({ url: '/webhooks/app/whatsapp', query })).statusCode).toBe(503);
    },
  );

  test('during a rotation both secrets sign, and no third one', async () => {
    const body = bytes(aMessage());
    expect((await post(body, signed(body, APP_SECRET))).statusCode).toBe(200);
    expect((await post(body, signed(body, 'the-next-app-secret'))).statusCode).toBe(200);
    expect((await post(body, signed(body, 'an-old-app-secret'))).statusCode).toBe(401);
  });

  test('after it the old one does not', async () => {
    other = await createWorld({ ASTRIX_ROLE: 'api', ASTRIX_WHATSAPP_APP_SECRET: 'the-next-app-secret' });
    const body = bytes(aMessage());
    expect((await post(body, signed(body, APP_SECRET), other)).statusCode).toBe(401);
    expect((await post(body, signed(body, 'the-next-app-secret'), other)).statusCode).toBe(200);
  });
});

describe('WH-13: the handshake', () => {
  const good = { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '1158201444' };
  const shake = (query: Record<string, string | string[]>) => world.inject({ url: '/webhooks/app/whatsapp', query });

  test('echoes the number as plain text that no browser runs', async () => {
    const reply = await shake(good);
    expect([reply.statusCode, reply.body]).toEqual([200, '1158201444']);
    expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
  });

  const WRONG: Record<string, string | string[]>[] = [
    {},
    ...['<script>alert(1)</script>', '1'.repeat(21), '', ' 1', '1 ', '1\n', '-1', '1e3', '0x10', '١٢٣', '%3Cb%3E'].map(
      challenge => ({ ...good, 'hub.challenge': challenge }),
    ),
    { ...good, 'hub.challenge': ['1', '2'] },
    ...['', 'wrong', `${VERIFY_TOKEN} `, VERIFY_TOKEN.toUpperCase(), VERIFY_TOKEN.slice(1), 'x'.repeat(5000)].map(
      token => ({ ...good, 'hub.verify_token': token }),
    ),
    { ...good, 'hub.verify_token': [VERIFY_TOKEN, VERIFY_TOKEN] },
    ...['', 'unsubscribe', 'SUBSCRIBE'].map(mode => ({ ...good, 'hub.mode': mode })),
    { hub: JSON.stringify(good) },
  ];
  test.each(WRONG.map((query, n) => [n, query] as const))('refuses number %i of the corpus', async (_, query) => {
    const reply = await shake(query);
    expect([reply.statusCode, reply.json().code]).toEqual([403, 'webhook_refused']);
    expect(reply.body).not.toContain('<script>');
  });
});
