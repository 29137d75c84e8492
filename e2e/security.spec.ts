import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { closeBrowser, faultsOf, type OpenConsole, openStage, type Stage, signInAs } from './stage.ts';

/** A person looks after their own security: factors, recovery codes, password, sessions. */
const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');
mkdirSync(PICTURES, { recursive: true });

let stage: Stage;
let opened: OpenConsole;
let page: Page;
let codes: string[];

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage();
  opened = await stage.openConsole();
  page = opened.page;
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const picture = (name: string) => page.screenshot({ path: join(PICTURES, `security-${name}.png`) });

test('the page shows factors, codes, devices and sign-ins', async () => {
  await signInAs(page, 'Kavita');
  await page.getByRole('button', { name: /^Agency/ }).click();
  await page
    .getByRole('link', { name: /Your security/ })
    .or(page.getByRole('button', { name: /Your security/ }))
    .first()
    .click();
  await expect(page.getByRole('heading', { name: 'Authenticators and passkeys' })).toBeVisible();
  await expect(page.getByText('this computer')).toBeVisible();
  await expect(page.getByRole('table').getByText('Password and authenticator').first()).toBeVisible();
  expect(await faultsOf(opened)).toEqual([]);
  await picture('page');
  await page.setViewportSize({ width: 860, height: 700 });
  await picture('page-860');
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture('page-860-dark');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
});

test('an authenticator is offered as a picture and as text, and a wrong code is told beside the field', async () => {
  await page.getByRole('button', { name: 'Add an authenticator app' }).click();
  await expect(page.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible();
  await page.getByLabel('Code from the app').fill('000000');
  await page.getByRole('button', { name: 'Add authenticator', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Code from the app')).toHaveAttribute('aria-invalid', 'true');
  expect(await faultsOf(opened)).toEqual([]);
  await picture('authenticator');
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('A7: new recovery codes are shown once, and one of them signs in where the authenticator is lost', async () => {
  await page.getByRole('button', { name: 'Make ten new codes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your recovery codes' });
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  codes = await dialog.getByRole('listitem').allInnerTexts();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeVisible();
  await picture('codes');
  await dialog.getByRole('button', { name: 'I have saved them' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('10 codes are left.')).toBeVisible();

  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('Sign out');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: /Kavita/ }).click();
  await page.getByRole('button', { name: 'Lost your authenticator?' }).click();
  await expect(page.getByLabel('Recovery code')).toBeFocused();
  await page.keyboard.type('not a code');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('16 letters and digits');
  await picture('recovery-code');
  await page.getByLabel('Recovery code').fill(codes[0]!);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Clients' })).toBeVisible();
});

test('AU-10: the owner chooses the ways to sign in, and a group without a role is told beside the field', async () => {
  await page.getByRole('button', { name: /^Agency/ }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await expect(page.getByRole('heading', { name: 'Ways to sign in' })).toBeVisible();
  await page.getByLabel('Groups and roles').fill('Support = owner');
  await expect(page.getByRole('alert')).toContainText('does not fit');
  await picture('sign-in-settings');
  expect(await faultsOf(opened)).toEqual([]);
  const link = page.getByRole('switch', { name: 'Link by e-mail' });
  const was = await link.isChecked();
  await link.click();
  await page.getByRole('button', { name: 'Save ways' }).click();
  await expect(page.getByText('Ways to sign in saved')).toBeVisible();
  await expect(link).toBeChecked({ checked: !was });
});
