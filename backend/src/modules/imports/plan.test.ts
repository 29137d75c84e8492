import { describe, expect, test } from 'vitest';
import type { RangedRead } from '../../providers/read.ts';
import { nextRun, pauseSeconds } from './plan.ts';

const NOW = new Date('2026-11-20T06:30:00.000Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const HOUR = 3600;
const DAY = 24 * HOUR;
const range = (over: Partial<RangedRead> = {}): RangedRead => ({
  kind: 'range',
  by: 'created',
  order: 'newest-first',
  overlapSeconds: 600,
  rereadDays: 30,
  historyDays: null,
  previewDays: 30,
  everySeconds: HOUR,
  ...over,
});

describe('the next run of an import', () => {
  test('begins with everything that the provider tells', () => {
    expect(nextRun(range(), { readUntil: null, rereadAt: null }, NOW)).toEqual({ kind: 'history', since: null });
  });

  test('reads what has changed since the last one, and a little before that', () => {
    expect(nextRun(range(), { readUntil: ago(HOUR), rereadAt: ago(DAY - 1) }, NOW)).toEqual({
      kind: 'changes',
      since: ago(HOUR + 600),
    });
  });

  test('reads the last days again once a day, where the provider does not tell of their changes', () => {
    const progress = { readUntil: ago(HOUR), rereadAt: ago(DAY) };
    expect(nextRun(range(), progress, NOW)).toEqual({ kind: 'again', since: ago(30 * DAY) });
    expect(nextRun(range({ rereadDays: null }), progress, NOW)).toEqual({ kind: 'again', since: null });
    expect(nextRun(range({ rereadDays: 0 }), progress, NOW)).toMatchObject({ kind: 'changes' });
  });

  test('leaves no gap after a pause that was longer than the days that are read again', () => {
    const progress = { readUntil: ago(90 * DAY), rereadAt: ago(90 * DAY) };
    expect(nextRun(range(), progress, NOW)).toEqual({ kind: 'again', since: ago(90 * DAY + 600) });
  });

  test('reads a list without times whole each time', () => {
    const whole = { kind: 'whole', everySeconds: HOUR } as const;
    expect(nextRun(whole, { readUntil: ago(HOUR), rereadAt: null }, NOW)).toEqual({ kind: 'changes', since: null });
  });
});

test('failures in a row make the pauses longer, up to six hours', () => {
  expect([0, 1, 2, 5, 9, 40].map(pauseSeconds)).toEqual([60, 120, 240, 1920, 21_600, 21_600]);
});
