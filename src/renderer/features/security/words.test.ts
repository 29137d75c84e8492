import { expect, test } from 'vitest';
import { givenWords, grouped, systemWords } from './words.ts';

test.each([
  [['password', 'totp'], 'Password and authenticator'],
  [['passkey'], 'Passkey'],
  [['oidc', 'provider'], 'Single sign-on and second factor of the single sign-on'],
  [['password', 'newer-way'], 'Password'],
  [[], 'Unknown way'],
])('%j is said as %s', (given, words) => {
  expect(givenWords(given)).toBe(words);
});

test('a secret is read in groups of four, and loses no character', () => {
  expect(grouped('JBSWY3DPEHPK3PXPA')).toBe('JBSW Y3DP EHPK 3PXP A');
  expect(grouped('JBSW')).toBe('JBSW');
});

test('a system has the name that people know', () => {
  expect([systemWords('darwin'), systemWords('plan9')]).toEqual(['macOS', 'plan9']);
});
