import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { closeBrowser, faultsOf, type OpenConsole, openStage, type Stage, signInAs } from './stage.ts';

const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');
mkdirSync(PICTURES, { recursive: true });

let stage: Stage;
let opened: OpenConsole;
let page: Page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage();
  opened = await stage.openConsole();
  page = opened.page;
  await signInAs(page, 'Devika Rao');
  await page
    .getByRole('navigation', { name: 'Clients' })
    .getByRole('button', { name: /^Chai Katha/ })
    .click();
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const picture = (name: string) => page.screenshot({ path: join(PICTURES, `connections-${name}.png`) });
const systems = () => page.getByRole('navigation', { name: 'Systems' });
const system = (name: RegExp) => systems().getByRole('button', { name });
const table = (name: string | RegExp) => page.getByRole('region', { name });
const JIRA = /^Jira /;
const SITE = /^chai-katha Jira/;
const ISSUES = 'Issues changed in the last 30 days';

async function accessible(): Promise<void> {
  expect(await faultsOf(opened)).toEqual([]);
}

/** Goes where the console has sent the system browser last, and answers there as a person would. */
async function answerInBrowser(answer: 'Allow' | 'Do not allow'): Promise<string> {
  const before = (await opened.desktop()).opened.length;
  expect(before).toBeGreaterThan(0);
  const address = (await opened.desktop()).opened.at(-1) ?? '';
  expect(address).toMatch(new RegExp(`^${stage.sandboxUrl}/_browser/jira\\?`));
  const tab = await opened.browserTab();
  await tab.goto(address);
  await tab.getByRole('button', { name: answer, exact: true }).click();
  await expect(tab.getByRole('heading', { name: 'Go back to Astrix Console' })).toBeVisible();
  await tab.screenshot({
    path: join(PICTURES, `connections-browser-${answer === 'Allow' ? 'allowed' : 'refused'}.png`),
  });
  const said = await tab.getByRole('paragraph').innerText();
  await tab.close();
  return said;
}

test('OP-14: all thirty systems are shown, and one that is planned says so and cannot be connected', async () => {
  for (const key of ['g', 'c']) await page.keyboard.press(key);
  await expect(page.getByRole('heading', { name: 'Connections of Chai Katha' })).toBeVisible();
  await expect(systems().getByRole('button', { name: 'All 30' })).toBeVisible();
  await picture('overview');
  await accessible();
  await system(/^Razorpay/).click();
  await expect(page.getByText('Planned. Not available yet.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Connect / })).toHaveCount(0);
  await picture('planned');
  await page.keyboard.press('/');
  await page.keyboard.type('issues');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Reads projects and issues, with their status and due date.')).toBeVisible();
  await picture('provider');
  await accessible();
  for (const key of ['/', 'Escape', 'Escape', 'j']) await page.keyboard.press(key);
  await expect(page.getByRole('heading', { name: 'Google Calendar' })).toBeVisible();
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { name: 'Jira', exact: true })).toBeVisible();
});

test('refused at the provider: the console says so, and nothing is connected', async () => {
  await page.getByRole('button', { name: 'Connect Jira for Chai Katha' }).click();
  await expect(page.getByText('Continue in your browser')).toBeVisible();
  await picture('waiting');
  await accessible();
  expect(await answerInBrowser('Do not allow')).toContain('nothing was connected');
  await expect(page.getByText('Access was not allowed at the provider. Nothing was connected.')).toBeVisible();
  await picture('refused');
});

