import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { pressUntil } from './keys.ts';
import { closeBrowser, openStage, type Stage, signInAs } from './stage.ts';

const PICTURES = join(import.meta.dirname, '..', 'out', 'e2e', 'pictures');
mkdirSync(PICTURES, { recursive: true });

let stage: Stage;
let page: Page;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stage = await openStage({ statusDelayMs: 60 });
  page = (await stage.openConsole()).page;
  await signInAs(page, 'Priya Nair');
  await expect(rows().first()).toBeVisible();
});
test.afterAll(async () => {
  await stage?.close();
  await closeBrowser();
});

const rows = () => page.getByRole('listbox', { name: /conversations$/ }).getByRole('option');
const strip = () => page.getByRole('banner');
const rail = () => page.getByRole('navigation', { name: 'Clients' });
const tiles = async () =>
  rail()
    .getByRole('listitem')
    .getByRole('button')
    .evaluateAll(all => all.map(one => one.getAttribute('aria-label')?.split(', ')[0]));
const openRow = () => page.getByRole('option', { selected: true });
const openName = async () =>
  (await page.getByRole('complementary', { name: 'Details' }).getByRole('heading').first().textContent()) ?? '';

const act = (key: string, seen: () => Promise<void>) => pressUntil(page, key, seen);

test('the rail keeps its order whatever is used, and is moved by hand and by key', async () => {
  const before = await tiles();
  for (let time = 0; time < 3; time++) {
    await page.keyboard.press('Control+3');
    await expect(strip()).toContainText('Vanam Naturals');
  }
  await page.keyboard.press('Control+1');
  await expect(strip()).toContainText('Chai Katha');
  expect(await tiles()).toEqual(before);

  await page.keyboard.press('Control+j');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(strip()).toContainText('Vanam Naturals');
  await page.keyboard.press('Control+j');
  await page.keyboard.press('Enter');
  await expect(strip()).toContainText('Chai Katha');

  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(async () => (await tiles())[1]).toContain('Chai Katha');
  const tile = (name: RegExp) =>
    rail()
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name }) });
  await tile(/^Chai Katha/).dragTo(tile(/^Indigo Loom/));
  await expect.poll(tiles).toEqual(before);
});

test('down the list by keyboard, five replies reach five customers', async () => {
  await rows().first().click();
  const names: string[] = [];
  for (let n = 0; n < 5; n++) {
    if (n > 0) await page.keyboard.press('j');
    await page.keyboard.press('r');
    await expect(page.getByLabel('Reply text')).toBeFocused();
    names.push(await openName());
    await page.keyboard.type(`Answer ${n}`);
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('log').getByText(`Answer ${n}`, { exact: true })).toBeVisible();
    await page.keyboard.press('Escape');
  }
  expect(new Set(names).size).toBe(5);
  await expect
    .poll(async () => (await stage.ledger()).executed.filter(({ text }) => text.startsWith('Answer')).length)
    .toBe(5);
  const sent = (await stage.ledger()).executed.filter(({ text }) => text.startsWith('Answer'));
  expect(new Set(sent.map(({ to }) => to)).size).toBe(5);
});

test('send and next, send and close, close and undo go on down the list', async () => {
  await page.getByLabel('Reply text').fill('On its way.');
  const first = await openName();
  await page.getByLabel('Reply text').press('Alt+Enter');
  await expect.poll(openName).not.toBe(first);
  const second = await openName();
  await page.getByLabel('Reply text').fill('Thank you.');
  await page.getByLabel('Reply text').press('Control+Shift+Enter');
  await expect.poll(openName).not.toBe(second);
  await expect(rows().filter({ hasText: second })).toHaveCount(0);
  const third = await openName();
  await page.keyboard.press('Escape');
  await act('e', () => expect.poll(openName, { timeout: 300 }).not.toBe(third));
  await expect(rows().filter({ hasText: third })).toHaveCount(0);
  await act('z', () => expect(rows().filter({ hasText: third })).not.toHaveCount(0, { timeout: 300 }));
});

