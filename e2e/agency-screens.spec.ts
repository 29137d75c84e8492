import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { closeBrowser, faultsOf, type OpenConsole, openStage, type Stage, signInAs } from './stage.ts';

/** The owner looks after the agency: its settings and its audit log. */
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
  await signInAs(page, 'Kavita');
  await page.getByRole('button', { name: /^Agency/ }).click();
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const go = (name: string) => page.getByRole('link', { name }).or(page.getByRole('button', { name })).first().click();

/** Light, and small and dark. */
async function pictures(name: string) {
  expect(await faultsOf(opened)).toEqual([]);
  await page.screenshot({ path: join(PICTURES, `agency-${name}.png`) });
  await page.setViewportSize({ width: 860, height: 700 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: join(PICTURES, `agency-${name}-860-dark.png`) });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

test('the audit log shows entries, and says when none fits the filter', async () => {
  await go('Audit log');
  const entries = page.getByRole('region', { name: 'Entries' });
  await expect(entries.getByRole('row').nth(1)).toBeVisible();
  await pictures('audit');
  await page.getByLabel('From').fill('2099-01-01');
  await expect(page.getByRole('heading', { name: 'No entries' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(entries.getByRole('row').nth(1)).toBeVisible();
});

test('a setting out of its bounds is told beside the field, and one within them is offered to be saved', async () => {
  await go('Agency settings');
  const days = page.getByLabel('Days signed in');
  await days.fill('31');
  await expect(days).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('button', { name: 'Save settings' })).toBeDisabled();
  await days.fill('7');
  await expect(page.getByText('Not saved yet.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save settings' })).toBeEnabled();
  await pictures('settings');
  await page.getByRole('button', { name: 'Undo changes' }).click();
  await expect(days).toHaveValue('30');
});
