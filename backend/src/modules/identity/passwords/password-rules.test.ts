import { describe, expect, test } from 'vitest';
import { commonPasswords } from '../../../platform/crypto/index.ts';
import { passwordFault } from './password-rules.ts';

const KNOWN = { email: 'priya.sharma@monsoonmedia.example', name: 'Priya Sharma', agency: 'Monsoon Media' };
const faultOf = (password: string) => passwordFault(password, KNOWN);

describe('AU-13: passwords', () => {
  test.each([
    'correct horse battery staple',
    'a long enough password',
    'mango-tuesday-lantern',
    'Kx9$vQ2!mZ7#',
    'Asha likes mangoes',
    'monsoon rain over the hills',
    'बारिश में चाय अच्छी लगती है',
    'mango🥭lantern🏮tuesday',
    'x'.repeat(6) + 'k7Qz!pLm'.repeat(31),
  ])('%j is accepted', password => {
    expect(faultOf(password)).toBeNull();
  });

  test.each([
    ['short 1!', 'at least 12'],
    ['elevenchars', 'at least 12'],
    [`${'mango lantern '.repeat(20)}`, 'longer than 256'],
    ['aaaaaaaaaaaaaaaa', 'repeats'],
    ['abababababababab', 'repeats'],
    ['123456789012', 'follows'],
    ['abcdefghijklm', 'follows'],
    ['qwertyuiopasd', 'follows'],
    ['0987654321098', 'follows'],
    ['password1234', 'tried first'],
    ['Password@2024', 'tried first'],
    ['P@ssw0rd1234!', 'tried first'],
    ['dragondragon', 'tried first'],
    ['DragonDragon2024', 'tried first'],
    ['1qaz2wsx3edc', 'tried first'],
    ['priya.sharma1', 'easy to guess'],
    ['PriyaSharma99', 'easy to guess'],
    ['Pr1y@$harma2024', 'easy to guess'],
    ['monsoonmedia1', 'easy to guess'],
    ['Monsoon@Media#1', 'easy to guess'],
  ])('%j is refused: %s', (password, why) => {
    expect(faultOf(password)).toContain(why);
  });

  test('the 3,000 commonest are refused with the endings that people give them to make them long enough', () => {
    const commonest = [...commonPasswords()].filter((_, n) => n < 3000);
    expect(commonest).toHaveLength(3000);
    const taken = commonest.flatMap(word =>
      [
        `${word}@2024!!`,
        `${word}${word}`,
        `1234!${word}`,
        word.replaceAll('o', '0').replaceAll('a', '@').padEnd(12, '!1'),
      ]
        .filter(password => password.length >= 12)
        .filter(password => faultOf(password) === null),
    );
    expect(taken).toEqual([]);
  });

  test('nothing is truncated: 256 characters count, and what differs only in the last one differs', async () => {
    const long = 'k7Qz!pLm'.repeat(32);
    expect(faultOf(long)).toBeNull();
    expect(faultOf(`${long}x`)).toContain('longer than 256');
  });
});
