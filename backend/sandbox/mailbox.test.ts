import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { secret } from '../src/kernel/secret.ts';
import { createSmtpSender } from '../src/platform/egress/index.ts';
import { type Sandbox, startSandbox } from './server.ts';

let sandbox: Sandbox;
let mailPort: number;
beforeEach(async () => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  mailPort = (server.address() as AddressInfo).port;
  await new Promise(resolve => server.close(resolve));
  sandbox = await startSandbox({ webhookUrl: 'http://127.0.0.1:9', appSecret: 'x', numbers: [], mailPort }, 0);
});
afterEach(() => sandbox.close());

const read = async (path: string) => {
  const reply = await fetch(`${sandbox.url}${path}`);
  return { status: reply.status, csp: reply.headers.get('content-security-policy'), text: await reply.text() };
};

test('a mail of the demo is in the mailbox, as text and HTML, and its links open', async () => {
  const link = 'https://console.agency.example/join/abc';
  const sender = createSmtpSender({
    host: '127.0.0.1',
    port: mailPort,
    tls: 'offered',
    user: null,
    password: secret(''),
  });
  const sent = await sender.send({
    messageId: 'one@agency.example',
    from: { name: 'Astrix', address: 'console@agency.example' },
    to: { name: 'Priya', address: 'priya@agency.example' },
    subject: '<b>Chai</b> invites you',
    text: `Come: ${link}\n<script>`,
    html: `<html><head></head><body><script>x</script><a href="${link}">Join</a></body></html>`,
    at: new Date(),
    signal: new AbortController().signal,
  });
  sender.close();
  expect(sent).toEqual({ kind: 'sent' });
  expect((await read('/_mailbox')).text).toContain('&#60;b&#62;Chai&#60;/b&#62; invites you');
  expect(JSON.parse((await read('/_sandbox/mails')).text)).toMatchObject([
    { number: 1, rcpt: 'priya@agency.example', subject: '<b>Chai</b> invites you' },
  ]);
  const asText = (await read('/_mailbox/1?as=text')).text;
  expect(asText).toContain(`<a href="${link}" target="_blank" rel="noreferrer">${link}</a>`);
  expect(asText).toContain('&#60;script&#62;');
  expect((await read('/_mailbox/1')).text).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  const html = await read('/_mailbox/1/html');
  expect(html.csp).toBe("default-src 'none'; style-src 'unsafe-inline'");
  expect(html.text).toContain('<base target="_blank">');
});

test('a mail that is not there is said to be gone', async () => {
  expect((await read('/_mailbox/7')).status).toBe(404);
  expect((await read('/_mailbox/7/html')).status).toBe(404);
  expect((await read('/_mailbox')).text).toContain('No mail yet.');
});