test('F6 reaches what was done, and its button undoes it', async () => {
  const closed = await openName();
  await act('e', () => expect.poll(openName, { timeout: 300 }).not.toBe(closed));
  await expect(rows().filter({ hasText: closed })).toHaveCount(0);
  const said = page.getByRole('region', { name: 'Notifications' });
  await page.keyboard.press('F6');
  await expect(said).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(said.getByRole('group', { name: 'Closed' }).last()).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(said.getByRole('button', { name: 'Undo' }).last()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rows().filter({ hasText: closed })).not.toHaveCount(0);
});

test('a client remembers its conversation, its filter and how far its list was scrolled', async () => {
  await page.getByRole('group', { name: 'Filter' }).getByRole('button', { name: /^Mine/ }).click();
  await rows().nth(2).click();
  const name = await openName();
  await page.keyboard.press('Control+2');
  await expect(strip()).toContainText('Indigo Loom');
  await expect(page.getByRole('button', { name: /^Open/, pressed: true })).toBeVisible();
  const list = page.getByRole('listbox', { name: 'Open conversations' });
  await list.evaluate(
    element =>
      new Promise(scrolled => {
        element.addEventListener('scroll', scrolled, { once: true });
        element.scrollTo(0, 300);
      }),
  );
  await page.keyboard.press('Control+1');
  await expect(strip()).toContainText('Chai Katha');
  await expect.poll(openName).toBe(name);
  await expect(page.getByRole('button', { name: /^Mine/, pressed: true })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/connections/);
  await act('g', async () => {
    await page.keyboard.press('i');
    await expect(page).not.toHaveURL(/connections/, { timeout: 300 });
  });
  await expect.poll(openName).toBe(name);
  await page.keyboard.press('Control+2');
  await expect.poll(() => list.evaluate(element => element.scrollTop)).toBe(300);
  await page.keyboard.press('Control+1');
  await page.getByRole('group', { name: 'Filter' }).getByRole('button', { name: /^Open/ }).click();
});

test('a client remembers a place far down its list, beside the conversation that is open', async () => {
  const list = page.getByRole('listbox', { name: 'Open conversations' });
  const scrolled = () => list.evaluate(element => Math.round(element.scrollTop));
  await page.keyboard.press('Control+6');
  await expect(strip()).toContainText('Kadak Audio');
  await rows().nth(1).click();
  const name = await openName();
  const far = 80 * 64;
  await expect(async () => {
    await list.evaluate((element, top) => element.scrollTo(0, top), far);
    expect(await scrolled()).toBe(far);
  }).toPass();
  const first = await rows().first().textContent();
  await page.keyboard.press('Control+1');
  await expect(strip()).toContainText('Chai Katha');
  await page.keyboard.press('Control+6');
  await expect(strip()).toContainText('Kadak Audio');
  await expect.poll(scrolled).toBe(far);
  expect(await rows().first().textContent()).toBe(first);
  await expect.poll(openName).toBe(name);
  await page.keyboard.press('Control+1');
  await expect(strip()).toContainText('Chai Katha');
});

test('the list has one tab stop, and arrows, Home and End move in it', async () => {
  const tabStops = () => rows().evaluateAll(all => all.filter(one => one.getAttribute('tabindex') === '0').length);
  await expect.poll(tabStops).toBe(1);
  await rows().first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(rows().nth(1)).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.locator('[role=option]:focus')).toHaveAttribute('aria-posinset', /^1\d$/);
  await page.keyboard.press('Home');
  await expect(rows().first()).toBeFocused();
  const name = await rows().first().locator('span span').first().textContent();
  await page.keyboard.press('Enter');
  await expect.poll(openName).toContain(name ?? '?');
});

test('rows are selected by keyboard, dealt with together and brought back by one undo; none of them is opened', async () => {
  await rows().nth(2).focus();
  const name = await openName();
  const bar = page.getByRole('toolbar', { name: 'Selected conversations' });
  await act('x', () => expect(bar).toContainText('1 selected', { timeout: 3000 }));
  await page.keyboard.press('Shift+J');
  await expect(bar).toContainText('2 selected');
  await page.keyboard.press('Shift+J');
  await expect(bar).toContainText('3 selected');
  await expect(rows().nth(4)).toBeFocused();
  expect(await openName()).toBe(name);
  await page.screenshot({ path: join(PICTURES, 'selection.png') });
  const names = await rows().evaluateAll(all =>
    all.filter(one => one.getAttribute('aria-checked') === 'true').map(one => one.dataset.row),
  );
  expect(names).toHaveLength(3);
  const selected = page.locator(names.map(id => `[role=option][data-row="${id}"]`).join());
  await act('e', () => expect(selected).toHaveCount(0, { timeout: 3000 }));
  await expect(bar).toHaveCount(0);
  await expect(page.getByText('Closed: 3 conversations').first()).toBeVisible();
  await act('z', () => expect(selected).toHaveCount(3, { timeout: 3000 }));
});