test('given up on the way: what the browser brings later reaches nobody', async () => {
  await page.getByRole('button', { name: 'Connect Jira for Chai Katha' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Connect Jira for Chai Katha' })).toBeVisible();
});

test('VT-07, VT-08: consent in the browser, the account is chosen and confirmed here, and its issues are there', async () => {
  await page.getByRole('button', { name: 'Connect Jira for Chai Katha' }).click();
  await expect(page.getByText('Continue in your browser')).toBeVisible();
  await answerInBrowser('Allow');
  await expect(page.getByText('Choose the account to connect')).toBeVisible();
  await page.getByRole('radio', { name: /^chai-katha/ }).check();
  await picture('choosing');
  await accessible();
  await page.getByRole('button', { name: 'Connect chai-katha for Chai Katha' }).click();
  await expect(page.getByRole('heading', { name: 'chai-katha', exact: true })).toBeVisible();
  await expect(system(SITE)).toContainText('Working');
  await expect(table(ISSUES).getByText('CK-1', { exact: true })).toBeVisible();
  await expect(page.getByText('130 rows')).toBeVisible();
  await expect(page.getByText(/From Jira · chai-katha/)).toBeVisible();
  await picture('connected');
  await accessible();
  await page.getByLabel('Search issues').fill('Diwali');
  await page.getByLabel('Search issues').press('Enter');
  await expect(table(ISSUES).getByText(/Product feed/)).toHaveCount(0);
  await expect(
    table(ISSUES)
      .getByText(/Diwali landing page/)
      .first(),
  ).toBeVisible();
  await page.getByLabel('Search issues').fill('');
  await page.getByRole('button', { name: 'Show recent calls' }).click();
  await expect(table('Calls').getByText('Devika Rao').first()).toBeVisible();
  await picture('calls');
});

test('SH-21: another client does not see it', async () => {
  const clients = page.getByRole('navigation', { name: 'Clients' });
  await clients.getByRole('button', { name: /^Indigo Loom/ }).click();
  await expect(page.getByRole('heading', { name: 'Connections of Indigo Loom' })).toBeVisible();
  await expect(page.getByText('chai-katha')).toHaveCount(0);
  await clients.getByRole('button', { name: /^Chai Katha/ }).click();
});

test('broken at the provider: the page says what happened, and one button fixes it', async () => {
  await stage.forgetConsents();
  await system(SITE).click();
  await page.getByRole('button', { name: 'Refresh from Jira' }).click();
  await expect(page.getByText('Jira no longer accepts this connection.').first()).toBeVisible();
  // What was read before is still there, and marked.
  await expect(table(ISSUES).getByText('CK-1', { exact: true })).toBeVisible();
  await expect(page.getByText('Out of date')).toBeVisible();
  await expect(system(SITE)).toContainText('Broken');
  await picture('broken');
  await accessible();
  await page.getByRole('button', { name: 'Reconnect', exact: true }).click();
  await expect(page.getByText('Continue in your browser')).toBeVisible();
  await answerInBrowser('Allow');
  await expect(page.getByRole('radio', { name: /^chai-katha/ })).toBeChecked();
  await page.getByRole('button', { name: 'Connect chai-katha for Chai Katha' }).click();
  await expect(system(SITE)).toContainText('Working');
  await expect(page.getByText('Jira no longer accepts this connection.')).toHaveCount(0);
  await picture('mended');
});

test('VT-13: one switch stops it, with the reason beside it, and lets it go on', async () => {
  await page.getByRole('button', { name: 'Turn off this connection', exact: true }).click();
  await page.getByLabel('Reason').fill('Drill of the month');
  await picture('switch-off');
  await accessible();
  await page.getByRole('button', { name: 'Turn off this connection' }).click();
  await expect(page.getByText('“Drill of the month”')).toBeVisible();
  await expect(system(SITE)).toContainText('Turned off');
  await picture('switched-off');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(system(SITE)).toContainText('Working');
});

test('A10: one person may be kept from one provider', async () => {
  await system(JIRA).click();
  const priya = page.getByRole('checkbox', { name: /Priya Nair/ });
  await priya.uncheck();
  await expect(page.getByText('Priya Nair can no longer use Jira')).toBeVisible();
  await picture('people');
  await priya.check();
  await expect(page.getByText('Priya Nair can use Jira.', { exact: true })).toBeVisible();
});

test('VT-05: a key is judged before it is sent, tried before it is kept, and never shown again', async () => {
  const key = 'rk_test_51ChaiKathaRestrictedKey';
  await system(/^Stripe /).click();
  const field = page.getByLabel('Restricted key', { exact: true });
  await field.fill('sk_live_everything');
  await page.getByRole('button', { name: 'Connect for Chai Katha' }).click();
  await expect(
    page.getByText('Restricted key must begin with rk_live_ or rk_test_', { exact: false }).first(),
  ).toBeVisible();
  await picture('key-wrong');
  await accessible();
  await field.fill('rk_test_Revoked12345');
  await page.getByRole('button', { name: 'Connect for Chai Katha' }).click();
  await expect(page.getByText(/Nothing was saved\. Enter the secrets again/)).toBeVisible();
  await expect(field).toHaveValue('');
  await picture('key-refused');
  await field.fill(key);
  await page.getByRole('button', { name: 'Connect for Chai Katha' }).click();
  await expect(page.getByRole('region', { name: /^Payment links, checkouts and payments/ })).toBeVisible();
  await expect(page.getByText('₹1,299.50').first()).toBeVisible();
  await expect(page.getByText(`••••${key.slice(-4)}`)).toBeVisible();
  expect(await page.content()).not.toContain(key);
  await picture('payments');
  await accessible();
});

test('without a server what was shown stays, marked, and nothing can be changed', async () => {
  await system(SITE).click();
  await expect(table(ISSUES).getByText('CK-1', { exact: true })).toBeVisible();
  await stage.stopBackend();
  await expect(page.getByText(/You are offline\. Showing data from/)).toBeVisible();
  await expect(table(ISSUES).getByText('CK-1', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Disconnect' })).toBeDisabled();
  await picture('offline');
  await accessible();
  await stage.startBackend();
  await expect(page.getByRole('button', { name: 'Disconnect' })).toBeEnabled();
});

test('every theme and size is drawn without a serious accessibility fault', async () => {
  for (const theme of ['Dark', 'High contrast', 'Light'] as const) {
    await page.keyboard.press('Control+,');
    await page.getByRole('radio', { name: theme }).click();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await accessible();
    await picture(theme.toLowerCase().replace(' ', '-'));
  }
  await page.setViewportSize({ width: 1024, height: 700 });
  await picture('1024');
  await page.setViewportSize({ width: 720, height: 450 });
  await accessible();
  await picture('200-percent');
  await page.getByRole('button', { name: 'All systems' }).click();
  await picture('200-percent-list');
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('VT-11: disconnecting asks for the name, ends it at once, and leaves a receipt', async () => {
  await system(SITE).click();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  const sure = page.getByRole('button', { name: 'Disconnect chai-katha' });
  await expect(sure).toBeDisabled();
  await page.getByLabel('Type chai-katha to confirm').fill('chai-katha');
  await picture('disconnect');
  await accessible();
  await sure.click();
  await expect(page.getByRole('heading', { name: 'chai-katha disconnected' })).toBeVisible();
  await expect(page.getByText('Connection stopped')).toBeVisible();
  await expect(page.getByText('The key was deleted')).toBeVisible();
  await picture('receipt');
  await accessible();
  await page.getByRole('button', { name: 'All receipts' }).click();
  await expect(table('Receipts').getByRole('button', { name: 'chai-katha' })).toBeVisible();
  await picture('receipts');
  await expect(system(SITE)).toHaveCount(0);
});

test('SH-04: nothing that was drawn broke the content security policy of the window', () => {
  expect(opened.policyBreaks).toEqual([]);
});
