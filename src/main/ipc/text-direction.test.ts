import { expect, test } from 'vitest';
import { allInPlainDirection, inPlainDirection } from './text-direction.ts';

test.each([
  ['\u202enoitartsinimda', 'noitartsinimda'],
  ['invoice\u202egnp.exe', 'invoicegnp.exe'],
  ['\u2066a\u2067b\u2068c\u2069d\u202ae\u202bf\u202cg\u202dh', 'abcdefgh'],
  ['नमस्ते \u200fسلام\u200e 👩‍👧', 'नमस्ते \u200fسلام\u200e 👩‍👧'],
])('SH-19: %j is drawn as %j', (text, drawn) => {
  expect(inPlainDirection(text)).toBe(drawn);
});

test('SH-19: every text of an answer, at any depth, and an answer without one stays the same object', () => {
  const rows = {
    rows: [
      { name: 'a\u202eb', media: { fileName: '\u202ex' } },
      { name: 'c', media: null },
    ],
    next: 3,
  };
  expect(allInPlainDirection(rows)).toEqual({
    rows: [
      { name: 'ab', media: { fileName: 'x' } },
      { name: 'c', media: null },
    ],
    next: 3,
  });
  const plain = { rows: [{ name: 'a' }] };
  expect(allInPlainDirection(plain)).toBe(plain);
});
