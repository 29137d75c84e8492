import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MailServer, refusal, startMailServer } from '../../../test/mail-server.ts';
import { openTestDb, START } from '../../../test/world.ts';
import { type ManualClock, manualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { keyringFrom, newKey } from '../crypto/index.ts';
import { type Actor, type Db, withSystem, withTenant } from '../db/index.ts';
import { createSmtpSender, type MailSender } from '../egress/index.ts';
import { createMetrics, type Log, type LogFields } from '../telemetry/index.ts';
import { createMail, defineMail, type Mail } from './index.ts';

const invitation = defineMail<{ agency: string; link: string }>({
  name: 'identity.invitation',
  subject: ({ agency }) => `${agency} invites you`,
  body: ({ agency, link }) => [
    { kind: 'text', text: `${agency} works with Astrix Console.` },
    { kind: 'button', label: 'Accept the invitation', url: link },
    { kind: 'note', text: 'The link works for 72 hours.' },
  ],
});
const LINK = 'https://console.agency.example/join/8c1fd0a2-token';
const AGENCY = newId();
const to = 'priya@agency.example';
const message = { to, name: 'Priya Nair', agencyId: AGENCY, values: { agency: 'Chai & Co', link: LINK } };

let db: Db;
let clock: ManualClock;
let drop: () => Promise<void>;
let lines: string[];
let servers: MailServer[];
let senders: MailSender[];
beforeEach(async () => {
  clock = manualClock(START);
  ({ db, drop } = await openTestDb(clock));
  lines = [];
  servers = [];
  senders = [];
});
afterEach(async () => {
  for (const sender of senders) sender.close();
  for (const server of servers) await server.close();
  await drop();
});

const serve = async (options: Parameters<typeof startMailServer>[0] = {}) => {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
};

const write = (event: string, fields?: LogFields) => void lines.push(JSON.stringify({ event, ...fields }));
const log: Log = { info: write, warn: write, error: write };
const keys = { keyring: keyringFrom(newKey()), digestKey: newKey() };

/** A process with mail; `from` a sender of its own, else one to the port. */
function mailTo(port: number, sender?: MailSender): Mail {
  const smtp = { host: '127.0.0.1', port, tls: 'offered', user: null, password: null } as const;
  const used = sender ?? createSmtpSender(smtp);
  senders.push(used);
  const from = { name: 'Astrix', address: 'console@agency.example' };
  return createMail({ db, log, metrics: createMetrics(), ...keys, outlet: { sender: used, from } });
}

const queue = (mail: Mail, over: Partial<Parameters<Mail['send']>[2]> = {}) =>
  withSystem(db, 'sign-in', tx => mail.send(tx, invitation, { ...message, ...over } as typeof message));
const run = (mail: Mail) => mail.loop.run(new AbortController().signal);
const rows = async () => (await db.internals.query('select * from mails order by id')).rows;
const stateOf = async () => (await rows()).map(({ state, reason, attempts }) => ({ state, reason, attempts }));

test('a mail arrives once, in text and HTML, and nothing of it stays in the row', async () => {
  const server = await serve();
  const mail = mailTo(server.port);
  const id = await queue(mail);
  await run(mail);
  await run(mail);
  expect(server.received).toHaveLength(1);
  const [got] = server.received;
  expect(got).toMatchObject({
    subject: 'Chai & Co invites you',
    from: { name: 'Astrix', address: 'console@agency.example' },
    to: [{ name: 'Priya Nair', address: to }],
    messageId: `<${id}@agency.example>`,
    rcpt: [to],
  });
  expect(got?.text).toContain(`Accept the invitation:\n${LINK}`);
  expect(got?.html).toContain(`href="${LINK}"`);
  expect(got?.html).toContain('Chai &amp; Co works');
  expect(got?.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));
  expect(await rows()).toEqual([expect.objectContaining({ state: 'sent', sealed: null, attempts: 1 })]);
});

test('while it waits, neither the address nor the link can be read from the row, and no log line has them', async () => {
  const server = await serve({ onRcptTo: (_address, _session, done) => done(refusal(451, `4.7.1 ${to} try later`)) });
  const mail = mailTo(server.port);
  await queue(mail);
  await run(mail);
  expect(await stateOf()).toEqual([{ state: 'queued', reason: 'smtp-451', attempts: 1 }]);
  const kept = JSON.stringify([await rows(), lines]);
  for (const secret of ['priya', 'agency.example', '8c1fd0a2-token', 'Chai']) expect(kept).not.toContain(secret);
});

