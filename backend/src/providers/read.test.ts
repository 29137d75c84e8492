import type { FactOf } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { manualClock } from '../kernel/clock.ts';
import type { Api } from './adapter-api.ts';
import { collect, mapRows, type Read, type ReadPage, rowsOf } from './read.ts';

type Order = FactOf<'orders'>;
const NOW = new Date('2026-11-30T12:00:00.000Z');
const order = (id: string, hour: number, over: Partial<Order> = {}): Order => ({
  id,
  number: id,
  status: 'unshipped',
  fulfilment: null,
  placedAt: '2026-11-30T05:00:00.000Z',
  updatedAt: `2026-11-30T0${hour}:00:00.000Z`,
  shipBy: null,
  items: 1,
  totalMinor: null,
  currency: null,
  ...over,
});

describe('a list that is read row by row', () => {
  const Row = z.object({ id: z.string(), count: z.int() }).transform(row => {
    if (row.count === 13) throw new RangeError('unlucky');
    return row;
  });
  const read = (list: unknown) => rowsOf(Row, 'id', 5).parse(list);

  test('leaves out what it cannot read, and says which one it was', () => {
    const list = [{ id: 'a', count: 1 }, null, { id: 'b', count: '2' }, 'x', { id: 'c', count: 13 }];
    expect(read(list)).toEqual({
      rows: [{ id: 'a', count: 1 }],
      unreadable: [{ key: null }, { key: 'b' }, { key: null }, { key: 'c' }],
    });
  });

  test('leaves out two rows of one key that differ, and keeps a row that came twice alike', () => {
    const list = [
      { id: 'a', count: 1 },
      { id: 'a', count: 2 },
      { id: 'b', count: 3 },
      { id: 'b', count: 3 },
    ];
    expect(read(list)).toEqual({
      rows: [
        { id: 'b', count: 3 },
        { id: 'b', count: 3 },
      ],
      unreadable: [
        { key: 'a', why: 'id-twice' },
        { key: 'a', why: 'id-twice' },
      ],
    });
  });

  test('is refused when it is none, or too long', () => {
    expect(rowsOf(Row, 'id', 5).safeParse({}).success).toBe(false);
    expect(rowsOf(Row, 'id', 5).safeParse(Array(6).fill(null)).success).toBe(false);
  });

  test('a row that cannot be told as a fact is left out as well', () => {
    const fact = ({ count }: { readonly count: number }) => {
      if (count === 2) throw new RangeError('no time');
      return count;
    };
    expect(mapRows({ rows: [{ count: 1 }, { count: 2 }, { count: 3 }], unreadable: [] }, fact)).toEqual({
      rows: [1, 3],
      unreadable: [{ key: null }],
    });
  });
});

describe('pages that are collected', () => {
  type Page = Omit<Partial<ReadPage<Order>>, 'rows'> & { readonly rows: readonly Order[] };
  const collected = (...pages: readonly Page[]) => {
    const read: Read<'orders'> = async (_api, { cursor }) => {
      const at = Number(cursor ?? 0);
      const page = pages[Math.min(at, pages.length - 1)]!;
      const next = page.next === undefined ? (at + 1 < pages.length ? String(at + 1) : null) : page.next;
      return { kind: 'ok', unreadable: [], complete: next === null, ...page, next };
    };
    const api = { clock: manualClock(NOW) } as unknown as Api;
    return collect('orders', read, api, { text: null, since: null, until: NOW, rows: null });
  };

  test('a row that changed while they were read counts in its newer state, whichever page has it', async () => {
    const shipped = order('1', 9, { status: 'shipped' });
    for (const pages of [
      [{ rows: [order('1', 6), order('2', 7)] }, { rows: [shipped] }],
      [{ rows: [shipped, order('2', 7)] }, { rows: [order('1', 6)] }],
    ])
      expect(await collected(...pages)).toMatchObject({ kind: 'ok', rows: [shipped, order('2', 7)], pages: 2 });
  });

  test('of the same time the state that was read later counts', async () => {
    const restated = order('1', 6, { items: 2 });
    expect(await collected({ rows: [order('1', 6)] }, { rows: [restated] })).toMatchObject({ rows: [restated] });
  });

  test('two states on one page are left to whoever validates them', async () => {
    const rows = [order('1', 6), order('1', 6, { items: 2 })];
    expect(await collected({ rows })).toMatchObject({ rows });
  });

  test('a last page that the list has moved over is no page that repeats', async () => {
    const pages = [{ rows: [order('1', 6), order('2', 7)] }, { rows: [order('2', 7)] }];
    expect(await collected(...pages)).toMatchObject({ kind: 'ok', rows: [{ id: '1' }, { id: '2' }] });
  });

  test('EG-02: the same rows with always one more page are an end that never comes', async () => {
    let cursor = 0;
    const read: Read<'orders'> = async () => ({
      kind: 'ok',
      rows: [order('1', 6)],
      unreadable: [],
      next: String(cursor++),
      complete: false,
    });
    const api = { clock: manualClock(NOW) } as unknown as Api;
    expect(await collect('orders', read, api, { text: null, since: null, until: NOW, rows: null })).toMatchObject({
      kind: 'malformed',
      reason: 'page-repeats',
    });
  });

  test('what is left out and what is missing is told of all pages', async () => {
    const found = await collected(
      { rows: [order('1', 6)], unreadable: [{ key: 'x' }] },
      { rows: [order('2', 6)], unreadable: [{ key: null }], missing: [{ rows: 1, why: 'No total.' }] },
    );
    expect(found).toMatchObject({
      unreadable: [{ key: 'x' }, { key: null }],
      missing: [{ rows: 1, why: 'No total.' }],
    });
  });
});
