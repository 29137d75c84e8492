import { expect, test } from 'vitest';
import { networkLabel } from './network-label.ts';

test.each([
  ['127.0.0.1', 'This machine'],
  ['::1', 'This machine'],
  ['::ffff:127.0.0.1', 'This machine'],
  ['192.168.1.20', 'Private network'],
  ['172.31.0.9', 'Private network'],
  ['fd12:3456:789a:1::5', 'Private network'],
  ['203.0.113.77', '203.0.113.*'],
  ['::ffff:203.0.113.77', '203.0.113.*'],
  ['172.32.0.9', '172.32.0.*'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3:*'],
])('A6: %s is shown as %s', (address, label) => {
  expect(networkLabel(address)).toBe(label);
});