test('the mail is part of the transaction that queues it', async () => {
  const server = await serve();
  const mail = mailTo(server.port);
  const lost = withSystem(db, 'sign-in', async tx => {
    await mail.send(tx, invitation, message);
    throw new Error('no');
  });
  await expect(lost).rejects.toThrow('no');
  await run(mail);
  expect(server.received).toEqual([]);
});

test('a tenant queues for its own agency alone, sees what became of it, and reads nothing else', async () => {
  const server = await serve();
  const mail = mailTo(server.port);
  const actor: Actor = { agencyId: AGENCY, personId: newId(), role: 'owner', sessionId: newId(), clientIds: 'all' };
  const id = await withTenant(db, actor, tx => mail.send(tx, invitation, { ...message, dedupe: 'one' }));
  expect(await withTenant(db, actor, tx => mail.send(tx, invitation, { ...message, dedupe: 'one' }))).toBeNull();
  await run(mail);
  const seen = (as: Actor) => withTenant(db, as, tx => mail.deliveries(tx, [String(id)]));
  expect(await seen(actor)).toEqual([{ id, state: 'sent', reason: null, sentAt: START }]);
  expect(await seen({ ...actor, agencyId: newId() })).toEqual([]);
  for (const agencyId of [newId(), null])
    await expect(withTenant(db, actor, tx => mail.send(tx, invitation, { ...message, agencyId }))).rejects.toThrow(
      /row-level security/,
    );
  await expect(withTenant(db, actor, tx => tx.selectFrom('mails').select('sealed').execute())).rejects.toThrow(
    /permission denied/,
  );
  expect(server.received).toHaveLength(1);
});

test('a server that is down keeps nothing back: the mail waits longer each time and arrives when it is back', async () => {
  const gone = await startMailServer();
  await gone.close();
  const mail = mailTo(gone.port);
  await queue(mail);
  await run(mail);
  expect(await stateOf()).toEqual([{ state: 'queued', reason: 'unreached', attempts: 1 }]);
  await run(mail);
  expect((await stateOf())[0]?.attempts).toBe(1);
  const server = await serve();
  const later = mailTo(server.port);
  clock.advance(29);
  await run(later);
  expect(server.received).toEqual([]);
  clock.advance(1);
  await run(later);
  expect(server.received).toHaveLength(1);
});

test('trouble with the server is not counted against the mails that wait behind the first', async () => {
  const gone = await startMailServer();
  await gone.close();
  const mail = mailTo(gone.port);
  for (let n = 0; n < 30; n++) await queue(mail, { to: `p${n}@agency.example` });
  await run(mail);
  const attempts = (await rows()).map(row => Number(row.attempts));
  expect(attempts.filter(count => count > 0).length).toBeLessThanOrEqual(4);
  expect(attempts.every(count => count <= 1)).toBe(true);
});

test('a mail that is never taken is given up after a day with its reason, and is erased', async () => {
  const server = await serve({ onRcptTo: (_address, _session, done) => done(refusal(450, '4.2.0 grey list')) });
  const mail = mailTo(server.port);
  await queue(mail);
  for (let passed = 0; passed <= 24 * 3600; passed += 1800) {
    await run(mail);
    clock.advance(1800);
  }
  expect(await rows()).toEqual([expect.objectContaining({ state: 'failed', reason: 'smtp-450', sealed: null })]);
  expect(lines.at(-1)).toContain('a mail was given up');
});

test('a grey list lets the second attempt pass, with the same Message-ID', async () => {
  const ids: string[] = [];
  let first = true;
  const server = await serve({
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        ids.push(/^Message-ID: (.*)$/im.exec(text)?.[1] ?? '');
        done(first ? refusal(451, 'come back') : null);
        first = false;
      });
    },
  });
  const mail = mailTo(server.port);
  await queue(mail);
  await run(mail);
  clock.advance(60);
  await run(mail);
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(ids[1]);
  expect(await stateOf()).toEqual([{ state: 'sent', reason: null, attempts: 2 }]);
});

