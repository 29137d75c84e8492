import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { pressUntil } from './keys.ts';
import { closeBrowser, faultsOf, type OpenConsole, openStage, type Stage, signInAs } from './stage.ts';

const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');
mkdirSync(PICTURES, { recursive: true });

let stage: Stage;
let opened: OpenConsole;
let page: Page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage({ statusDelayMs: 60 });
  opened = await stage.openConsole();
  page = opened.page;
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const picture = (name: string) => page.screenshot({ path: join(PICTURES, `${name}.png`) });
const rows = () => page.getByRole('option');
const row = (name: string) => rows().filter({ hasText: name }).first();
const strip = () => page.getByRole('banner');
const filters = () => page.getByRole('group', { name: 'Filter' });
const otherFilter = async (name: string) => {
  await filters().getByRole('button').last().click();
  await page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click();
};

/** Nothing that a screen reader or a weak eye would trip over badly. */
async function accessible(): Promise<void> {
  expect(await faultsOf(opened)).toEqual([]);
}

test('a wrong password is refused in words, and a right one asks for the code', async () => {
  await picture('sign-in');
  await accessible();
  await page.getByLabel('Work e-mail').fill('priya@monsoon.example');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The e-mail or password is wrong');
  await picture('sign-in-refused');
  await page.getByLabel('Password').fill('monsoon-demo-2026');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const code = page.getByRole('textbox', { name: 'Code from your authenticator' });
  await expect(code).toBeFocused();
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await code.fill('000000');
  await expect(page.getByRole('alert')).toContainText('The code is wrong or was already used');
  await expect(code).toBeFocused();
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', ' 12 3-45 ');
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);
  await expect(code).toHaveValue('1');
  await expect(page.getByRole('textbox', { name: 'Digit 5 of 6' })).toHaveValue('5');
  await picture('sign-in-code');
  await page.getByRole('button', { name: 'Back' }).click();
  await signInAs(page, 'Priya Nair');
  await expect(rows().first()).toBeVisible();
});

test('T2: the strip says whose data is shown, and switching by rail, key and tray changes it together with the list', async () => {
  await page
    .getByRole('button', { name: /^Chai Katha/ })
    .first()
    .click();
  await expect(strip()).toContainText('Chai Katha');
  await expect(strip()).toContainText('Replying as Chai Katha');
  await page
    .getByRole('navigation', { name: 'Clients' })
    .getByRole('button', { name: /^Indigo Loom/ })
    .click();
  await expect(strip()).toContainText('Replying as Indigo Loom Support');
  await page.keyboard.press('Control+j');
  await page.getByRole('combobox').fill('अन्न');
  await picture('switcher');
  await page.keyboard.press('Enter');
  await expect(strip()).toContainText('श्री अन्नपूर्णा गृह उद्योग एवं मसाला भंडार');
  await picture('long-hindi-name');
  if (opened.kind === 'stand-in') {
    await expect
      .poll(async () => (await opened.desktop()).tray.filter(item => item.checked).map(item => item.label))
      .toEqual([expect.stringContaining('श्री')]);
    await opened.clickTray(/^Kadak Audio/);
    await expect(strip()).toContainText('Kadak Audio');
  }
  await page
    .getByRole('navigation', { name: 'Clients' })
    .getByRole('button', { name: /^Chai Katha/ })
    .click();
});

test('a webhook shows by itself, the reply goes out as the client, the ticks come back', async () => {
  await stage.customerWrites({ name: 'Meher Contractor', phone: '919812300001', text: 'Is the kettle in stock?' });
  await expect(row('Meher Contractor')).toBeVisible();
  await row('Meher Contractor').click();
  await page.getByLabel('Reply text').fill('Yes, in two sizes.');
  await page.getByRole('button', { name: 'Send as Chai Katha' }).click();
  await expect(page.getByText(/^Read /).last()).toBeAttached();
  const { executed } = await stage.ledger();
  expect(executed.map(message => [message.accountId, message.text])).toEqual([
    ['200000000000001', 'Yes, in two sizes.'],
  ]);
});

