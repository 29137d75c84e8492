import { beforeEach, expect, test, vi } from 'vitest';
import * as electron from '../testkit/fake-electron.ts';

vi.mock('electron', () => import('../testkit/fake-electron.ts'));
const { offerContextMenu } = await import('./context-menu.ts');

beforeEach(() => electron.resetElectron());

const ALL = { canCut: true, canCopy: true, canPaste: true, canSelectAll: true };
const EMPTY = {
  misspelledWord: '',
  dictionarySuggestions: [] as string[],
  isEditable: false,
  selectionText: '',
  editFlags: ALL,
};

/** Clicks with the second button and answers the menu that is shown, and the page. */
function click(at: Partial<typeof EMPTY>) {
  const contents = new electron.FakeContents();
  offerContextMenu(contents as never);
  contents.emit('context-menu', {}, { ...EMPTY, ...at });
  return { contents, items: electron.Menu.shown.at(-1) ?? null };
}
const named = (items: readonly electron.FakeMenuItem[] | null) =>
  items?.map(({ label, role, type }) => label ?? role ?? type);

test('a word that is underlined can be corrected, or added to the dictionary', () => {
  const { contents, items } = click({
    isEditable: true,
    misspelledWord: 'recieved',
    dictionarySuggestions: ['received', 'relieved'],
  });
  expect(named(items)).toEqual([
    ...['received', 'relieved', 'separator', 'Add to dictionary', 'separator'],
    ...['cut', 'copy', 'paste', 'separator', 'selectAll'],
  ]);
  items?.[0]?.click?.();
  expect(contents.replaced).toEqual(['received']);
  items?.[3]?.click?.();
  expect(electron.dictionary).toEqual(['recieved']);
});

test('a word without suggestions says so and can still be added', () => {
  const { items } = click({ isEditable: true, misspelledWord: 'Meera' });
  expect(named(items)?.slice(0, 3)).toEqual(['No suggestions', 'separator', 'Add to dictionary']);
  expect(items?.[0]).toMatchObject({ enabled: false });
});

test('a text field offers what can be done in it at the moment', () => {
  const { items } = click({ isEditable: true, editFlags: { ...ALL, canCut: false, canCopy: false } });
  expect(items?.map(({ role, enabled }) => `${role} ${enabled}`)).toEqual([
    ...['cut false', 'copy false', 'paste true', 'undefined undefined', 'selectAll true'],
  ]);
});

test('text that is selected can be copied, and elsewhere there is no menu', () => {
  expect(named(click({ selectionText: 'Where is my order?' }).items)).toEqual(['copy']);
  electron.resetElectron();
  expect(click({ selectionText: ' ' }).items).toBeNull();
});
