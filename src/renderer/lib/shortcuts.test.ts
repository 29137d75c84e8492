import { describe, expect, test } from 'vitest';
import { defineShortcuts, keysOf, keysPressed, LIST, onShortcut, press, shownKeys } from './shortcuts.ts';

const plain = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('keys are read as they are declared', () => {
  test('a letter counts outside of text fields only', () => {
    expect(keysPressed({ ...plain, key: 'j' }, false)).toBe('j');
    expect(keysPressed({ ...plain, key: 'j' }, true)).toBeNull();
  });

  test('a sign that needs Shift is the sign itself', () => {
    expect(keysPressed({ ...plain, key: '?', shiftKey: true }, false)).toBe('?');
  });

  test('keys with Ctrl count also while a person types', () => {
    expect(keysPressed({ ...plain, key: 'k', ctrlKey: true }, true)).toBe('mod+k');
    expect(keysPressed({ ...plain, key: 'O', ctrlKey: true, shiftKey: true }, true)).toBe('mod+shift+o');
  });

  test.each(['altKey', 'metaKey'] as const)('a letter with %s belongs to the system', held => {
    expect(keysPressed({ ...plain, key: 'j', [held]: true }, false)).toBeNull();
  });

  test.each([
    ['र', 'KeyJ', false, 'j'],
    ['क', 'KeyK', false, 'k'],
    ['ग', 'KeyI', false, 'i'],
    ['त्र', 'KeyG', true, 'shift+g'],
    ['य', 'Slash', false, '/'],
    ['य़', 'Slash', true, '?'],
    ['๑', 'Digit1', false, '1'],
    ['й', 'KeyQ', false, 'q'],
  ])('«%s» of another script counts as the key %s', (key, code, shiftKey, keys) => {
    expect(keysPressed({ ...plain, key, code, shiftKey }, false)).toBe(keys);
    expect(keysPressed({ ...plain, key, code, ctrlKey: true }, true)).toBe(
      `mod+${keys === '?' ? '/' : keys.replace('shift+', '')}`,
    );
  });

  test('a Latin letter counts as itself, wherever its keyboard has it', () => {
    expect(keysPressed({ ...plain, key: 'a', code: 'KeyQ' }, false)).toBe('a');
    expect(keysPressed({ ...plain, key: 'é', code: 'Digit2' }, false)).toBe('2');
    expect(keysPressed({ ...plain, key: '–', code: 'Minus' }, false)).toBe('–');
  });

  test('Alt counts with keys that are no character', () => {
    expect(keysPressed({ ...plain, key: 'ArrowUp', altKey: true }, false)).toBe('alt+arrowup');
    expect(keysPressed({ ...plain, key: 'ArrowUp', altKey: true }, true)).toBeNull();
    expect(shownKeys('alt+arrowup')).toBe('Alt+↑');
  });

  test('Shift makes another shortcut of a letter, and no other one of a sign', () => {
    expect(keysPressed({ ...plain, key: 'J', shiftKey: true }, false)).toBe('shift+j');
    expect(keysPressed({ ...plain, key: 'J', shiftKey: true }, true)).toBeNull();
    expect(keysPressed({ ...plain, key: 'J' }, false)).toBe('j');
    expect(keysPressed({ ...plain, key: '?', shiftKey: true }, false)).toBe('?');
    expect(shownKeys('shift+j')).toBe('Shift+J');
  });

  test('Alt makes Ctrl another key', () => {
    expect(keysPressed({ ...plain, key: 'k', ctrlKey: true, altKey: true }, false)).toBeNull();
  });
});

test('keys are shown as the keyboard names them', () => {
  expect(shownKeys('mod+shift+o')).toBe('Ctrl+Shift+O');
  expect(shownKeys('j')).toBe('J');
  expect(shownKeys('mod+1 … 9')).toBe('Ctrl+1 … 9');
  expect(shownKeys('g i')).toBe('G then I');
  expect(shownKeys('alt+enter')).toBe('Alt+Enter');
  expect(shownKeys('escape')).toBe('Esc');
  expect(keysOf(LIST.search)).toBe('/');
});

test('a press reaches the listeners of its own declaration, until they end', () => {
  const [one, other] = [
    defineShortcuts('One', { go: { keys: 'g', says: 'Go' } }),
    defineShortcuts('Other', { go: { keys: 'g', says: 'Go' } }),
  ];
  const heard: string[] = [];
  const end = onShortcut(one.go, () => heard.push('one'));
  onShortcut(other.go, () => heard.push('other'));
  press(one.go);
  expect(heard).toEqual(['one']);
  end();
  press(one.go);
  press(other.go);
  expect(heard).toEqual(['one', 'other']);
});
