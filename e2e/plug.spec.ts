import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { closeBrowser, type OpenConsole, openStage, type Stage, signInAs } from './stage.ts';

const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');

let stage: Stage;
let opened: OpenConsole;
let page: Page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage({ statusDelayMs: 60 });
  opened = await stage.openConsole();
  page = opened.page;
  await signInAs(page, 'Priya Nair');
  await expect(row('').first()).toBeVisible();
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const picture = (name: string) => page.screenshot({ path: join(PICTURES, `${name}.png`) });
const row = (name: string) => page.getByRole('option').filter({ hasText: name }).first();
const keepsNothing = async () => (await page.getByText('data is deleted when you quit').count()) > 0;
const executed = async (text: string) =>
  (await stage.ledger()).executed.filter(message => message.text === text).length;

/** Three customers who wrote a moment ago, so that their windows are open. */
const CUSTOMERS = [
  { name: 'Asha Steady', phone: '919811100001', text: 'Is the blue one in stock?' },
  { name: 'Bela Changes', phone: '919811100002', text: 'Please send it to Pune.' },
  { name: 'Chetan Leaves', phone: '919811100003', text: 'How much is it?' },
] as const;
const ANSWERS = ['Yes, in both sizes.', 'Gladly, to Pune.', 'It is ₹ 1,250.'] as const;

async function write(customer: string, text: string): Promise<void> {
  await row(customer).click();
  await page.getByLabel('Reply text').fill(text);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Will be sent when online').last()).toBeVisible();
}

test('LC-10, F-18, SH-21: replies that were written without a network go out once, or come back with the reason', async () => {
  test.skip(await keepsNothing(), 'there is no keychain on this machine');
  for (const customer of CUSTOMERS) await stage.customerWrites(customer);
  for (const customer of CUSTOMERS) await expect(row(customer.name)).toBeVisible();

  await stage.stopBackend();
  await expect(page.getByText(/^Offline/)).toBeVisible();
  await picture('offline');
  await page.getByPlaceholder(/Search messages/).fill('blue one');
  await expect(page.locator('mark').first()).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  for (const [at, customer] of CUSTOMERS.entries()) await write(customer.name, ANSWERS[at]!);
  await page.getByLabel('Reply text').fill('Who is asking?');
  await expect(page.getByRole('button', { name: 'Send as Chai Katha when online' })).toBeVisible();
  await page.getByLabel('Reply text').fill('');
  // Three replies, and no read marks of the three conversations that were opened.
  await page.getByRole('button', { name: '3 waiting to send' }).click();
  for (const customer of CUSTOMERS)
    await expect(
      page
        .getByRole('dialog')
        .getByRole('listitem')
        .filter({ hasText: `Reply to ${customer.name}` }),
    ).toHaveCount(1);
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(3);
  await picture('outbox');
  await page.keyboard.press('Escape');
  await opened.kill();

  await stage.startBackend();
  await stage.customerWrites({ ...CUSTOMERS[1], text: 'Sorry, to Nagpur instead.' });
  await stage.customerWrites({ ...CUSTOMERS[2], text: 'STOP' });
  opened = await stage.openConsole();
  page = opened.page;
  await expect.poll(() => executed(ANSWERS[0])).toBe(1);
  await expect(page.getByRole('button', { name: /need attention/ })).toBeVisible();
  await page.getByRole('button', { name: /need attention/ }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('listitem').filter({ hasText: ANSWERS[1] })).toContainText('The customer wrote again');
  await expect(sheet.getByRole('listitem').filter({ hasText: ANSWERS[2] })).toContainText(/opted out/i);
  await picture('outbox-refused');
  await sheet.getByRole('listitem').filter({ hasText: ANSWERS[1] }).getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('main').getByText('Sorry, to Nagpur instead.').last()).toBeVisible();
  await picture('conversation-changed');
  for (const answer of ANSWERS.slice(1)) expect(await executed(answer)).toBe(0);
});

test('LC-07, LC-08: after signing out nothing is left, and the next person sees nothing of the last', async () => {
  const files = () => readdirSync(opened.userData, { recursive: true }).map(String);
  if (!(await keepsNothing())) expect(files().some(file => file.endsWith('.db'))).toBe(true);
  await page.getByRole('button', { name: /Priya Nair/ }).click();
  await page.getByRole('menuitem', { name: /Sign out/ }).click();
  await picture('sign-out');
  await page
    .getByRole('button', { name: /Sign out/ })
    .last()
    .click();
  await expect(page.getByRole('heading', { name: 'The demo agency' })).toBeVisible();
  expect(files().filter(file => /\.db/.test(file))).toEqual([]);
  await signInAs(page, 'Devika Rao');
  await expect(row('').first()).toBeVisible();
  await expect(page.getByText(/need attention|waiting to send/)).toHaveCount(0);
});

test('LC-02: without a keychain the console says so, works, and keeps nothing', async () => {
  test.skip(process.platform !== 'linux', 'the keychain of this system cannot be taken away');
  const bare = await stage.openConsole({ name: 'bare', keychain: false });
  await signInAs(bare.page, 'Arjun Mehta');
  await expect(bare.page.getByText('data is deleted when you quit')).toBeVisible();
  await expect(bare.page.getByRole('option').first()).toBeVisible();
  await bare.page.screenshot({ path: join(PICTURES, 'no-keychain.png') });
  const files = readdirSync(bare.userData, { recursive: true }).map(String);
  expect(files.filter(file => /\.db/.test(file))).toEqual([]);
});
