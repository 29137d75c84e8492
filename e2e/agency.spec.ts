import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { currentCode } from '../backend/src/modules/identity/index.ts';
import { closeBrowser, faultsOf, type OpenConsole, openStage, type Stage } from './stage.ts';

/** An agency that starts from nothing: no demo, one owner, and everything else made on screens. */
const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');
mkdirSync(PICTURES, { recursive: true });

const AGENCY = 'Monsoon Retail Studio';
const PASSWORD = 'kettle orbit maple 47';
const OWNER = 'owner@agency.example';
const AGENT = 'ravi@agency.example';
const ANALYST = 'meera@agency.example';
const NUMBER = '200000000000001';

let stage: Stage;
let opened: OpenConsole;
let page: Page;
let agents: OpenConsole;
const secrets = new Map<string, string>();

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage({ agency: { name: AGENCY, owner: OWNER } });
  opened = await stage.openConsole({ name: 'owner' });
  page = opened.page;
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const picture = (name: string) => page.screenshot({ path: join(PICTURES, `agency-${name}.png`) });
const codeOf = async (email: string) => (await currentCode(secrets.get(email) ?? '', new Date())).code;

/** Joins on the pages of the backend, in the person's own browser. */
async function joinAs(link: string, email: string, name: string): Promise<void> {
  const tab = await opened.browserTab();
  await tab.goto(link);
  await tab.getByLabel('Your name').fill(name);
  await tab.getByLabel('Choose a password').fill(PASSWORD);
  await tab.getByRole('button', { name: 'Continue' }).click();
  await tab.getByText('It cannot be scanned?').click();
  secrets.set(email, ((await tab.locator('code.key').textContent()) ?? '').replaceAll(' ', ''));
  await tab.getByLabel('Code that the app shows now').fill(await codeOf(email));
  await tab.getByRole('button', { name: 'Confirm' }).click();
  await expect(tab.getByRole('heading', { level: 1, name: 'You have joined' })).toBeVisible();
  await tab.close();
}

/** A code is used once, so the next one is waited for: at most half a minute. */
async function signIn(on: Page, email: string): Promise<void> {
  await on.getByLabel('Work e-mail').fill(email);
  await on.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await on.keyboard.press('Enter');
  const field = on.getByRole('textbox', { name: 'Code from your authenticator' });
  await field.waitFor();
  await expect(async () => {
    await field.click();
    await on.keyboard.type(await codeOf(email));
    await expect(on.getByRole('navigation', { name: 'Clients' })).toBeVisible({ timeout: 6000 });
  }).toPass();
}

async function addClient(name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: `Add ${name}` }).click();
  await expect(page.getByRole('heading', { name })).toBeVisible();
}

test('AU-10: the owner joins with an authenticator, and signs in to an agency that has nothing yet', async () => {
  await joinAs(stage.invitation ?? '', OWNER, 'Kavita Deshpande');
  await signIn(page, OWNER);
  await expect(page.getByRole('heading', { name: `Welcome to ${AGENCY}` })).toBeVisible();
  expect(await faultsOf(opened)).toEqual([]);
  await picture('start');
});

test('two clients are added, each with a mark of its own', async () => {
  await page.getByRole('button', { name: 'Add a client' }).click();
  await addClient('Chai Katha');
  await picture('client');
  await page.getByRole('button', { name: 'All clients', exact: true }).click();
  await page.getByRole('button', { name: 'Add a client' }).click();
  await addClient('श्री अन्नपूर्णा गृह उद्योग');
  await expect(page.getByRole('navigation', { name: 'Clients' }).getByRole('listitem')).toHaveCount(2);
  expect(await faultsOf(opened)).toEqual([]);
});

/** The link that the newest mail to a person holds. */
async function invitedBy(email: string): Promise<string> {
  const linkOf = async () => {
    const mail = (await stage.mails()).find(({ rcpt }) => rcpt === email);
    return /http\S+\/join\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
  };
  await expect.poll(linkOf).not.toBe('');
  return linkOf();
}

async function fillInvitation(email: string, role: 'agent' | 'analyst'): Promise<void> {
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Role').selectOption(role);
  await page.getByRole('dialog').getByText('Chai Katha').click();
}

async function invited(email: string): Promise<void> {
  await expect(page.getByText(`A mail to ${email} is on its way`)).toBeVisible();
  expect(await faultsOf(opened)).toEqual([]);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

test('AU-15: an agent and an analyst are invited by mails, and the agent joins and signs in', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await fillInvitation(AGENT, 'agent');
  await page.getByRole('button', { name: 'Invite as agent' }).click();
  await invited(AGENT);
  await fillInvitation(ANALYST, 'analyst');
  await page.getByRole('button', { name: 'Invite as analyst' }).click();
  await invited(ANALYST);
  expect(await invitedBy(ANALYST)).not.toBe(await invitedBy(AGENT));
  await joinAs(await invitedBy(AGENT), AGENT, 'Ravi Kumar');
  agents = await stage.openConsole({ name: 'agent' });
  await signIn(agents.page, AGENT);
  // The other client is not the agent's.
  await expect(agents.page.getByRole('navigation', { name: 'Clients' }).getByRole('listitem')).toHaveCount(1);
  expect(await faultsOf(agents)).toEqual([]);
});

