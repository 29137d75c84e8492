import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../config.ts';
import { PROVIDERS } from '../providers/registry.ts';
import { APP_NAMES } from './names.ts';

const KEK = 'JEfTqB0uPmoPZ4NZtk8sQPDq7zI5n3dYsuyOFRzVxGE=';
const production = { ASTRIX_ENV: 'production', ASTRIX_KEK: KEK };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
const faultOf = (env: Record<string, string>) => faultsOf({ ...production, ...env }).join('\n');

describe('what a person types wrong gets a sentence with the name of the variable', () => {
  test.each([
    ['ASTRIX_PUBLICURL', 'Did you mean ASTRIX_PUBLIC_URL?'],
    ['ASTRIX_TRUSTED_PROXY', 'Did you mean ASTRIX_TRUSTED_PROXIES?'],
    ['ASTRIX_APP_GOGLE_ID', 'Did you mean ASTRIX_APP_GOOGLE_ID?'],
    ['ASTRIX_SMPT_URL', 'Did you mean ASTRIX_SMTP_URL?'],
    ['ASTRIX_SOMETHING_ELSE_ENTIRELY', '--help lists those there are.'],
  ])('%s is not a variable', (name, hint) => {
    const fault = faultOf({ [name]: 'x' });
    expect(fault).toContain(`${name} is not a variable of Astrix.`);
    expect(fault).toContain(hint);
  });

  test('a variable of the console or of the tests stops nothing', () => {
    expect(faultOf({ ASTRIX_BACKEND_URL: 'http://127.0.0.1:4700', ASTRIX_TEST_DATABASE_URL: 'x' })).toBe('');
  });

  test('the families of apps are those of the manifests', () => {
    const named = Object.values(PROVIDERS).flatMap(
      ({ manifest }) => JSON.stringify(manifest).match(/"app":"([a-z]+)"/)?.[1] ?? [],
    );
    expect([...new Set(named)].map(name => name.toUpperCase()).sort()).toEqual([...APP_NAMES]);
  });

  test.each([`${KEK}\n`, ` ${KEK}`, `${KEK}\r`])('ASTRIX_KEK with a blank: %j', ASTRIX_KEK => {
    expect(faultOf({ ASTRIX_KEK })).toContain('ASTRIX_KEK has blanks or a line end in it');
  });

  test.each([
    'postgres://astrix:p#ss@db/astrix',
    'postgres://astrix:12#3@db/astrix',
    'postgres://astrix:a/b@db/astrix',
    'postgres://astrix:a?b@db/astrix',
    'postgres://astrix:100%@db/astrix',
  ])('a password that is not percent-encoded: %s', DATABASE_URL => {
    const fault = faultOf({ DATABASE_URL });
    expect(fault).toContain('Percent-encode what is special in the password');
    expect(fault).not.toContain('p#ss');
  });

  test.each([
    'postgres://astrix:p%40ss%23@db/astrix',
    'postgres://astrix@db',
    'postgres:///astrix?host=/run/postgresql',
  ])('an address that can be read: %s', DATABASE_URL => {
    expect(faultOf({ DATABASE_URL })).toBe('');
  });

  test.each(['nginx', '10.0.0.0/33', '300.1.1.1', '127.0.0.1;10.0.0.1'])('ASTRIX_TRUSTED_PROXIES=%s', list => {
    expect(faultOf({ ASTRIX_TRUSTED_PROXIES: `127.0.0.1, ${list}` })).toContain(
      'ASTRIX_TRUSTED_PROXIES must hold addresses',
    );
  });

  test.each(['127.0.0.1', '10.0.0.0/8, ::1', 'fd00::/8'])(
    'ASTRIX_TRUSTED_PROXIES=%s is taken',
    ASTRIX_TRUSTED_PROXIES => {
      expect(faultOf({ ASTRIX_TRUSTED_PROXIES })).toBe('');
    },
  );

  test.each(['api', 'worker'])('ASTRIX_ROLE=%s needs a database that two processes can use', ASTRIX_ROLE => {
    expect(faultOf({ ASTRIX_ROLE })).toContain('ASTRIX_ROLE must be all on the embedded database');
    expect(faultOf({ ASTRIX_ROLE, DATABASE_URL: 'postgres://astrix@127.0.0.1/astrix' })).toBe('');
  });
});

