import { expect, test } from 'vitest';
import { ALL, daysFault, filterOf } from './filter.ts';

test('an empty bar asks for everything', () => {
  expect(filterOf(ALL)).toEqual({});
});

test('days are days in India, and the last day is meant in whole', () => {
  expect(filterOf({ ...ALL, from: '2026-11-30', to: '2026-11-30' })).toEqual({
    from: '2026-11-29T18:30:00.000Z',
    to: '2026-11-30T18:30:00.000Z',
  });
});

test('a first day after the last is told, and the same day is not', () => {
  expect(daysFault({ ...ALL, from: '2026-12-02', to: '2026-12-01' })).toContain('first day');
  expect(daysFault({ ...ALL, from: '2026-12-01', to: '2026-12-01' })).toBeNull();
  expect(daysFault({ ...ALL, from: '2026-12-01' })).toBeNull();
});