test('a button shows what it does and its shortcut when it has the keyboard focus', async () => {
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByRole('button', { name: /^Assign: / }).focus();
  await page.keyboard.press('Shift+Tab');
  await expect(page.locator('[data-hint]')).toHaveText(/^(Close|Reopen)E$/);
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-hint]')).toHaveCount(0);
});

test('search is reached, walked through, opened and left by keyboard', async () => {
  await act('/', () => expect(page.getByLabel('Search messages of this client')).toBeFocused({ timeout: 300 }));
  await page.keyboard.type('order');
  await expect(page.locator('mark').first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-row="1"]:focus')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(openRow().or(page.getByRole('log'))).toBeVisible();
  await page.locator('[data-row="1"]').focus();
  await page.keyboard.press('Escape');
  await expect(page.getByLabel('Search messages of this client')).toHaveValue('');
  await page.keyboard.press('Escape');
});

test('Enter takes the highlighted tag, and creating one is the last entry', async () => {
  await act('t', () => expect(page.getByLabel('Find or create a tag')).toBeFocused({ timeout: 500 }));
  const listed = page.getByRole('listbox', { name: 'Tags' }).getByRole('option');
  const tag = (await listed.first().textContent()) ?? '';
  const wasApplied = (await listed.first().getAttribute('aria-selected')) === 'true';
  await page.keyboard.type(tag.slice(0, 3));
  await expect(listed.last()).toHaveText(`Create tag “${tag.slice(0, 3)}”`);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(details.getByRole('button', { name: `Remove ${tag}`, exact: true })).toHaveCount(wasApplied ? 0 : 1);
  await expect(details.getByRole('button', { name: `Remove ${tag.slice(0, 3)}`, exact: true })).toHaveCount(0);
});

test('a long thread stays where it is read, follows at its end and shows what a message answers', async () => {
  const writer = { phone: '919876512345', name: 'Kavya Menon' };
  for (let n = 1; n <= 90; n++)
    await stage.customerWrites({ ...writer, text: `Line ${n} ${'of a long story '.repeat(n % 9)}`.trim() });
  await rows().filter({ hasText: 'Kavya Menon' }).click();
  const thread = page.getByRole('log');
  const line = (n: number) => thread.getByText(new RegExp(`^Line ${n}( |$)`)).last();
  await expect(line(90)).toBeInViewport();
  expect(await thread.getByRole('article').count()).toBeLessThan(40);
  await page.getByLabel('Reply text').fill('a\nb\nc\nd\ne\nf');
  await expect(line(90)).toBeInViewport({ ratio: 1 });
  await page.getByLabel('Reply text').fill('');

  await thread.hover();
  await page.mouse.wheel(0, -2000);
  await expect(page.getByRole('button', { name: 'Latest' })).toBeVisible();
  await expect(thread).toHaveAttribute('aria-live', 'off');
  const text = (await thread.getByRole('article').nth(10).textContent()) ?? '';
  const read = thread
    .getByRole('article')
    .filter({ hasText: text.replace(/\d+:\d+.*$/, '') })
    .first();
  const place = await read.boundingBox();
  await stage.customerWrites({ ...writer, text: 'Line 91' });
  await expect(rows().filter({ hasText: 'Kavya Menon' })).toContainText('Line 91');
  expect(await read.boundingBox()).toEqual(place);

  await page.getByRole('button', { name: 'Latest' }).click();
  await expect(line(91)).toBeInViewport();
  await stage.customerWrites({ ...writer, text: 'Line 92' });
  await expect(line(92)).toBeInViewport();
  await expect(thread).toHaveAttribute('aria-live', 'polite');

  await page.mouse.wheel(0, -2000);
  await expect(thread).toHaveAttribute('aria-live', 'off');
  await read.getByRole('button', { name: 'Quote in the reply' }).click();
  await page.getByLabel('Reply text').fill('About this line');
  await page.getByLabel('Reply text').press('Control+Enter');
  const answer = thread.getByRole('article').filter({ hasText: 'About this line' });
  await expect(answer).toBeInViewport();
  await answer.getByRole('button', { name: /^Line/ }).click();
  await expect(read).toBeFocused();
  await expect(read).toBeInViewport();
  await thread.hover();
  await page.mouse.wheel(0, 9000);
  await expect(read).not.toBeInViewport();
  await expect(read).toBeFocused();
});

