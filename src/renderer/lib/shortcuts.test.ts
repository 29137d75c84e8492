import { describe, expect, test } from 'vitest';
import { actionOf, keysOf, SHORTCUTS, shownKeys } from './shortcuts.ts';

const press = (keys: string, more: Partial<Parameters<typeof actionOf>[0]> = {}) => {
  const key = keys.split('+').at(-1)!;
  const shiftKey = keys.includes('shift+') || key === '?';
  return {
    key: shiftKey ? key.toUpperCase() : key,
    ctrlKey: keys.includes('mod+'),
    metaKey: false,
    altKey: false,
    shiftKey,
    ...more,
  };
};
const plain = SHORTCUTS.filter(({ keys }) => !keys.includes('mod'));
const withControl = SHORTCUTS.filter(({ keys, action }) => keys.includes('mod') && action !== 'client');

test('no two actions share keys, and none stands twice', () => {
  expect(new Set(SHORTCUTS.map(({ keys }) => keys)).size).toBe(SHORTCUTS.length);
  expect(new Set(SHORTCUTS.map(({ action }) => action)).size).toBe(SHORTCUTS.length);
});

describe('every key of the map does what the map says', () => {
  test.each(plain)('$keys: $says, but not while somebody types', ({ keys, action }) => {
    expect(actionOf(press(keys), false)).toEqual({ action });
    expect(actionOf(press(keys), true)).toBeNull();
    for (const held of ['ctrlKey', 'metaKey', 'altKey'])
      expect(actionOf(press(keys, { [held]: true }), false)?.action).not.toBe(action);
  });

  test.each(withControl)('$keys: $says, also while somebody types', ({ keys, action }) => {
    expect(actionOf(press(keys), true)).toEqual({ action });
    expect(actionOf(press(keys, { ctrlKey: false }), true)).toBeNull();
    expect(actionOf(press(keys, { altKey: true }), true)).toBeNull();
  });

  test('the nine digits switch to the nine clients, and 0 to none', () => {
    for (let n = 1; n <= 9; n++) expect(actionOf(press(`mod+${n}`), true)).toEqual({ action: 'client', index: n - 1 });
    expect(actionOf(press('mod+0'), true)).toBeNull();
    expect(actionOf(press('5'), false)).toBeNull();
  });

  test.each(['Enter', 'Escape', 'x', 'Tab', 'F5', 'Dead', ''])('%j does nothing', key => {
    expect(actionOf(press(key), false)).toBeNull();
  });
});

test('keys are shown as they stand on the keyboard', () => {
  expect(shownKeys('mod+shift+o')).toBe('Ctrl+Shift+O');
  expect(shownKeys('j')).toBe('J');
  expect(keysOf('palette')).toBe('Ctrl+K');
});