describe('ASTRIX_PUBLIC_URL is kept in one spelling', () => {
  test.each([
    ['https://Console.Agency.example/', 'https://console.agency.example'],
    ['https://console.agency.example:443', 'https://console.agency.example'],
    ['https://console.agency.example:8443/', 'https://console.agency.example:8443'],
  ])('%s', (ASTRIX_PUBLIC_URL, url) => {
    expect(readConfig({ ...production, ASTRIX_PUBLIC_URL }).publicUrl).toBe(url);
  });

  test.each([
    'https://a.example/console',
    'https://user@a.example',
    'a.example',
    'https://a.example?x',
    'ftp://a.example',
  ])('%s is refused', ASTRIX_PUBLIC_URL => {
    expect(faultOf({ ASTRIX_PUBLIC_URL })).toContain('ASTRIX_PUBLIC_URL must be https://<host> without a path');
  });
});

describe('mail is configured as a whole or not at all', () => {
  const FROM = 'Astrix <console@agency.example>';
  const mailOf = (ASTRIX_SMTP_URL: string, ASTRIX_MAIL_FROM = FROM) =>
    readConfig({ ...production, ASTRIX_SMTP_URL, ASTRIX_MAIL_FROM }).mail;

  test('without the two there is no mail', () => {
    expect(readConfig(production).mail).toBeNull();
  });

  test.each([
    ['smtps://console:p%40ss@smtp.example', { host: 'smtp.example', port: 465, tls: 'implicit', user: 'console' }],
    ['smtp://console:p%40ss@smtp.example', { host: 'smtp.example', port: 587, tls: 'demanded', user: 'console' }],
    [
      'smtp://console:p%40ss@smtp.example:2525/',
      { host: 'smtp.example', port: 2525, tls: 'demanded', user: 'console' },
    ],
    ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, tls: 'offered', user: null }],
    ['smtp://mailhog:1025', { host: 'mailhog', port: 1025, tls: 'offered', user: null }],
    ['smtp://[::1]:1025', { host: '::1', port: 1025, tls: 'offered', user: null }],
  ])('%s', (url, server) => {
    const read = mailOf(url);
    expect(read?.server).toMatchObject(server);
    expect(read?.server.password?.reveal() ?? null).toBe(server.user === null ? null : 'p@ss');
    expect(JSON.stringify(read)).not.toContain('p@ss');
  });

  test.each([
    [FROM, { name: 'Astrix', address: 'console@agency.example' }],
    ['"चाय कथा" <console@चाय.भारत>', { name: 'चाय कथा', address: 'console@xn--61b6b2b.xn--h2brj9c' }],
    ['console@Agency.example', { name: undefined, address: 'console@agency.example' }],
  ])('the sender %s', (sender, from) => {
    expect(mailOf('smtp://127.0.0.1:25', sender)?.from).toEqual(from);
  });

  test.each([
    [{ ASTRIX_SMTP_URL: 'smtp://127.0.0.1' }, 'ASTRIX_MAIL_FROM must be set as well'],
    [{ ASTRIX_MAIL_FROM: FROM }, 'ASTRIX_SMTP_URL must be set as well'],
    [{ ASTRIX_SMTP_URL: 'https://smtp.example', ASTRIX_MAIL_FROM: FROM }, 'ASTRIX_SMTP_URL must be smtps://'],
    [{ ASTRIX_SMTP_URL: 'smtp.example:587', ASTRIX_MAIL_FROM: FROM }, 'ASTRIX_SMTP_URL must be smtps://'],
    [{ ASTRIX_SMTP_URL: 'smtps://u:p#w@smtp.example', ASTRIX_MAIL_FROM: FROM }, 'Percent-encode'],
    [{ ASTRIX_SMTP_URL: 'smtps://u@smtp.example', ASTRIX_MAIL_FROM: FROM }, 'must name a user and a password'],
    [{ ASTRIX_SMTP_URL: 'smtp://127.0.0.1', ASTRIX_MAIL_FROM: 'Astrix' }, 'ASTRIX_MAIL_FROM must be an address'],
    [{ ASTRIX_SMTP_URL: 'smtp://127.0.0.1', ASTRIX_MAIL_FROM: 'a@b.example, c@d.example' }, 'must be an address'],
    [{ ASTRIX_SMTP_URL: 'smtp://127.0.0.1', ASTRIX_MAIL_FROM: 'A\r\nBcc: x <a@b.example>' }, 'must be an address'],
  ])('%j is refused', (env, sentence) => {
    expect(faultOf(env as Record<string, string>)).toContain(sentence);
  });
});
