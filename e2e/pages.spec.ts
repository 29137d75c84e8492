import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ERRORS } from '@astrix/contract';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { currentCode } from '../backend/src/modules/identity/index.ts';
import { CHROMIUM, openStage, type Stage } from './stage.ts';

/** The public pages as a person sees them in their own browser: joining, signing in with each factor, and in every theme. */
const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');
mkdirSync(PICTURES, { recursive: true });

let stage: Stage;
let browser: Browser;
/** Passkeys belong to a name, and an address in digits is none. */
let home: string;
let link: string;
let secret: string;
let context: BrowserContext;
let page: Page;
/** Where a console would wait. */
let loopback: Server;
const visits: URL[] = [];

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage();
  home = stage.backendUrl.replace('127.0.0.1', 'localhost');
  browser = await chromium.launch(CHROMIUM ? { executablePath: CHROMIUM } : {});
  context = await browser.newContext();
  page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  loopback = createServer((request, reply) => {
    visits.push(new URL(request.url ?? '', 'http://127.0.0.1'));
    reply.writeHead(200, { 'content-type': 'text/html' }).end('<title>console</title>');
  });
  await new Promise<void>(resolve => loopback.listen(0, '127.0.0.1', resolve));
  link = await invite('asha@agency.example');
});
test.afterAll(async () => {
  await browser?.close();
  loopback?.close();
  await stage?.close();
});

const api = async (path: string, init: RequestInit = {}) => {
  const reply = await fetch(`${stage.backendUrl}${path}`, init);
  const body = (await reply.json()) as Record<string, unknown>;
  if (!reply.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body;
};
const post = (path: string, body: object, token?: string) =>
  api(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });

/** The owner of the demo invites an agent, and the link arrives in the mailbox. */
async function invite(email: string): Promise<string> {
  const { people } = (await api('/v1/demo/people')) as { people: Record<string, string>[] };
  const owner = people.find(({ role }) => role === 'owner')!;
  const device = { name: 'Test', platform: 'linux', key: randomBytes(32).toString('base64url') };
  const first = await post('/v1/auth/sign-in', { email: owner.email, password: owner.password, device });
  const session = await post('/v1/auth/totp', { challenge: first.challenge, code: owner.code });
  await post('/v1/invitations', { email, role: 'agent', clientIds: [], teamIds: [] }, String(session.accessToken));
  let sent: string | undefined;
  await expect
    .poll(async () => {
      const mail = (await stage.mails()).find(({ rcpt }) => rcpt.includes(email));
      sent = mail?.text.match(/https?:\/\/\S+\/join\/[\w-]+/)?.[0];
      return sent;
    })
    .toBeDefined();
  return sent!.replace(stage.backendUrl, home);
}

/** The page in light, in dark and on a phone; nothing serious for axe in light and dark, and nothing wider than the screen. */
async function look(name: string): Promise<void> {
  for (const [theme, width] of [
    ['light', 1100],
    ['dark', 1100],
    ['light', 360],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: join(PICTURES, `pages-${name}-${theme}-${width}.png`), fullPage: true });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target).join(' ')}`)).toEqual([]);
    expect(await page.locator('html').evaluate(html => html.scrollWidth <= html.clientWidth)).toBe(true);
  }
  await page.setViewportSize({ width: 1100, height: 900 });
}

const begin = () => {
  const random = () => randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    code_challenge: createHash('sha256').update(random()).digest('base64url'),
    code_challenge_method: 'S256',
    state: random(),
    port: String((loopback.address() as AddressInfo).port),
    device_key: random(),
    device_name: 'Priya’s laptop',
  });
  return `${home}/sign-in?${query}`;
};
const heading = (name: string | RegExp) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
const code = async () => (await currentCode(secret, new Date())).code;

test('AU-15: an invited person chooses a name and a password', async () => {
  await page.goto(link);
  await heading(/^Join /);
  await look('join');
  await page.getByLabel('Your name').fill('Asha Menon');
  await page.getByLabel('Choose a password').fill('password1234');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look('join-refused');
  await page.getByLabel('Choose a password').fill('kettle orbit maple 47');
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading('Set up your second factor');
});

test('AU-11: an authenticator is set up with its first code, and the recovery codes are shown once', async () => {
  await look('authenticator');
  await page.getByText('It cannot be scanned?').click();
  secret = ((await page.locator('code.key').textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('Code that the app shows now').fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('alert')).toContainText(ERRORS.totp_refused.reason);
  await page.getByLabel('Code that the app shows now').fill(await code());
  await page.getByRole('button', { name: 'Confirm' }).click();
  await heading('You have joined');
  await expect(page.locator('ul.codes li')).toHaveCount(10);
  await look('recovery-codes');
  await page.goto(link);
  await heading('This invitation has been used');
  await look('used');
});

test('AU-02: the browser signs a console in with password and code, and brings it a code of its own', async () => {
  await page.goto(begin());
  await heading('Sign in');
  await look('sign-in');
  await page.getByRole('link', { name: 'Use your password' }).click();
  await look('password');
  await page.getByLabel('Work e-mail').fill('asha@agency.example');
  await page.getByLabel('Password').fill('kettle orbit maple 47');
  await page.keyboard.press('Enter');
  await heading('Confirm that it is you');
  await look('code');
  // The code of the enrolment is used up; the next one is at most half a minute away.
  await expect(async () => {
    await page.getByLabel('Code from your authenticator').fill(await code());
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/127\.0\.0\.1|signed-in/, { timeout: 3000 });
  }).toPass();
  await expect.poll(() => visits.length).toBeGreaterThan(0);
  expect(visits[0]!.pathname).toBe('/signed-in');
  expect(visits[0]!.searchParams.get('code')).toMatch(/^astrix-code-/);
});

test('AU-10: a passkey is set up while joining, and signs in alone', async () => {
  await page.goto(await invite('ravi@agency.example'));
  await page.getByLabel('Your name').fill('Ravi Iyer');
  await page.getByLabel('Choose a password').fill('kettle orbit maple 48');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Set up a passkey on this device' }).click();
  await heading('You have joined');
  const before = visits.length;
  await page.goto(begin());
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect.poll(() => visits.length).toBeGreaterThan(before);
});

test('a page that nobody began, and help for who cannot sign in', async () => {
  await page.goto(`${home}/sign-in`);
  await look('nobody');
  await page.goto(`${home}/recover`);
  await look('recover');
});

test('the pages work without scripts', async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const tab = await plain.newPage();
  await tab.goto(begin());
  await tab.getByRole('link', { name: 'Use your password' }).click();
  await tab.getByLabel('Work e-mail').fill('asha@agency.example');
  await tab.getByLabel('Password').fill('not the password');
  await tab.getByRole('button', { name: 'Continue' }).click();
  await expect(tab.getByRole('alert')).toContainText(ERRORS.sign_in_refused.reason);
  await plain.close();
});
