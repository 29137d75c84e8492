import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
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

describe('only production listens to other machines', () => {
  const faultsOf = (env: Record<string, string>): string => {
    try {
      readConfig({ ...ENV, ...env });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('development and demo may listen on %s', ASTRIX_HOST => {
    for (const ASTRIX_ENV of ['development', 'test'])
      expect(faultsOf({ ASTRIX_ENV, ASTRIX_HOST, ASTRIX_DEMO: '1' })).toBe('');
  });

  test.each(['0.0.0.0', '::', '192.168.1.4', 'example.in', '127.0.0.1.example.in', ''])(
    'development does not listen on %j, and production does',
    ASTRIX_HOST => {
      for (const ASTRIX_ENV of ['development', 'test'])
        expect(faultsOf({ ASTRIX_ENV, ASTRIX_HOST })).toContain('ASTRIX_HOST must be 127.0.0.1');
      const ASTRIX_KEK = randomBytes(32).toString('base64');
      expect(faultsOf({ ASTRIX_ENV: 'production', ASTRIX_KEK, ASTRIX_HOST })).toBe('');
    },
  );

  test('the demo has no public address', () => {
    const ASTRIX_PUBLIC_URL = 'https://demo.example.in';
    expect(faultsOf({ ASTRIX_PUBLIC_URL })).toBe('');
    expect(faultsOf({ ASTRIX_PUBLIC_URL, ASTRIX_DEMO: '1' })).toContain('ASTRIX_PUBLIC_URL must not');
    expect(faultsOf({ ASTRIX_PUBLIC_URL: 'http://127.0.0.1:4700', ASTRIX_DEMO: '1' })).toBe('');
  });

  test('NODE_ENV=production does not start a development backend', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toContain('ASTRIX_ENV must be production');
    expect(faultsOf({ NODE_ENV: 'development' })).toBe('');
  });
});

describe('VT-01: production refuses what protects nothing', () => {
  const PRODUCTION = { ASTRIX_ENV: 'production', ASTRIX_KEK: randomBytes(32).toString('base64') };
  const start = (env: Record<string, string>) => readConfig({ ...PRODUCTION, ...env });
  const WEAK: readonly (readonly [string, Record<string, string>])[] = [
    ['ASTRIX_WHATSAPP_APP_SECRET', { ASTRIX_WHATSAPP_APP_SECRET: 'demo-app-secret' }],
    ['ASTRIX_WHATSAPP_APP_SECRET', { ASTRIX_WHATSAPP_APP_SECRET: ' '.repeat(40) }],
    ['ASTRIX_WHATSAPP_APP_SECRET_NEXT', { ASTRIX_WHATSAPP_APP_SECRET_NEXT: 'x' }],
    ['ASTRIX_WHATSAPP_VERIFY_TOKEN', { ASTRIX_WHATSAPP_VERIFY_TOKEN: 'demo-verify-token' }],
    ['ASTRIX_APP_META_SECRET', { ASTRIX_APP_META_ID: '1', ASTRIX_APP_META_SECRET: 'x' }],
    ['ASTRIX_APP_META_VERIFY_TOKEN', { ASTRIX_APP_META_VERIFY_TOKEN: 'short' }],
    ['ASTRIX_TRUSTED_PROXIES', { ASTRIX_TRUSTED_PROXIES: '10.0.0.1, 0.0.0.0/0' }],
    ['ASTRIX_TRUSTED_PROXIES', { ASTRIX_TRUSTED_PROXIES: '::/0' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://u:p@db.example.in/astrix' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://u:p@10.1.2.3/astrix?sslmode=prefer' }],
    ['ASTRIX_KEK', { ASTRIX_KEK: Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('base64') }],
    ['ASTRIX_KEK', { ASTRIX_KEK: Buffer.from('01234567890123456789012345678901').toString('base64') }],
  ];
  test.each(WEAK)('%s: %j', (name, env) => {
    expect(() => start(env)).toThrow(new RegExp(`- ${name} `));
    if (name !== 'ASTRIX_KEK') expect(() => readConfig({ ...ENV, ...env })).not.toThrow();
  });

  test('and takes what does', () => {
    for (const DATABASE_URL of [
      'postgres://u:p@127.0.0.1/astrix',
      'postgres://u:p@database:5432/astrix',
      'postgres://u:p@db.example.in/astrix?sslmode=verify-full',
    ])
      start({
        DATABASE_URL,
        ASTRIX_WHATSAPP_APP_SECRET: randomBytes(16).toString('hex'),
        ASTRIX_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      });
  });
});
