import { describe, expect, test } from 'vitest';
import { ConsoleError } from '../ipc/errors.ts';
import { readAddress } from './address.ts';

test.each([
  ['console.agency.in', 'https://console.agency.in'],
  ['  https://Console.Agency.IN/ ', 'https://console.agency.in'],
  ['HTTPS://console.agency.in:443', 'https://console.agency.in'],
  ['console.agency.in:8443', 'https://console.agency.in:8443'],
  ['console.agency.in.', 'https://console.agency.in'],
  ['astrix', 'https://astrix'],
  ['https://203.0.113.5', 'https://203.0.113.5'],
  ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
  ['2001:DB8::1', 'https://[2001:db8::1]'],
  ['::1', 'https://[::1]'],
  ['http://127.0.0.1:4700', 'http://127.0.0.1:4700'],
  ['http://localhost:4700', 'http://127.0.0.1:4700'],
  ['http://[::1]:4700', 'http://[::1]:4700'],
])('%j is read as %s', (typed, origin) => {
  expect(readAddress(typed)).toEqual({ origin, isInternational: false, hadPath: false });
});

test.each(['https://console.agency.in/sign-in?x=1', 'console.agency.in/join/abc', 'console.agency.in#top'])(
  'what stands behind the host is left out of %j, and that is said',
  typed => {
    expect(readAddress(typed)).toMatchObject({ origin: 'https://console.agency.in', hadPath: true });
  },
);

test('a host in another script is shown in plain letters, and a person is asked to look at it', () => {
  // The first letter is Cyrillic.
  expect(readAddress('\u0441onsole.agency.in')).toMatchObject({
    origin: 'https://xn--onsole-hrf.agency.in',
    isInternational: true,
  });
  expect(readAddress('एजेंसी.भारत').isInternational).toBe(true);
  expect(readAddress('xn--onsole-hrf.agency.in').isInternational).toBe(false);
});

describe('SH-01: a password is never sent to', () => {
  test.each([
    ['', /^Enter the address/],
    ['   ', /^Enter the address/],
    ['http://console.agency.in', /not encrypted/],
    ['http://127.0.0.1.agency.in:80', /not encrypted/],
    ['http://0x7f000001.agency.in', /not encrypted/],
    ['console agency.in', /no spaces/],
    ['console\u200b.agency.in', /invisible/],
    ['console.agency.in\nevil.example', /invisible/],
    ['\u202eni.ycnega', /invisible/],
    ['asha@agency.in', /e-mail/],
    ['https://asha:secret@agency.in', /user name or a password/],
    ['https://agency.in@evil.example/', /user name or a password/],
    ['ftp://agency.in', /ftp:/],
    ['file:///etc/passwd', /file:/],
    ['astrix://client/1', /astrix:/],
    ['javascript:alert(1)', /not the address/],
    ['https:/agency.in', /not the address/],
    ['https:\\\\agency.in', /not the address/],
    ['console.agency.in:99999', /1 to 65535/],
    ['console.agency.in:0', /1 to 65535/],
    ['console.agency.in:abc', /not the address/],
    ['https://', /not the address/],
    ['https://[2001:db8::1', /not the address/],
    ['https://256.1.1.1', /not the address/],
    ['0.0.0.0', /nobody can be called/],
    ['https://[::]', /nobody can be called/],
  ])('%j', (typed, reason) => {
    const read = () => readAddress(typed);
    expect(read).toThrow(ConsoleError);
    expect(read).toThrow(reason);
  });
});
