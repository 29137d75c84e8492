import { expect, test } from 'vitest';
import { shorten } from './shorten.ts';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['', 3, ''],
  ['ab😀', 4, 'ab😀'],
  ['ab😀', 3, 'ab'],
  ['a👍🏽b', 4, 'a'],
  ['a👨‍👩‍👧b', 8, 'a'],
  ['a🇮🇳b', 3, 'a'],
  ['नमस्ते', 3, 'नम'],
  ['cafe\u0301', 4, 'caf'],
  ['a\ud83d', 5, 'a\ufffd'],
])('%j in at most %i units is %j', (text, most, kept) => {
  expect(shorten(text, most)).toBe(kept);
});

test('wherever the cut falls, the beginning is well-formed and not longer than allowed', () => {
  const text = 'Diwali 🪔 दीपावली 👩🏽‍💻 தீபாவளி 🇮🇳 end';
  for (let most = 0; most <= text.length; most++) {
    const kept = shorten(text, most);
    expect(kept.isWellFormed()).toBe(true);
    expect(kept.length).toBeLessThanOrEqual(most);
    expect(text.startsWith(kept)).toBe(true);
  }
});