test('assign, tag, note, snooze and close, by keyboard alone, each with a way back', async () => {
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  await page.getByRole('menuitem', { name: 'Assign to me' }).press('Enter');
  await expect(page.getByText('Assigned to Priya Nair')).toBeVisible();
  const tagField = page.getByLabel('Find or create a tag');
  await pressUntil(page, 't', () => expect(tagField).toBeFocused({ timeout: 300 }));
  await tagField.fill('kettle');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(tagField).toHaveCount(0);
  await expect(page.getByRole('complementary').getByText('kettle', { exact: true })).toBeVisible();
  await pressUntil(page, 'n', () => expect(page.getByLabel('Note text')).toBeFocused({ timeout: 300 }));
  await page.getByLabel('Note text').fill('Checked the shelf: 14 left.');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'Note by Priya Nair' })).toContainText('14 left');
  await picture('thread-with-note');
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  await expect(row('Meher Contractor')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(row('Meher Contractor')).toBeVisible();
});

test('search finds words as they are typed, in this client and in all', async () => {
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('kettl');
  await expect(page.locator('mark').first()).toHaveText(/kettle/i);
  await picture('search');
  await page.getByRole('button', { name: 'All clients', exact: true }).click();
  await expect(page.locator('mark').first()).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
});

test('the window that is closed and the customer who opted out are explained, not just barred', async () => {
  await page.getByRole('group', { name: 'Filter' }).getByRole('button', { name: /^Open/ }).click();
  await otherFilter('Failed');
  await rows().last().click();
  await expect(page.getByText(/Not delivered\. This customer cannot receive the message/)).toBeVisible();
  await picture('failed-message');
  await expect(page.getByRole('log').getByRole('button', { name: 'Resend' })).toBeDisabled();
  await page.getByRole('log').getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText(/^Not delivered\./)).toHaveCount(0);
  await rows().first().click();
  const failed = page.getByRole('article').filter({ hasText: 'Not delivered.' });
  const text = await failed.locator('[dir=auto]').last().innerText();
  const times = async () => (await stage.ledger()).executed.filter(message => message.text === text).length;
  const before = await times();
  await failed.getByRole('button', { name: 'Resend' }).click();
  await expect(page.getByText(/^Not delivered\./)).toHaveCount(0);
  await expect.poll(times).toBe(before + 1);
  await otherFilter('Closed');
  await rows().last().click();
  await expect(page.getByText('The 24-hour reply window has closed')).toBeVisible();
  await picture('window-closed');
  await page.getByRole('group', { name: 'Filter' }).getByRole('button', { name: /^Open/ }).click();
  await stage.customerWrites({ name: 'Kiran Thakur', phone: '919812300044', text: 'Please stop sending me messages' });
  await row('Kiran Thakur').click();
  await expect(page.getByText('This customer opted out').first()).toBeVisible();
  await expect(page.getByLabel('Reply text')).toHaveCount(0);
  await picture('opted-out');
});

test('SH-19, SH-20: what customers write is text, whatever it looks like, and nothing is fetched for it', async () => {
  const dialogs: string[] = [];
  const requests: string[] = [];
  page.on('dialog', dialog => void dialogs.push(dialog.message()));
  page.on('request', request => {
    if (!request.url().includes('127.0.0.1') && !request.url().startsWith('data:')) requests.push(request.url());
  });
  const corpus = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '![x](https://evil.example/p.png)',
    '<iframe srcdoc="<script>parent.alert(1)</script>">',
    '<math><mtext></mtext><style><img src=x onerror=alert(1)></style></math>',
    '{{constructor.constructor("alert(1)")()}}',
    '<form><button formaction=javascript:alert(1)>x',
    '\u202Egpj.exe',
    '<base href=//evil.example>',
    '<link rel=stylesheet href=//evil.example>',
  ];
  for (const [index, text] of corpus.entries())
    await stage.customerWrites({
      phone: '919812399999',
      name: index === 0 ? '<b>Bobby</b><img src=x onerror=alert(2)>' : 'Bobby',
      text,
    });
  await row('Bobby').click();
  for (const text of corpus) await expect(page.getByRole('log')).toContainText(text.replace('\u202E', ''));
  await page.keyboard.press('/');
  await page.keyboard.type('script alert');
  await expect(page.locator('mark').first()).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  expect(dialogs).toEqual([]);
  expect(requests).toEqual([]);
});

test('SH-08: a link asks first, says the real host, and only https is handed on', async () => {
  await stage.customerWrites({
    phone: '919812399999',
    name: 'Bobby',
    text: 'pay here https://pay.example/x and http://plain.example/y',
  });
  await page.getByRole('button', { name: 'https://pay.example/x' }).click();
  await expect(page.getByRole('dialog')).toContainText('pay.example');
  await page.getByRole('dialog').getByRole('button', { name: /^Open/ }).click();
  await page.getByRole('button', { name: 'http://plain.example/y' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Open/ }).click();
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText('Only https addresses are opened');
  if (opened.kind === 'stand-in') expect((await opened.desktop()).opened).toEqual(['https://pay.example/x']);
});

