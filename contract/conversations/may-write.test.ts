import { expect, test } from 'vitest';
import { mayWrite, type Writable } from './may-write.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');
const shifted = (ms: number) => new Date(NOW.getTime() + ms);
const open: Writable = { optedOut: false, windowExpiresAt: shifted(60_000) };

test.each([
  ['an open window', {}, null],
  ['a window as the row spells it', { windowExpiresAt: '2026-11-20T06:30:00.001Z' }, null],
  ['a channel that works', { channelActive: true }, null],
  ['a window that ends now', { windowExpiresAt: NOW }, 'window_closed'],
  ['a window that ended a millisecond ago', { windowExpiresAt: shifted(-1) }, 'window_closed'],
  ['a customer who has never written', { windowExpiresAt: null }, 'window_closed'],
  ['a channel that does not send', { channelActive: false }, 'channel_unavailable'],
  ['a customer who opted out', { optedOut: true }, 'opted_out'],
] as const)('ME-03, ME-04: %s', (_, change, refusal) => {
  expect(mayWrite({ ...open, ...change }, NOW)).toBe(refusal);
});

test('ME-04: the opt-out comes before everything else, and the window before the channel', () => {
  expect(mayWrite({ optedOut: true, windowExpiresAt: null, channelActive: false }, NOW)).toBe('opted_out');
  expect(mayWrite({ optedOut: false, windowExpiresAt: null, channelActive: false }, NOW)).toBe('window_closed');
});
