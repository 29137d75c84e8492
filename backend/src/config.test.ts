import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const ENV = { ASTRIX_ENV: 'test', ASTRIX_KEK: Buffer.alloc(32, 7).toString('base64') };
const META = {
  ASTRIX_APP_META_ID: '4711',
  ASTRIX_APP_META_SECRET: 'meta-now',
  ASTRIX_APP_META_SECRET_NEXT: 'meta-next',
  ASTRIX_APP_META_VERIFY_TOKEN: 'meta-token',
};
const WHATSAPP = {
  ASTRIX_WHATSAPP_APP_SECRET: 'whatsapp-now',
  ASTRIX_WHATSAPP_APP_SECRET_NEXT: 'whatsapp-next',
  ASTRIX_WHATSAPP_VERIFY_TOKEN: 'whatsapp-token',
};
const OF_META = { secrets: ['meta-now', 'meta-next'], token: 'meta-token' };
const OF_WHATSAPP = { secrets: ['whatsapp-now', 'whatsapp-next'], token: 'whatsapp-token' };
const NONE = { secrets: [], token: null };

test.each([
  ['nothing', {}, NONE, NONE],
  ['an app at Meta', META, OF_META, OF_META],
  ['the variables of WhatsApp alone', WHATSAPP, OF_WHATSAPP, OF_WHATSAPP],
  ['a second app that has WhatsApp alone', { ...META, ...WHATSAPP }, OF_META, OF_WHATSAPP],
] as const)(
  'WH-04, WH-05: with %s deliveries are signed with the secrets of the right app',
  (_, env, meta, whatsapp) => {
    const config = readConfig({ ...ENV, ...env });
    const of = (name: string) => ({
      secrets: config.appSecretsFor(name).map(secret => secret.reveal()),
      token: config.verifyTokenFor(name)?.reveal() ?? null,
    });
    expect({ meta: of('meta'), whatsapp: of('whatsapp'), other: of('google') }).toEqual({
      meta,
      whatsapp,
      other: NONE,
    });
  },
);

test('half of an app stops the start, and a verify token by itself does not', () => {
  expect(() => readConfig({ ...ENV, ASTRIX_APP_META_SECRET: 's' })).toThrow('ASTRIX_APP_META_ID must be set as well');
  expect(readConfig({ ...ENV, ASTRIX_APP_META_VERIFY_TOKEN: 't' }).appFor('meta')).toBeNull();
});