test('every theme and size is drawn without a serious accessibility fault', async () => {
  await row('Meher Contractor').click();
  await page.keyboard.press('Control+,');
  await page.getByRole('radio', { name: 'Light' }).click();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeFocused();
  await page.keyboard.press('Escape');
  for (const theme of ['Dark', 'High contrast', 'Light'] as const) {
    await page.keyboard.press('Control+,');
    await page.getByRole('radio', { name: theme }).click();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await accessible();
    await picture(`inbox-${theme.toLowerCase().replace(' ', '-')}`);
  }
  await page.setViewportSize({ width: 1024, height: 700 });
  await picture('inbox-1024');
  await page.setViewportSize({ width: 860, height: 640 });
  await expect(strip()).toContainText('Replying as Chai Katha');
  await page.getByRole('button', { name: 'Show the details' }).click();
  await page.getByLabel('Reply text').fill('Still in sight');
  // A click is refused when something covers the button.
  await page.getByRole('button', { name: 'Send as Chai Katha' }).click({ trial: true });
  await picture('inbox-860-details');
  await page.getByLabel('Reply text').fill('');
  await page.getByRole('button', { name: 'Hide the details' }).click();
  await picture('inbox-860');
  await page.setViewportSize({ width: 720, height: 450 });
  await page.getByRole('button', { name: 'Show the details' }).click();
  await expect(page.getByRole('complementary', { name: 'Details' })).toBeVisible();
  await picture('inbox-200-percent-details');
  await page.getByRole('button', { name: 'Hide the details' }).click();
  await picture('inbox-200-percent');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press('Control+,');
  await expect(page.getByText(/^This computer/)).toBeVisible();
  await accessible();
  await picture('settings');
  await page.keyboard.press('Escape');
  await pressUntil(page, '?', () =>
    expect(page.getByRole('dialog', { name: 'Keyboard map' })).toBeVisible({ timeout: 300 }),
  );
  await picture('keyboard-map');
  await page.keyboard.press('Escape');
});

test('T12: a draft survives the end of the console, and so does the session', async () => {
  test.skip(
    (await page.getByText('data is deleted when you quit').count()) > 0,
    'there is no keychain on this machine',
  );
  await row('Meher Contractor').click();
  await page.getByLabel('Reply text').fill('This is only half a sent');
  await expect(row('Meher Contractor').getByText('Draft')).toBeVisible();
  await opened.kill();
  opened = await stage.openConsole();
  page = opened.page;
  await row('Meher Contractor').click();
  await expect(page.getByLabel('Reply text')).toHaveValue('This is only half a sent');
});

test('whoever signs in next begins in their own inbox, whatever was open before', async () => {
  await row('Meher Contractor').click();
  await expect(page).toHaveURL(/#\/c\/.+\/.+/);
  await page.getByRole('button', { name: 'Priya Nair, agent' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Work e-mail')).toBeVisible();
  await expect(page).toHaveURL(/#\/$/);
  await signInAs(page, 'Rohan Kapoor');
  await expect(strip()).toContainText('Chai Katha');
  await expect(page.getByText('Choose a conversation')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'Rohan Kapoor, client' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await signInAs(page, 'Priya Nair');
  await expect(rows().first()).toBeVisible();
});

test('AU-07: a session that is ended elsewhere leaves nothing behind', async () => {
  const other = await stage.openConsole({ name: 'second' });
  const second = other.page;
  await signInAs(second, 'Devika Rao');
  await second.keyboard.press('Control+,');
  await second.getByRole('switch', { name: /Show all sessions/ }).click();
  const item = second.getByRole('listitem').filter({ hasText: 'Priya Nair' }).first();
  await item.getByRole('button', { name: 'End session' }).click();
  await expect(page.getByText('Your session was ended')).toBeVisible();
  await picture('revoked');
  await expect(page.getByText('Meher Contractor')).toHaveCount(0);
  await other.close();
});

test('SH-04: nothing that was drawn since then broke the content security policy of the window', () => {
  expect(opened.policyBreaks).toEqual([]);
});
