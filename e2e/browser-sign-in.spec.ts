import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { closeBrowser, faultsOf, type OpenConsole, openStage, type Stage } from './stage.ts';

/** A person signs in to the console by the pages of the backend, without a mouse. */
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
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const button = () => page.getByRole('button', { name: 'Sign in with the browser' });
const waits = () => page.getByRole('status').filter({ hasText: 'Waiting for your browser' });
/** Where the console has sent the system browser, as often as it did. */
const sent = async () => (await opened.desktop()).opened.filter(url => url.includes('/sign-in?'));

test('AU-02: it waits for the browser, and can be cancelled by keyboard', async () => {
  await button().focus();
  await page.keyboard.press('Enter');
  await expect(waits()).toBeVisible();
  await page.screenshot({ path: join(PICTURES, 'browser-sign-in-waiting.png') });
  expect(await faultsOf(opened)).toEqual([]);
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('You cancelled the sign-in');
  await expect(button()).toBeFocused();
  await page.screenshot({ path: join(PICTURES, 'browser-sign-in-cancelled.png') });
});

test('AU-02: the page of a sign-in that was cancelled leads nowhere, and that of the new one signs in', async () => {
  await page.keyboard.press('Enter');
  await expect(waits()).toBeVisible();
  await expect.poll(async () => (await sent()).length).toBe(2);
  const address = (await sent()).at(-1)!;
  expect(new URL(address).origin).toBe(stage.backendUrl);
  const { people } = (await (await fetch(`${stage.backendUrl}/v1/demo/people`)).json()) as {
    people: Record<string, string>[];
  };
  const agent = people.find(({ role }) => role === 'agent')!;
  const tab = await opened.browserTab();
  await tab.goto(address);
  await tab.getByRole('link', { name: 'Use your password' }).click();
  await tab.getByLabel('Work e-mail').fill(agent.email!);
  await tab.getByLabel('Password').fill(agent.password!);
  await tab.keyboard.press('Enter');
  await tab.getByLabel('Code from your authenticator').fill(agent.code!);
  await tab.keyboard.press('Enter');
  await expect(tab.getByRole('heading', { name: 'Go back to Astrix Console' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Clients' })).toBeVisible();
  await page.screenshot({ path: join(PICTURES, 'browser-sign-in-done.png') });
});