const SENTENCE = 'Said STOP on the phone, even so we keep it, just in case; tea next time.';

/** What a sentence in the wrong place would have changed. */
const state = async () => ({
  counts: await page
    .getByRole('group', { name: 'Filter' })
    .textContent()
    .catch(() => ''),
  details: await page.getByRole('complementary', { name: 'Details' }).getByRole('button').allTextContents(),
  address: page.url(),
});

const OVERLAYS: readonly (readonly [what: string, open: () => Promise<void>])[] = [
  ['the record of an opt-out', () => page.getByRole('button', { name: 'Record an opt-out' }).click()],
  ['the settings', () => page.keyboard.press('Control+,')],
  ['the keyboard map', () => act('?', () => expect(page.getByRole('dialog')).toBeVisible({ timeout: 300 }))],
  ['the outbox', () => page.keyboard.press('Control+Shift+o')],
  ['the switcher', () => page.keyboard.press('Control+j')],
  ['the palette', () => page.keyboard.press('Control+k')],
  ['the menu of the person', () => page.getByRole('button', { name: 'Priya Nair, agent' }).click()],
  [
    'the sign-out',
    async () => {
      await page.getByRole('button', { name: 'Priya Nair, agent' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
    },
  ],
  ['the menu of snoozes', () => page.getByRole('button', { name: /^Snoozed?$/ }).click()],
  ['the menu of assignees', () => page.getByRole('button', { name: /^Assign: / }).click()],
  ['the tags', () => page.getByRole('button', { name: 'Tag', exact: true }).click()],
];

for (const [what, open] of OVERLAYS)
  test(`a sentence that is typed into ${what} changes nothing behind it`, async () => {
    if ((await page.getByRole('log').count()) === 0) await rows().first().click();
    await expect(page.getByRole('button', { name: 'Tag', exact: true })).toBeVisible();
    const before = await state();
    await open();
    await expect(page.getByRole('dialog').or(page.getByRole('menu')).first()).toBeVisible();
    await page.keyboard.type(SENTENCE, { delay: 40 });
    await expect(async () => {
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog').or(page.getByRole('menu'))).toHaveCount(0, { timeout: 300 });
    }).toPass();
    expect(await state()).toEqual(before);
  });

test('the opt-out takes the sentence, and its field is focused at once', async () => {
  await page.getByRole('button', { name: 'Record an opt-out' }).click();
  await expect(page.getByRole('dialog').getByRole('textbox')).toBeFocused();
  await page.getByRole('dialog').getByRole('textbox').fill('');
  await page.keyboard.type(SENTENCE);
  await expect(page.getByRole('dialog').getByRole('textbox')).toHaveValue(SENTENCE);
  await page.keyboard.press('Escape');
});

for (const screen of ['inbox', 'connections'])
  test(`a sentence that is typed into the ${screen} screen acts with its first key at most`, async () => {
    await page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('button', { name: new RegExp(screen, 'i') })
      .click();
    await page.locator('main').click({ position: { x: 2, y: 2 } });
    const before = await page.getByRole('navigation', { name: 'Screens' }).textContent();
    await page.keyboard.type('u said STOP, even so we keep it, just in case; tea next time.', { delay: 40 });
    await expect(page.getByRole('dialog').or(page.getByRole('menu'))).toHaveCount(0);
    expect(await page.getByRole('navigation', { name: 'Screens' }).textContent()).toBe(before);
    await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
  });
