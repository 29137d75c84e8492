import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { closeBrowser, faultsOf, type OpenConsole, openStage, type Stage, signInAs } from './stage.ts';

/** A console that nobody has told where its server is: the address is asked for, checked, remembered and changed. */
const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');
mkdirSync(PICTURES, { recursive: true });

let stage: Stage;
let other: Stage;
let notAstrix: Server;
let opened: OpenConsole;
let page: Page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage();
  other = await openStage();
  notAstrix = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<h1>Welcome</h1>');
  });
  await new Promise<void>(resolve => notAstrix.listen(0, '127.0.0.1', resolve));
  await start();
});
test.afterAll(async () => {
  notAstrix?.close();
  await other?.close();
  await stage?.close();
  await closeBrowser();
});

async function start(): Promise<void> {
  opened = await stage.openConsole({ name: 'first-start', knowsBackend: false });
  page = opened.page;
}

const field = () => page.getByLabel('Server address');
const picture = (name: string) => page.screenshot({ path: join(PICTURES, `first-start-${name}.png`) });
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const hostOf = (address: string) => new URL(address).host;

async function enter(address: string): Promise<void> {
  await field().fill(address);
  await page.keyboard.press('Enter');
}

test('the first start asks for the address of the agency, and for nothing else', async () => {
  await expect(page.getByRole('heading', { name: 'Connect to your agency' })).toBeVisible();
  await expect(field()).toBeFocused();
  await expect(page.getByLabel('Password')).toHaveCount(0);
  expect(await faultsOf(opened)).toEqual([]);
  await picture('asks');
});

test('SH-01: every wrong address is answered beside the field, and nothing is remembered', async () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /Enter the address/],
    ['http://console.agency.in', /not encrypted/],
    ['console agency.in', /no spaces/],
    ['asha@agency.in', /e-mail address/],
    ['console.agency.in:99999', /1 to 65535/],
    [`http://127.0.0.1:${portOf(notAstrix)}`, /no Astrix server/],
    ['http://127.0.0.1:9', /belongs to another service|Nothing answers/],
    ['nobody.invalid', /No server has the name|not online/],
  ];
  for (const [address, says] of wrong) {
    await enter(address);
    await expect(page.getByRole('alert')).toContainText(says);
    await expect(field()).toBeFocused();
    await expect(field()).toHaveAttribute('aria-invalid', 'true');
  }
  expect(await faultsOf(opened)).toEqual([]);
  await picture('refused');
  expect(existsSync(join(opened.userData, 'backend.json'))).toBe(false);
});

test('the right address leads to the sign-in, which shows it', async () => {
  await enter(`${stage.backendUrl}/join/some-link`);
  await expect(page.getByLabel('Work e-mail')).toBeVisible();
  await expect(page.getByText(hostOf(stage.backendUrl))).toBeVisible();
  await picture('sign-in');
  const file = join(opened.userData, 'backend.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ address: stage.backendUrl });
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
});

test('the next start remembers it', async () => {
  await opened.close();
  await start();
  await expect(page.getByText(hostOf(stage.backendUrl))).toBeVisible();
  await expect(page.getByLabel('Work e-mail')).toBeVisible();
});

test('LC-01: another server gets nothing of the first one, and the first one is found again', async () => {
  await signInAs(page, 'Priya');
  await expect(page.getByRole('button', { name: 'Change' })).toHaveCount(0);
  const folders = () => readdirSync(join(opened.userData, 'backends')).toSorted();
  expect(folders()).toHaveLength(1);
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('Sign out');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();

  await page.getByRole('button', { name: 'Change' }).click();
  await expect(page.getByRole('heading', { name: 'Use another server' })).toBeVisible();
  await picture('change');
  await enter(other.backendUrl);
  await expect(page.getByText(hostOf(other.backendUrl))).toBeVisible();
  await expect(page.getByLabel('Work e-mail')).toHaveValue('');
  expect(folders()).toHaveLength(2);
  await signInAs(page, 'Priya');
  await expect(page.getByRole('navigation', { name: 'Clients' })).toBeVisible();
});
