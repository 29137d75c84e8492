import { describe, expect, test } from 'vitest';
import { mailAddress } from './mail-address.ts';

describe('one mailbox', () => {
  test.each([
    ['priya@agency.example', 'priya@agency.example'],
    ['  priya@AGENCY.Example ', 'priya@agency.example'],
    ['priya.nair+astrix@agency.example', 'priya.nair+astrix@agency.example'],
    ["o'brien@agency.example", "o'brien@agency.example"],
    ['priya@चायकथा.example', 'priya@xn--11bj8azb9dd.example'],
    ['priya@bücher.example', 'priya@xn--bcher-kva.example'],
    ['प्रिया@agency.example', 'प्रिया@agency.example'],
  ])('%j is %j', (text, address) => {
    expect(mailAddress(text)).toBe(address);
  });

  test('two spellings of the same letters are one address', () => {
    expect(mailAddress('jose\u0301@agency.example')).toBe(mailAddress('jos\u00e9@agency.example'));
  });

  test('a domain of look-alike letters shows that it is another one', () => {
    // The first letter is Cyrillic.
    expect(mailAddress('priya@\u0430gency.example')).toBe('priya@xn--gency-3ve.example');
  });
});

describe('no mailbox', () => {
  test.each([
    '',
    'priya',
    '@agency.example',
    'priya@',
    'priya@localhost',
    'priya@127.0.0.1',
    'priya@[127.0.0.1]',
    'priya@agency.example, thief@evil.example',
    'priya@agency.example\r\nBcc: thief@evil.example',
    'priya\r\nBcc:thief@agency.example',
    'priya @agency.example',
    '"priya nair"@agency.example',
    'Priya <priya@agency.example>',
    'priya@thief@agency.example',
    'priya..nair@agency.example',
    '.priya@agency.example',
    'priya@agency.example:25',
    'priya@agency.example/x',
    'priya@agency..example',
    'priya@user:pw@agency.example',
    'priya\u202e@agency.example',
    'priya\u0000@agency.example',
    `${'a'.repeat(65)}@agency.example`,
    `priya@${'a'.repeat(64)}.example`,
    `priya@${'a.'.repeat(130)}example`,
  ])('%j', text => {
    expect(mailAddress(text)).toBeNull();
  });
});
