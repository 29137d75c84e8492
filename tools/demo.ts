/**
 * `npm run demo`: a customer writes, somebody answers, the plug is pulled, the console is killed, everything comes back — without
 * hands. Exits 0 only if each thing truly happened: the judge is the ledger of the provider sandbox, not the screen.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { closeBrowser, type OpenConsole, openStage, type Stage, signInAs } from '../e2e/stage.ts';
import { build } from './build.ts';
import { inKeyring } from './keyring.ts';

const SHOTS = join(import.meta.dirname, '..', 'out', 'demo');
const PATIENCE_MS = 15_000;
const started = performance.now();

const at = () => `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`;
const tell = (text: string) => process.stdout.write(`${at()}  ${text}\n`);
const show = async (page: Page, name: string) => void (await page.screenshot({ path: join(SHOTS, `${name}.png`) }));

/** Asks again until it holds; how long that took. Throws what was expected when it never does. */
async function until(what: string, holds: () => Promise<boolean>, within = PATIENCE_MS): Promise<number> {
  const from = performance.now();
  while (performance.now() - from < within) {
    if (await holds()) return Math.round(performance.now() - from);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  throw new Error(`This did not happen within ${within / 1000} s: ${what}`);
}

const first = (page: Page) => page.getByRole('option').first();
const sends = async (stage: Stage, text: string) =>
  (await stage.ledger()).executed.filter(message => message.text === text).length;

async function reply(page: Page, text: string): Promise<void> {
  await page.getByLabel('Reply text').fill(text);
  await page.keyboard.press('Enter');
}

async function aRealWebhook(stage: Stage, console: OpenConsole): Promise<void> {
  const { page } = console;
  tell('A customer of Chai Katha writes on WhatsApp: "Namaste, mera parcel kab aayega?"');
  const from = performance.now();
  await stage.customerWrites({ name: 'Nisha Verma', phone: '919999900001', text: 'Namaste, mera parcel kab aayega?' });
  await first(page).getByText('Nisha Verma').waitFor();
  tell(
    `It is on the screen ${Math.round(performance.now() - from)} ms after WhatsApp sent it, signed with X-Hub-Signature-256.`,
  );
  if (console.kind === 'stand-in') {
    await until('a desktop notification', async () =>
      (await console.desktop()).notices.some(notice => notice.title.startsWith('Nisha Verma')),
    );
    tell('The desktop was told: Nisha Verma · Chai Katha.');
  }
  await show(page, '1-webhook');
  await first(page).click();
  const text = 'Namaste Nisha ji, parcel kal shaam 6 baje tak aa jayega.';
  await reply(page, text);
  tell(`Priya answers as Chai Katha: "${text}"`);
  await until('the sandbox received the reply once', async () => (await sends(stage, text)) === 1);
  await page
    .getByText(/^Read /)
    .last()
    .waitFor({ state: 'attached' });
  tell('WhatsApp says: sent, delivered, read. The ticks are on the screen.');
  await show(page, '2-ticks');
}

async function pullThePlug(stage: Stage, before: OpenConsole): Promise<OpenConsole> {
  let { page } = before;
  await stage.stopBackend();
  tell('The backend is killed.');
  const shown = await until('the console says that it is offline', () => page.getByText(/^Offline/).isVisible());
  tell(`The console says so ${shown} ms later. Everything is still there to read:`);
  await page.keyboard.press('Escape');
  await page.getByPlaceholder(/Search messages/).fill('parcel');
  await page.locator('mark').first().waitFor();
  tell('  searching for "parcel" finds the conversation without a network.');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  const queued = ['Courier ka number bhi bhej doon?', 'Aapka din shubh ho.'];
  for (const text of queued) await reply(page, text);
  await page.getByText('Will be sent when online').nth(1).waitFor();
  tell('Two replies are written. They say: will be sent when online.');
  await show(page, '3-offline');

  await before.kill();
  tell('The console is killed as well, without a chance to say goodbye.');
  const after = await stage.openConsole({ name: 'console' });
  ({ page } = after);
  await page.getByRole('navigation', { name: 'Clients' }).waitFor();
  await page.getByRole('button', { name: '2 waiting to send' }).waitFor();
  tell('Started again, still without a server: Priya is signed in, and the two replies are waiting.');
  await show(page, '4-restarted-offline');

  tell('Meanwhile the customer writes once more; WhatsApp keeps trying to deliver.');
  const written = stage.customerWrites({
    name: 'Nisha Verma',
    phone: '919999900001',
    text: 'Ek minute, address badal gaya hai.',
  });
  await stage.startBackend();
  tell('The backend is back.');
  await written;
  await page.getByRole('option').filter({ hasText: 'Nisha Verma' }).first().click();
  const anyway = page.getByRole('button', { name: /^Send anyway as Chai Katha/ });
  let asked = false;
  await until(
    'each queued reply was sent exactly once, or sent back with its reason and sent again by a person',
    async () => {
      if (await anyway.first().isVisible()) {
        if (!asked) {
          tell(
            'The conversation had moved on, so the console asks instead of sending: the newer message stands beside the draft.',
          );
          await show(page, '5-conversation-changed');
          tell('Priya has read it and sends anyway.');
        }
        asked = true;
        await anyway
          .first()
          .click({ timeout: 2000 })
          .catch(() => undefined);
      }
      return (await Promise.all(queued.map(text => sends(stage, text)))).every(times => times === 1);
    },
  );
  await until(
    'nothing is waiting any more',
    async () => (await page.getByText(/waiting to send|need attention/).count()) === 0,
  );
  tell('Each reply went out exactly once, says the ledger of the provider.');
  await show(page, '6-back-online');
  return after;
}

async function leave(stage: Stage, console: OpenConsole): Promise<void> {
  const { page } = console;
  await page.getByRole('button', { name: /Priya Nair/ }).click();
  await page.getByRole('menuitem', { name: /Sign out/ }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'The demo agency' }).waitFor();
  tell('Signed out: first the key was destroyed, then the copy.');
  await show(page, '7-signed-out');
  await console.close();
  const executed = (await stage.ledger()).executed.map(message => message.text);
  if (new Set(executed).size !== executed.length) throw new Error('The ledger shows a message that was sent twice.');
}

async function run(): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  if (!build()) throw new Error('The console could not be built.');
  const stage = await openStage();
  try {
    tell('Backend (embedded database), provider sandbox and demo agency are up.');
    const console = await stage.openConsole({ name: 'console' });
    tell(`The console runs ${console.kind === 'electron' ? 'in Electron' : 'over the stand-in, in a browser'}.`);
    await signInAs(console.page, 'Priya Nair');
    await console.page.getByRole('option').first().waitFor();
    tell('Priya Nair signed in with password and code.');
    if ((await console.page.getByText('data is deleted when you quit').count()) > 0)
      throw new Error(
        'There is no keychain here, so a restart cannot keep the queued replies. Install gnome-keyring and dbus, or run it in a desktop session.',
      );
    await aRealWebhook(stage, console);
    await leave(stage, await pullThePlug(stage, console));
  } finally {
    await stage.close();
    await closeBrowser();
  }
  tell(`Everything happened. Pictures are in out/demo.`);
}

if (inKeyring(import.meta.filename)) {
  run().catch((error: unknown) => {
    process.stderr.write(`${at()}  ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
