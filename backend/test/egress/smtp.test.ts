import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { createSmtpSender, type MailSender } from '../../src/platform/egress/index.ts';
import { type MailServer, refusal, startMailServer } from '../mail-server.ts';
import { makeCertificates, opensslMissing } from './certificates.ts';

const missing = opensslMissing();
const made = missing === null ? makeCertificates() : null;
const PASSWORD = 'a password that nobody may read';

let servers: MailServer[] = [];
let senders: MailSender[] = [];
let sockets: Socket[] = [];
let mute: Server | null = null;
afterEach(async () => {
  for (const sender of senders) sender.close();
  for (const server of servers) await server.close();
  for (const socket of sockets) socket.destroy();
  await new Promise(resolve => (mute ? mute.close(resolve) : resolve(null)));
  [servers, senders, sockets, mute] = [[], [], [], null];
});

async function serve(options: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

type Tls = 'implicit' | 'demanded' | 'offered';
function senderTo(
  port: number,
  tls: Tls,
  parts: { readonly ca?: string; readonly patienceMs?: number; readonly user?: string } = {},
): MailSender {
  const { user = null, ...more } = parts;
  const password = user === null ? null : secret(PASSWORD);
  const sender = createSmtpSender({ host: '127.0.0.1', port, tls, user, password }, more);
  senders.push(sender);
  return sender;
}

const mail = (over: Partial<Parameters<MailSender['send']>[0]> = {}) => ({
  messageId: `${newId()}@agency.example`,
  from: { name: 'Astrix', address: 'console@agency.example' },
  to: { name: 'Priya Nair', address: 'priya@agency.example' },
  subject: 'Join Chai Katha',
  text: 'Hello\n',
  html: '<p>Hello</p>',
  at: new Date(),
  signal: new AbortController().signal,
  ...over,
});

/** Counts who shows a user and a password. */
function watched(accepts: boolean) {
  const seen: string[] = [];
  return {
    seen,
    options: {
      authOptional: false,
      onAuth({ username, password }, _session, done) {
        seen.push(`${username}:${password}`);
        if (accepts) done(null, { user: username });
        else done(new Error('no'));
      },
    } satisfies Parameters<typeof startMailServer>[0],
  };
}

describe('TLS', () => {
  test('a server on another network without STARTTLS gets neither mail nor password', async () => {
    const { seen, options } = watched(true);
    const server = await serve(options);
    const sender = senderTo(server.port, 'demanded', { user: 'astrix' });
    expect(await sender.send(mail())).toEqual({ kind: 'later', reason: 'tls', serverTrouble: true });
    expect(await sender.check()).toBe('tls');
    expect([seen, server.received]).toEqual([[], []]);
  });

  test.skipIf(missing).each(['demanded', 'implicit'] as const)('%s: mail and password cross encrypted', async tls => {
    const { seen, options } = watched(true);
    const server = await serve({ ...options, ...made!.thisMachine, secure: tls === 'implicit' });
    const sender = senderTo(server.port, tls, { user: 'astrix', ca: made!.ca });
    expect(await sender.check()).toBeNull();
    expect(await sender.send(mail())).toEqual({ kind: 'sent' });
    expect(server.received).toMatchObject([{ secure: true, user: 'astrix', rcpt: ['priya@agency.example'] }]);
    expect(new Set(seen)).toEqual(new Set([`astrix:${PASSWORD}`]));
  });

  const BAD = ['expired', 'notYet', 'otherName', 'selfSigned', 'stranger'] as const;
  test.skipIf(missing).each(BAD.flatMap(name => (['demanded', 'implicit'] as const).map(tls => [name, tls] as const)))(
    'a certificate that is %s, %s: nothing is sent and no password is shown',
    async (name, tls) => {
      const { seen, options } = watched(true);
      const server = await serve({ ...options, ...made![name], secure: tls === 'implicit' });
      const sender = senderTo(server.port, tls, { user: 'astrix', ca: made!.ca });
      expect(await sender.send(mail())).toEqual({ kind: 'later', reason: 'tls', serverTrouble: true });
      expect([seen, server.received]).toEqual([[], []]);
    },
  );

  test.skipIf(missing)('an authority that this machine does not know is no authority', async () => {
    const server = await serve({ ...made!.thisMachine });
    expect(await senderTo(server.port, 'demanded').check()).toBe('tls');
  });
});

test.skipIf(missing)(
  'a refused sign-in is trouble with the server, and its reason says no word of the server',
  async () => {
    const { seen, options } = watched(false);
    const server = await serve({ ...options, ...made!.thisMachine });
    const sender = senderTo(server.port, 'demanded', { user: 'astrix', ca: made!.ca });
    expect(await sender.send(mail())).toEqual({ kind: 'later', reason: 'sign-in-refused', serverTrouble: true });
    expect(await sender.check()).toBe('sign-in-refused');
    expect(seen.length).toBeGreaterThan(0);
    expect(server.received).toEqual([]);
  },
);

describe('a server that is slow', () => {
  test('one that never greets is given up, and the next mail is tried anew', async () => {
    mute = createServer(socket => void sockets.push(socket));
    await once(mute.listen(0, '127.0.0.1'), 'listening');
    const { port } = mute.address() as AddressInfo;
    const sender = senderTo(port, 'offered', { patienceMs: 200 });
    for (const attempt of [1, 2]) {
      expect(await sender.send(mail())).toMatchObject({ kind: 'later', serverTrouble: true });
      expect(sockets.length).toBeGreaterThanOrEqual(attempt);
    }
  });

  test('one that takes the mail and never says so counts as not sent', async () => {
    const server = await serve({ onData: stream => void stream.resume() });
    const sender = senderTo(server.port, 'offered', { patienceMs: 300 });
    expect(await sender.send(mail())).toMatchObject({ kind: 'later', serverTrouble: true });
  });
});

describe('what stands in a header', () => {
  const INJECTED = 'Hello\r\nBcc: thief@evil.example\r\n\r\nanother body';

  test.each([
    ['subject', { subject: INJECTED }],
    ['name of the recipient', { to: { name: INJECTED, address: 'priya@agency.example' } }],
    ['name of the sender', { from: { name: INJECTED, address: 'console@agency.example' } }],
    [
      'name that looks like two addresses',
      { to: { name: 'A" <thief@evil.example>, "B', address: 'priya@agency.example' } },
    ],
  ])('a line break in the %s adds no header, no recipient and no body', async (_, over) => {
    const server = await serve();
    expect(await senderTo(server.port, 'offered').send(mail(over))).toEqual({ kind: 'sent' });
    const [got] = server.received;
    expect(got?.rcpt).toEqual(['priya@agency.example']);
    expect(got?.headers.map(({ key }) => key)).not.toContain('bcc');
    expect([got?.to?.length, got?.to?.[0]?.address]).toEqual([1, 'priya@agency.example']);
    expect(got?.text?.trim()).toBe('Hello');
  });

  test.each([
    ['Hindi', 'प्रिया नायर', 'चाय कथा में शामिल हों'],
    ['Arabic, from right to left', 'مريم الحداد', 'انضمي إلى الفريق'],
    ['an emoji of several code points', 'Asha 👩🏽‍💻', 'Welcome 👩🏽‍💻'],
  ])('%s arrives as it was written', async (_, name, subject) => {
    const server = await serve();
    await senderTo(server.port, 'offered').send(mail({ subject, to: { name, address: 'priya@agency.example' } }));
    expect(server.received).toMatchObject([{ subject, to: [{ name, address: 'priya@agency.example' }] }]);
    // Header lines are ASCII: old servers on the way take them as well.
    expect(server.received[0]?.raw.split('\r\n\r\n', 1)[0]).toMatch(/^[\x20-\x7e\r\n\t]*$/);
  });

  test('an address in another script goes to a server that takes it; one that does not says nothing about the mailbox', async () => {
    const to = { name: undefined, address: 'प्रिया@xn--l1b0a3b8b.example' };
    const able = await serve();
    expect(await senderTo(able.port, 'offered').send(mail({ to }))).toEqual({ kind: 'sent' });
    expect(able.received[0]?.rcpt).toEqual([expect.stringMatching(/^प्रिया@/)]);
    const old = await serve({
      hideSMTPUTF8: true,
      onRcptTo: (_address, _session, done) => done(refusal(553, '5.6.7 addresses are ASCII here')),
    });
    const outcome = await senderTo(old.port, 'offered').send(mail({ to }));
    expect(outcome).toEqual({ kind: 'refused', reason: 'smtp-553', badAddress: false });
  });
});
