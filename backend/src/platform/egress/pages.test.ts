import { expect, test } from 'vitest';
import { manualClock } from '../../kernel/clock.ts';
import type { Outcome } from './outcome.ts';
import { type Page, type Paging, pages } from './pages.ts';

const clock = manualClock('2026-11-20T06:30:00.000Z');
type Rows = Page<number>;
const page = (rows: readonly number[], next: string | null, bytes = 10): Outcome<Rows> => ({
  kind: 'ok',
  data: { rows, next },
  status: 200,
  headers: {},
  bytes,
});

const slowly = (outcome: Outcome<Rows>) => {
  clock.advance(0.6);
  return outcome;
};

/** The cursors that were asked for: the ledger of these tests. */
function walk(answer: (cursor: string | null, count: number) => Outcome<Rows>, over: Partial<Paging<number>> = {}) {
  const asked: (string | null)[] = [];
  const fetch = async (cursor: string | null) => {
    asked.push(cursor);
    return answer(cursor, asked.length);
  };
  return { asked, result: pages<number>({ clock, fetch, ...over }) };
}

test('EG-02: all rows in order, until there is no cursor', async () => {
  const { result, asked } = walk((_, n) => page([n], n < 3 ? `c${n}` : n === 3 ? '' : 'never'));
  expect(await result).toEqual({ kind: 'ok', rows: [1, 2, 3], pages: 3, bytes: 30 });
  expect(asked).toEqual([null, 'c1', 'c2']);
});

test.each<[string, (cursor: string | null, n: number) => Outcome<Rows>, number]>([
  ['cursor-loop', () => page([1], 'same'), 2],
  ['cursor-loop', (_, n) => page([1], ['a', 'b', 'c', 'a'][(n - 1) % 4]!), 4],
  ['too-many-pages', (_, n) => page([1], `c${n}`), 5],
  ['too-many-rows', (_, n) => page(Array(40).fill(n), `c${n}`), 3],
  ['too-many-bytes', (_, n) => page([], `c${n}`, 400), 3],
  ['too-slow', (_, n) => slowly(page([], `c${n}`)), 2],
  ['cursor', () => page([], 'x'.repeat(5000)), 1],
])('EG-02: %s is malformed as a whole, and it stops asking', async (reason, answer, most) => {
  const { result, asked } = walk(answer, { caps: { pages: 5, rows: 100, bytes: 1000, ms: 1000 } });
  expect(await result).toEqual({ kind: 'malformed', reason, stale: true, status: null });
  expect(asked).toHaveLength(most);
});

test.each<[string, Outcome<Rows>]>([
  ['retry', { kind: 'retry', afterSeconds: 9, reason: 'rate-limited', status: 429 }],
  ['malformed', { kind: 'malformed', reason: 'schema', stale: true, status: 200 }],
  ['reauth', { kind: 'reauth', code: 'http-401', reason: 'x', status: 401 }],
])('EG-02: a page that fails with %s makes the whole fail: no rows are handed out', async (_, failed) => {
  const { result, asked } = walk((_cursor, n) => (n === 3 ? failed : page([n], `c${n}`)));
  expect(await result).toEqual(failed);
  expect(asked).toHaveLength(3);
});

test('EG-02: who cancels gets no rows, and nothing more is asked', async () => {
  const stop = new AbortController();
  const { result, asked } = walk(
    (_, n) => {
      if (n === 2) stop.abort();
      return page([n], `c${n}`);
    },
    { signal: stop.signal },
  );
  expect(await result).toEqual({ kind: 'refused', reason: 'cancelled' });
  expect(asked).toHaveLength(2);
});
