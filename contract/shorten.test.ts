import { expect, test } from 'vitest';
import { shorten } from './shorten.ts';

test.each([
  ['a text that fits', 'abc', 3, 'abc'],
  ['an emoji across the cut', 'ab😀', 3, 'ab'],
  ['an emoji that ends at the cut', 'ab😀c', 4, 'ab😀'],
  ['a family, which is many code points', 'a👨‍👩‍👧‍👦b', 8, 'a'],
  ['a flag', '🇮🇳🇮🇳', 6, '🇮🇳'],
  ['a Devanagari letter with its vowel sign', 'किकि', 3, 'कि'],
  ['a Tamil letter with its vowel sign', 'நிநி', 3, 'நி'],
  ['a line break of two', 'a\r\nb', 2, 'a'],
  ['a character that is longer than the room', '👨‍👩‍👧‍👦', 4, '👨\u200d'],
  ['no room', 'abc', 0, ''],
])('%s', (_, text, most, short) => {
  expect(shorten(text, most)).toBe(short);
});

test('every cut of a text is well-formed, fits, and is its beginning', () => {
  const text = `${'नमस्ते 😀 '.repeat(80)}${'👩🏽‍🚀'.repeat(40)}${'🇮🇳'.repeat(200)}${'e\u0301\u0323'.repeat(300)}`;
  for (let most = 0; most <= text.length; most++) {
    const short = shorten(text, most);
    expect(short.length).toBeLessThanOrEqual(most);
    expect(short.isWellFormed() && text.startsWith(short), String(most)).toBe(true);
    expect(most - short.length).toBeLessThan(12);
  }
});