test('a process that dies between the mail server and its row sends the mail again as the same mail', async () => {
  const server = await serve();
  const real = createSmtpSender({ host: '127.0.0.1', port: server.port, tls: 'offered', user: null, password: null });
  const send: MailSender['send'] = async mail => {
    await real.send(mail);
    throw new Error('the process died');
  };
  const dying = mailTo(server.port, { ...real, send });
  await queue(dying);
  await expect(run(dying)).rejects.toThrow('died');
  const other = mailTo(server.port);
  await run(other);
  expect(server.received).toHaveLength(1);
  clock.advance(301);
  await run(other);
  expect(server.received.map(got => got.messageId)).toEqual([
    server.received[0]?.messageId,
    server.received[0]?.messageId,
  ]);
  expect(await stateOf()).toEqual([{ state: 'sent', reason: null, attempts: 2 }]);
});

test('an address without a mailbox gets nothing more, until an operator allows it again', async () => {
  const server = await serve({
    onRcptTo: ({ address }, _session, done) => done(address === to ? refusal(550, '5.1.1 no such user') : null),
  });
  const mail = mailTo(server.port);
  await queue(mail);
  await run(mail);
  await queue(mail, { to: 'Priya@AGENCY.example' });
  await queue(mail, { to: 'asha@agency.example' });
  await run(mail);
  expect(await stateOf()).toEqual([
    { state: 'failed', reason: 'smtp-550', attempts: 1 },
    { state: 'failed', reason: 'address-refused-before', attempts: 1 },
    { state: 'sent', reason: null, attempts: 1 },
  ]);
  expect(await withSystem(db, 'send-mail', tx => mail.allow(tx, to))).toBe(true);
  expect(await withSystem(db, 'send-mail', tx => mail.allow(tx, to))).toBe(false);
});

test('a refusal by policy ends this mail and says nothing about the mailbox', async () => {
  let words = '5.7.1 looks like spam';
  const server = await serve({ onRcptTo: (_address, _session, done) => done(words ? refusal(550, words) : null) });
  const mail = mailTo(server.port);
  await queue(mail);
  await run(mail);
  words = '';
  await queue(mail);
  await run(mail);
  expect((await stateOf()).map(({ state }) => state)).toEqual(['failed', 'sent']);
});

test('a report that comes back later marks the mail and stops further mail to its address', async () => {
  const server = await serve();
  const mail = mailTo(server.port);
  const id = await queue(mail);
  await run(mail);
  expect(await withSystem(db, 'send-mail', tx => mail.bounced(tx, String(id)))).toBe(true);
  expect(await withSystem(db, 'send-mail', tx => mail.bounced(tx, newId()))).toBe(false);
  await queue(mail);
  await run(mail);
  expect((await stateOf()).map(({ state }) => state)).toEqual(['bounced', 'failed']);
  expect(server.received).toHaveLength(1);
});

test('a mail whose link has ended is not sent any more', async () => {
  const server = await serve();
  const mail = mailTo(server.port);
  await queue(mail, { until: new Date(START.getTime() + 600_000) });
  clock.advance(600);
  await run(mail);
  expect(server.received).toEqual([]);
  expect(await stateOf()).toEqual([{ state: 'failed', reason: 'too-late', attempts: 1 }]);
});

test('without a mail server nothing is queued, and callers are told', async () => {
  const mail = createMail({ db, log, metrics: createMetrics(), ...keys, outlet: null });
  expect(mail.ready).toBe(false);
  expect(await queue(mail)).toBeNull();
  await run(mail);
  expect(await rows()).toEqual([]);
});

test('two processes send each of five hundred mails once', async () => {
  const server = await serve();
  const [one, other] = [mailTo(server.port), mailTo(server.port)];
  await withSystem(db, 'sign-in', async tx => {
    for (let n = 0; n < 500; n++) await one.send(tx, invitation, { ...message, to: `p${n}@agency.example` });
  });
  await Promise.all([run(one), run(other)]);
  expect(new Set(server.received.map(({ rcpt }) => rcpt[0])).size).toBe(500);
  expect(server.received).toHaveLength(500);
});

test('the retention sweep has an end for each row', async () => {
  const server = await serve();
  const mail = mailTo(server.port);
  await queue(mail);
  const [row] = await rows();
  expect(row?.expires_at).toEqual(new Date(START.getTime() + 180 * 24 * 3600_000));
});
