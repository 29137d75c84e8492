import { newId, type RowOf } from '@astrix/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CacheEngine, createEngine } from './cache/engine.ts';
import { openFile } from './cache/file.ts';
import { commandOf } from './testkit/commands.ts';
import { clientRow, id } from './testkit/rows.ts';
import { sampleRow } from './testkit/sample-row.ts';

const NOW = Date.parse('2026-11-20T06:30:00.000Z');
const CLIENT = id('c00', 1);
const at = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();
let cache: CacheEngine;
beforeEach(() => {
  cache = createEngine(openFile(':memory:', null), { wallClock: () => NOW, newId });
  cache.beginPull({
    epoch: newId(),
    clientIds: [CLIENT],
    serverTime: at(0),
    reset: false,
    collections: ['parcels'],
  });
  put('clients', clientRow(1));
});

const put = (c: 'clients' | 'parcels', row: unknown) =>
  cache.apply({ rows: [{ c, rows: [row] }], gone: [], cursor: null, done: false });
const parcel = (change: Partial<RowOf<'parcels'>> = {}) =>
  sampleRow('parcels', 'AWB-1', {
    clientId: CLIENT,
    status: 'waiting',
    updatedAt: at(-1),
    expiresAt: at(24),
    ...change,
  });
const list = (status: string | null = null) =>
  cache.rows({ collection: 'parcels', clientId: CLIENT, status, after: null, limit: 10 }).rows as RowOf<'parcels'>[];

describe('a parcel that was added without a network', () => {
  const added = () =>
    commandOf('parcels.add', { clientId: CLIENT, awb: 'BD-7788', content: 'Samples' }, { createdAt: at(0) });

  test('is in the list and in search at once, and stays once when the server answers', () => {
    const command = added();
    cache.enqueue(command);
    expect(list()).toMatchObject([{ id: command.subjectId, awb: 'BD-7788', status: 'waiting' }]);
    expect(cache.searchRows({ clientId: CLIENT, q: '7788', limit: 5 })).toMatchObject([{ id: command.subjectId }]);
    cache.settle(command.id, { collection: 'parcels', row: parcel({ id: command.subjectId, awb: 'BD-7788' }) });
    expect(list()).toMatchObject([{ id: command.subjectId, content: 'AWB-1' }]);
    expect(cache.outbox(null)).toEqual([]);
  });

  test('goes away when the server refuses it, and waits in the outbox for a person', () => {
    const command = added();
    cache.enqueue(command);
    cache.refuse(command.id, { code: 'forbidden', reason: 'No', next: 'Ask', newer: [] });
    expect(list()).toEqual([]);
    expect(cache.searchRows({ clientId: CLIENT, q: '7788', limit: 5 })).toEqual([]);
    expect(cache.outbox(null)).toMatchObject([{ state: 'refused', label: 'Parcel', summary: 'Add parcel BD-7788' }]);
  });

  test('can be collected before the server has heard of it; both leave in order', () => {
    const first = added();
    const second = commandOf('parcels.collect', { clientId: CLIENT, parcelId: first.subjectId });
    cache.enqueue(first);
    cache.enqueue(second);
    expect(list('collected')).toHaveLength(1);
    expect(cache.nextCommands(10).map(command => command.id)).toEqual([first.id]);
  });
});

test('what is waiting is laid over what the server sends, and taken back by a refusal', () => {
  const row = parcel();
  put('parcels', row);
  const command = commandOf('parcels.collect', { clientId: CLIENT, parcelId: String(row.id) });
  cache.enqueue(command);
  put('parcels', { ...row, content: 'Two boxes', version: 2 });
  expect(list()).toMatchObject([{ status: 'collected', content: 'Two boxes' }]);
  cache.refuse(command.id, { code: 'not_found', reason: 'No', next: 'Ask', newer: [] });
  expect(list()).toMatchObject([{ status: 'waiting', content: 'Two boxes' }]);
});
