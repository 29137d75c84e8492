import { describe, expect, test } from 'vitest';
import { Email } from '../fields.ts';
import { addressWarnings, nameWarnings, ShownName } from './names.ts';

describe('AU-15: names of people', () => {
  test.each([
    ['Priya Sharma', 'Priya Sharma'],
    ['  Asha   Rao ', 'Asha Rao'],
    ['राहुल वर्मा', 'राहुल वर्मा'],
    ['மு. கருணா', 'மு. கருணா'],
    ['क्‍ष', 'क्‍ष'],
    ['Jose\u0301', 'Jos\u00e9'],
    ['محمد', 'محمد'],
    ["O'Brien-Smith Jr.", "O'Brien-Smith Jr."],
  ])('%j is kept as %j', (given, kept) => {
    expect(ShownName.parse(given)).toBe(kept);
  });

  test.each([
    ['', 'must not be empty'],
    ['   ', 'must not be empty'],
    ['12345', 'must hold a letter'],
    ['a'.repeat(121), 'at most 120'],
    ['Asha\u202eoaR', 'direction'],
    ['Asha\u2066Rao\u2069', 'direction'],
    ['Asha\u200fRao', 'direction'],
    ['As\u200bha', 'invisible'],
    ['Asha\u0000', 'invisible'],
    ['\ufeffAsha\u00ad', 'invisible'],
    ['Asha\ue000', 'invisible'],
    [`A${'\u0301'.repeat(6)}sha`, 'marks'],
  ])('%j is refused: %s', (given, why) => {
    expect(() => ShownName.parse(given)).toThrow(why);
  });

  test('a Cyrillic letter among Latin ones, and a name that looks like a colleague, are pointed out', () => {
    expect(nameWarnings('Pаul Singh', [])).toEqual([expect.stringContaining('mixes letters')]);
    expect(nameWarnings('Раул', ['Payл'])).toHaveLength(1);
    expect(nameWarnings('Paul Singh', ['Paul Singh', 'Asha Rao'])).toEqual([]);
    expect(nameWarnings('PauI', ['Paui'])).toHaveLength(1);
    expect(nameWarnings('राहुल Sharma', ['Rahul Sharma'])).toEqual([]);
  });
});

describe('AU-15: e-mail addresses', () => {
  test.each([
    ['  Asha@Example.COM ', 'asha@example.com'],
    ['asha@उदाहरण.भारत', 'asha@xn--p1b6ci4b4b3a.xn--h2brj9c'],
    ['a+b@mail.example.co.in', 'a+b@mail.example.co.in'],
  ])('%j is kept as %j', (given, kept) => {
    expect(Email.parse(given)).toBe(kept);
  });

  test.each([
    'asha',
    'asha@',
    '@example.com',
    'asha@exa mple.com',
    'asha@example.com/भारत',
    'asha@भारत:80',
    'a\u202eb@example.com',
    'аsha@example.com',
    'asha@localhost',
    `${'a'.repeat(250)}@example.com`,
    'asha@example.com\nbcc: x@example.com',
  ])('%j is refused', given => {
    expect(Email.safeParse(given).success).toBe(false);
  });

  test('another script and a lookalike are pointed out', () => {
    expect(addressWarnings('asha@xn--exmple-4nf.com', [])).toEqual([expect.stringContaining('another script')]);
    expect(addressWarnings('asha@examp1e.com', ['asha@example.com'])).toEqual([expect.stringContaining('looks like')]);
    expect(addressWarnings('asha@example.com', ['asha@example.com', 'ravi@example.com'])).toEqual([]);
  });
});
