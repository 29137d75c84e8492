import { expect, test } from 'vitest';
import { mayWrite, type Writable } from './may-write.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');
const shifted = (ms: number) => new Date(NOW.getTime() + ms);
const open: Writable = { optedOut: false, windowExpiresAt: shifted(60_000) };
const hint = { stopHint: { scope: 'all', at: NOW.toISOString() } };

test.each([
  ['an open window', {}, null],
  ['a window as the row spells it', { windowExpiresAt: '2026-11-20T06:30:00.001Z' }, null],
  ['a channel that works', { channelActive: true }, null],
  ['a window that ends now', { windowExpiresAt: NOW }, 'window_closed'],
  ['a window that ended a millisecond ago', { windowExpiresAt: shifted(-1) }, 'window_closed'],
  ['a customer who has never written', { windowExpiresAt: null }, 'window_closed'],
  ['a channel that does not send', { channelActive: false }, 'channel_unavailable'],
  [
    'an account that the provider stopped',
    { notices: [{ severity: 'stops', until: null, endedAt: null }] },
    'account_stopped',
  ],
  [
    'one that is stopped until later',
    { notices: [{ severity: 'stops', until: shifted(1).toISOString(), endedAt: null }] },
    'account_stopped',
  ],
  [
    'one that was stopped until now',
    { notices: [{ severity: 'stops', until: NOW.toISOString(), endedAt: null }] },
    null,
  ],
  [
    'one whose stop was taken back',
    { notices: [{ severity: 'stops', until: null, endedAt: NOW.toISOString() }] },
    null,
  ],
  ['one with a warning', { notices: [{ severity: 'warns', until: null, endedAt: null }] }, null],
  ['a customer who opted out', { optedOut: true }, 'opted_out'],
  ['a customer who opted out of promotions', { marketingOptedOut: true }, null],
  ['a customer who may want to stop', hint, null],
] as const)('ME-03, ME-04: a reply to %s', (_, change, refusal) => {
  expect(mayWrite({ ...open, ...change }, NOW, 'reply')).toBe(refusal);
});

test.each([
  ['reply', null, null],
  ['utility', null, null],
  ['automatic', null, 'consent_unclear'],
  ['marketing', 'marketing_opted_out', 'consent_unclear'],
] as const)(
  'ME-04: %s, to a customer who stopped promotions, and to one who may want to stop',
  (purpose, out, unclear) => {
    expect(mayWrite(open, NOW, purpose)).toBeNull();
    expect(mayWrite({ ...open, optedOut: true }, NOW, purpose)).toBe('opted_out');
    expect(mayWrite({ ...open, marketingOptedOut: true }, NOW, purpose)).toBe(out);
    expect(mayWrite({ ...open, ...hint }, NOW, purpose)).toBe(unclear);
  },
);

test('ME-04: the opt-out comes before everything else, and the window before the channel', () => {
  const closed = { windowExpiresAt: null, channelActive: false };
  expect(mayWrite({ ...closed, ...hint, optedOut: true, marketingOptedOut: true }, NOW, 'marketing')).toBe('opted_out');
  expect(mayWrite({ ...closed, ...hint, optedOut: false }, NOW, 'automatic')).toBe('consent_unclear');
  expect(mayWrite({ ...closed, optedOut: false }, NOW, 'reply')).toBe('window_closed');
});