test('a number is connected, a customer writes, and the agent answers as the client', async () => {
  await page
    .getByRole('navigation', { name: 'Clients' })
    .getByRole('button', { name: /^Chai Katha/ })
    .click();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page
    .getByRole('navigation', { name: 'Systems' })
    .getByRole('button', { name: /^WhatsApp/ })
    .click();
  await page.getByLabel('Access token', { exact: true }).fill('EAAGsandbox-token-of-a-system-user');
  await page.getByLabel('Phone number ID').fill(NUMBER);
  await page.getByLabel('WhatsApp Business Account ID').fill('100000000000001');
  await page.getByRole('button', { name: 'Connect for Chai Katha' }).click();
  await expect(page.getByRole('button', { name: 'Disconnect', exact: true })).toBeVisible();
  expect(await faultsOf(opened)).toEqual([]);
  await picture('connected');
  await stage.customerWrites({ name: 'Meher Contractor', phone: '919812300001', text: 'Is the kettle in stock?' });
  const on = agents.page;
  await on
    .getByRole('navigation', { name: 'Clients' })
    .getByRole('button', { name: /^Chai Katha/ })
    .click();
  await on.getByRole('option').filter({ hasText: 'Meher Contractor' }).click();
  await on.getByLabel('Reply text').fill('Yes, in two sizes.');
  await on.getByRole('button', { name: 'Send as Chai Katha' }).click();
  await expect(on.getByText(/^Read /).last()).toBeAttached();
  const { executed } = await stage.ledger();
  expect(executed.map(({ accountId, text }) => [accountId, text])).toEqual([[NUMBER, 'Yes, in two sizes.']]);
});

test('AU-09: the agent is off-boarded, is signed out within seconds, and cannot sign in again', async () => {
  await page.getByRole('button', { name: /^Agency/ }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await page.getByRole('button', { name: /Ravi Kumar/ }).click();
  await page.getByRole('button', { name: 'Off-board…' }).click();
  await page.getByRole('button', { name: 'Off-board Ravi Kumar' }).click();
  await expect(agents.page.getByText(/Your session was ended/)).toBeVisible({ timeout: 10_000 });
  await expect(page.getByRole('dialog', { name: 'Off-boarding report' })).toContainText('Clients taken away');
  expect(await faultsOf(opened)).toEqual([]);
  await picture('report');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('button', { name: /Ravi Kumar/ })).toHaveCount(0);
  await agents.page.getByLabel('Work e-mail').fill(AGENT);
  await agents.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await agents.page.keyboard.press('Enter');
  await expect(agents.page.getByRole('alert')).toContainText('The e-mail or password is wrong');
  await expect(agents.page.getByRole('navigation', { name: 'Clients' })).toHaveCount(0);
});

/** The server asks for a proof only five minutes after the sign-in, so its refusal is put in place of the next answer to a change. */
const refuseNextChange = () =>
  page.evaluate(() => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function refused(this: WebSocket, data) {
      const asked = JSON.parse(String(data)) as { id: number; args?: unknown[] };
      if (asked.args?.[0] !== 'routes.change') return send.call(this, data);
      WebSocket.prototype.send = send;
      const error = {
        ...{ code: 'refused', reason: 'Confirm that it is you', next: 'Enter a code.', serverCode: 'step_up_needed' },
        ...{ reference: null, retryAfterSeconds: null, fields: [] },
      };
      const reply = JSON.stringify({ kind: 'reply', id: asked.id, value: { ok: false, error } });
      this.dispatchEvent(new MessageEvent('message', { data: reply }));
    };
  });

test('AU-12: the proof is asked for over the open dialog, which keeps what was typed, and then it is done', async () => {
  test.skip(opened.kind === 'electron', 'the answers of the main process of Electron cannot be replaced from here');
  const third = 'arjun@agency.example';
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await fillInvitation(third, 'agent');
  await refuseNextChange();
  await page.getByRole('button', { name: 'Invite as agent' }).click();
  await expect(proof.getByLabel('Code from your authenticator app')).toBeFocused();
  expect(await faultsOf(opened)).toEqual([]);
  await picture('step-up');
  await page.keyboard.press('Escape');
  await expect(proof).toHaveCount(0);
  await expect(page.getByText('Nothing was changed.')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue(third);
  await refuseNextChange();
  await page.getByRole('button', { name: 'Invite as agent' }).click();
  await proof.getByLabel('Code from your authenticator app').fill(await codeOf(OWNER));
  await page.keyboard.press('Enter');
  await invited(third);
});
