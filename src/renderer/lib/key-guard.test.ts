import { beforeEach, describe, expect, test } from 'vitest';
import { createKeyGuard, endsTyping, type KeyGuard, QUIET_MS } from './key-guard.ts';

let at: number;
let guard: KeyGuard;
beforeEach(() => {
  at = 10_000;
  guard = createKeyGuard(() => at);
});

const BOUND = new Set([...'jkrnatseiz']);
const QUICK = new Set([...'jkr']);
/** Types with `gap` milliseconds between keys; answers the keys that acted. */
const type = (text: string, gap = 90) =>
  [...text].filter(key => {
    at += gap;
    return guard.admits({ key, bound: BOUND.has(key), quick: QUICK.has(key) });
  });

describe('a sentence outside of text fields', () => {
  test.each([
    'said STOP on the phone',
    'even the second one arrived late',
    'we sent it today',
    'tea and kettle, thanks',
    'just a minute',
    'review it again',
    'zero items in the parcel',
  ])('“%s” acts with its first key at most', text => {
    expect(['', text[0]]).toContain(type(text).join(''));
  });

  test('that follows a pause begins anew', () => {
    type('said');
    at += QUIET_MS;
    expect(type('e')).toEqual(['e']);
  });
});

describe('quick hands', () => {
  test('the same key again and again acts each time', () => {
    expect(type('jjjjj', 30)).toHaveLength(5);
    expect(type('eee', 120)).toEqual([]);
    at += QUIET_MS;
    expect(type('eee', 120)).toHaveLength(3);
  });

  test('R straight after J replies, and E straight after J does nothing', () => {
    expect(type('jr', 20)).toEqual(['j', 'r']);
    at += QUIET_MS;
    expect(type('je', 20)).toEqual(['j']);
  });

  test('a letter straight after Escape or Enter acts', () => {
    type('said');
    guard.paused();
    expect(type('j', 10)).toEqual(['j']);
  });
});

describe('while something is open over the screen', () => {
  test('no key acts, however long it is open', () => {
    guard.hold();
    expect(type('said STOP on the phone', 2000)).toEqual([]);
  });

  test('and for 300 ms after it closed', () => {
    const close = guard.hold();
    close();
    at += QUIET_MS - 1;
    expect(guard.admits({ key: 'e', bound: true, quick: false })).toBe(false);
  });

  test('and from then on', () => {
    const close = guard.hold();
    close();
    at += QUIET_MS;
    expect(guard.admits({ key: 'e', bound: true, quick: false })).toBe(true);
  });

  test('the rest of a sentence that closed it does nothing', () => {
    const close = guard.hold();
    type('said');
    close();
    expect(type(' STOP on the phone')).toEqual([]);
  });

  test('one of two that closed leaves the keys off', () => {
    const closeMenu = guard.hold();
    guard.hold();
    closeMenu();
    at += 5000;
    expect(type('e')).toEqual([]);
  });
});

test.each(['Shift', 'Backspace', 'CapsLock', 'Dead', 'Process', 'a', ' '])('%s is part of typing', key => {
  expect(endsTyping(key)).toBe(false);
});

test('the rest of a text whose field vanished runs no commands', () => {
  guard.typed();
  expect(type('even this')).toEqual([]);
});
