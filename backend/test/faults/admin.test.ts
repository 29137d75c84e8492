import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failedMailOf } from '../../src/admin/mail.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { addMember, createAgency, createPerson, listAgencies, placesOf } from '../../src/modules/identity/index.ts';
import { keyringFrom, newKey } from '../../src/platform/crypto/index.ts';
import { openDb, withSystem } from '../../src/platform/db/index.ts';
import { kekBytes } from '../vault/keks.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const KEK = kekBytes('one').toString('base64');
let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'astrix-admin-'));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const PRODUCTION = { ASTRIX_ENV: 'production', ASTRIX_KEK: KEK };

function admin(args: readonly string[], env: Record<string, string> = {}, input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['backend/astrix-admin.mjs', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ASTRIX_DATA_DIR: join(data, 'backend'), ...env },
    encoding: 'utf8',
    input,
    // The process is waited for in one call, so only this ends one that hangs.
    timeout: 300_000,
  });
  return { status, stdout, stderr };
}
type Line = { what: string; state: string; says: string };
const linesOf = (stdout: string) => (JSON.parse(stdout) as { lines: Line[] }).lines;

describe('the command line', () => {
  test('help lists the commands and what they end with', () => {
    const { status, stdout } = admin(['--help']);
    expect(status).toBe(0);
    for (const word of ['check', 'migrate', 'rewrap-keys', 'export-audit', 'mail-bounce', 'Ends with 0'])
      expect(stdout).toContain(word);
    expect(admin([]).status).toBe(2);
  });

  test.each([
    [['chek'], 'chek is not a command.'],
    [['check', '--jsn'], "Unknown option '--jsn'"],
    [['export-audit'], '--out is missing.'],
    [['export-audit', '--out', 'x', '--from', 'yesterday'], '--from must be a day or a moment in UTC'],
  ])('%j ends with 2 and a sentence, without a stack', (args, sentence) => {
    const { status, stdout, stderr } = admin(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('the backend itself answers a wrong option with its help', () => {
    const env = { PATH: process.env.PATH };
    const run = spawnSync(process.execPath, ['backend/serve.mjs', '--migrate'], { cwd: root, env, encoding: 'utf8' });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("Unknown option '--migrate'");
    expect(run.stderr).toContain('DATABASE_URL');
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  test('an old Node is told which one is needed', () => {
    const text = readFileSync(join(root, 'backend/node-version.mjs'), 'utf8');
    // The same file, as Node 20 runs it.
    const script = `Object.defineProperty(process.versions, 'node', { value: '20.20.0' });\n${text}`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'Astrix needs Node 24 or newer, and this is 20.20.0. Install Node 24 (https://nodejs.org), or use the container image.\n',
    );
    for (const entry of ['serve.mjs', 'astrix-admin.mjs'])
      expect(readFileSync(join(root, 'backend', entry), 'utf8')).toMatch(
        /import '\.\/node-version\.mjs';\n\nawait import\(/,
      );
  });
});

describe('check', () => {
  test('names each fault of the configuration and ends with 1', () => {
    const { status, stdout } = admin(['check', '--json'], { ASTRIX_ENV: 'production', ASTRIX_PUBLICURL: 'x' });
    expect(status).toBe(1);
    expect(linesOf(stdout).map(({ state }) => state)).toEqual(['fault', 'fault']);
    expect(stdout).toContain('Did you mean ASTRIX_PUBLIC_URL?');
    expect(stdout).toContain('ASTRIX_KEK must be set in production');
  });

  test('on an empty installation it says what people cannot do yet, and changes nothing', () => {
    const first = admin(['check', '--json'], PRODUCTION);
    expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 3, stderr: '' });
    const by = Object.fromEntries(linesOf(first.stdout).map(line => [line.what, line]));
    expect(by['Public address']?.says).toContain('connecting by a sign-in at a provider is refused');
    expect(by.Mail?.says).toContain('shown as a link to copy');
    expect(by['App GOOGLE']?.says).toMatch(/Google Ads.*cannot be connected/);
    expect(by.Backups?.says).toContain('Stop the backend, copy its data folder');
    expect(by.Migrations?.state).toBe('note');
    expect(first.stdout).not.toContain(KEK);
    expect(linesOf(admin(['check', '--json'], PRODUCTION).stdout)).toEqual(linesOf(first.stdout));
  });

  test('after a migration the key and the agency are looked at as well', () => {
    expect(JSON.parse(admin(['migrate', '--json'], PRODUCTION).stdout).applied.length).toBeGreaterThan(30);
    expect(admin(['migrate'], PRODUCTION).stdout).toBe('The database is up to date.\n');
    const { stdout } = admin(['check'], PRODUCTION);
    expect(stdout).toMatch(/OFF {3}Agency +Nobody can sign in\. Make the agency and its owner: astrix-admin init/);
    expect(stdout).toMatch(/ok {4}Key +ASTRIX_KEK is [0-9a-f]{16}/);
  });

  test('half of a configuration for Amazon is a fault', () => {
    const amazon = { ASTRIX_APP_AMAZON_ID: 'an-id', ASTRIX_APP_AMAZON_SECRET: 'a-secret-without-the-client' };
    const { status, stdout } = admin(['check'], { ...PRODUCTION, ...amazon });
    expect(status).toBe(1);
    expect(stdout).toContain('must be <client id>:<client secret>');
  });

  test('a mail server that is not there is told from one that is', () => {
    const mail = { ASTRIX_SMTP_URL: 'smtp://127.0.0.1:9', ASTRIX_MAIL_FROM: 'console@agency.example' };
    const { status, stdout } = admin(['check'], { ...PRODUCTION, ...mail });
    expect(status).toBe(1);
    expect(stdout).toContain('The server in ASTRIX_SMTP_URL does not answer.');
  });
});

describe('export-audit', () => {
  test('without an agency it says how to make one', () => {
    const { status, stderr } = admin(['export-audit', '--out', join(data, 'none.jsonl')], PRODUCTION);
    expect(status).toBe(2);
    expect(stderr).toContain('There is no agency yet.');
  });

  test('writes what happened, checks the chain, never over a file, and leaves a trace of itself', async () => {
    const db = await openDb({ dataDir: join(data, 'backend'), clock: systemClock });
    const id = newId();
    await withSystem(db, 'sign-in', tx => createAgency(tx, { id, name: 'Chai Katha' }));
    await db.close();
    const [one, two] = [join(data, 'one.jsonl'), join(data, 'two.jsonl')];
    const first = admin(['export-audit', '--out', one, '--json'], PRODUCTION);
    expect(JSON.parse(first.stdout)).toEqual({ agency: id, rows: 0, file: one, checked: 0, firstBad: null });
    const again = admin(['export-audit', '--out', one], PRODUCTION);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('is there already');
    const second = admin(['export-audit', '--out', two, '--agency', id], PRODUCTION);
    expect(second.stdout).toContain(`Wrote 1 rows of Chai Katha to ${two}. The chain of 1 is whole.`);
    expect(JSON.parse(readFileSync(two, 'utf8').trim())).toMatchObject({ event: 'operator.export-audit', seq: 1 });
    expect(statSync(two).mode & 0o777).toBe(0o600);
    const other = admin(['export-audit', '--out', join(data, 'x'), '--agency', newId()], PRODUCTION);
    expect(other.stderr).toContain(`${id}  Chai Katha`);
  });
});

describe('init', () => {
  const OWN = { ...PRODUCTION, ASTRIX_PUBLIC_URL: 'https://console.agency.example' };
  const make = ['init', '--agency-name', 'चाय कथा', '--email', 'Owner@agency.example'];
  let own: Record<string, string>;
  beforeAll(() => {
    own = { ...OWN, ASTRIX_DATA_DIR: join(data, 'init') };
  });

  test('without a public address the link would lead nowhere, and nothing is made', () => {
    const { ASTRIX_PUBLIC_URL: _none, ...env } = own;
    const { status, stderr } = admin(make, env);
    expect(status).toBe(1);
    expect(stderr).toContain('ASTRIX_PUBLIC_URL must be set: the link of an invitation leads there.');
  });

  test.each([
    ['owner', '--email must be the address of one mailbox'],
    ['a@b.example, c@d.example', '--email must be the address of one mailbox'],
  ])('the address %s is refused', (email, sentence) => {
    const { status, stderr } = admin(['init', '--agency-name', 'x', '--email', email], own);
    expect(status).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('makes the agency and one link, once', () => {
    const first = admin([...make, '--json'], own);
    expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: '' });
    const { link, email } = JSON.parse(first.stdout) as { link: string; email: string };
    expect(email).toBe('owner@agency.example');
    expect(link).toMatch(/^https:\/\/console\.agency\.example\/join\/astrix-invite-[\w-]{43}$/);
    const second = admin(make, own);
    expect({ status: second.status, stdout: second.stdout }).toEqual({ status: 1, stdout: '' });
    expect(second.stderr).toContain('This database has an agency already, and nothing was changed.');
    const again = admin(['create-owner-invitation', '--email', email], own);
    expect(again.stdout).toMatch(/An owner of चाय कथा is invited\.[\s\S]*https:\/\/console\.agency\.example\/join\//);
    expect(again.stdout).not.toContain(link);
  });

  test('with a mail server the owner gets the link by mail, and the operator sees it as well', () => {
    const mail = { ASTRIX_SMTP_URL: 'smtp://127.0.0.1:9', ASTRIX_MAIL_FROM: 'console@agency.example' };
    const args = ['create-owner-invitation', '--email', 'second@agency.example'];
    const { status, stdout } = admin(args, { ...own, ...mail });
    expect(status).toBe(0);
    expect(stdout).toContain('The backend mails this link to second@agency.example as soon as it runs.');
    expect(stdout).toMatch(/until \d+ \w+ \d{4}, \d+:\d\d [ap]m IST/);
    expect(stdout).toMatch(/https:\/\/console\.agency\.example\/join\/astrix-invite-/);
    expect(JSON.parse(admin([...args, '--json'], own).stdout)).toMatchObject({ mailed: false });
  });

  test('a person is suspended in the one agency that is named', async () => {
    const db = await openDb({ dataDir: own.ASTRIX_DATA_DIR ?? '', clock: systemClock });
    const email = 'asha@agency.example';
    const other = newId();
    const personId = await withSystem(db, 'operator', async tx => {
      const [first] = await listAgencies(tx);
      await createAgency(tx, { id: other, name: 'Other' });
      const person = { email, name: 'Asha Menon', passwordHash: 'none', totp: null };
      const id = await createPerson(tx, keyringFrom(newKey()), person);
      for (const agency of [first!.id, other]) await addMember(tx, agency, id, 'owner');
      return id;
    });
    await db.close();
    const vague = admin(['suspend', '--email', email], own);
    expect({ status: vague.status, stdout: vague.stdout }).toEqual({ status: 2, stdout: '' });
    expect(vague.stderr).toContain(
      '--agency must be the id of one of the agencies in which asha@agency.example works:',
    );
    expect(vague.stderr).toContain(`${other}  Other`);
    const named = admin(['suspend', '--email', 'Asha@agency.example', '--agency', other], own);
    expect(named.status).toBe(0);
    expect(named.stdout).toContain(
      'asha@agency.example is suspended in Other, and 0 sessions ended. Other has no owner now.',
    );
    const again = await openDb({ dataDir: own.ASTRIX_DATA_DIR ?? '', clock: systemClock });
    const left = await withSystem(again, 'operator', tx => placesOf(tx, email));
    await again.close();
    expect(left).toEqual([{ agencyId: expect.not.stringContaining(other), agency: 'चाय कथा', personId }]);
  });

  test('somebody who does not work here cannot be suspended, and the sentence says so', () => {
    const { status, stderr } = admin(['suspend', '--email', 'nobody@agency.example'], own);
    expect(status).toBe(1);
    expect(stderr).toContain('Nobody with the address nobody@agency.example works here');
  });
});

describe('mail-bounce', () => {
  const id = '019ad9f0-0000-7000-8000-000000000001';
  const report = (status: string, action = 'failed') =>
    [
      'Message-ID: <report@mx.example>',
      'Content-Type: multipart/report;',
      '\treport-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Final-Recipient: rfc822; priya@agency.example',
      `Action: ${action}`,
      `Status: ${status}`,
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${id}@agency.example>`,
      '--b--',
    ].join('\r\n');

  test.each([
    ['a mailbox that does not exist', report('5.1.1'), id],
    ['a delay', report('4.2.2', 'delayed'), null],
    ['a relay that is only for now full', report('4.2.2'), null],
    ['a mail of somebody who quotes ours', `Subject: hello\r\n\r\nMessage-ID: <${id}@agency.example>`, null],
    ['nothing', '', null],
  ])('%s', (_, text, expected) => {
    expect(failedMailOf(text)).toBe(expected);
  });

  test('a report about an unknown mail changes nothing and ends with 1', () => {
    const { status, stdout } = admin(['mail-bounce'], PRODUCTION, report('5.1.1'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'No mail of this installation has that Message-ID.\n' });
  });

  test('a holiday notice ends with 0, so that the mail server does not bounce it', () => {
    expect(admin(['mail-bounce'], PRODUCTION, 'Subject: away\r\n\r\nback on Monday').status).toBe(0);
  });

  test('an address that was not held back is named as one', () => {
    expect(admin(['mail-allow', '--address', 'a@b.example'], PRODUCTION).status).toBe(1);
  });
});
