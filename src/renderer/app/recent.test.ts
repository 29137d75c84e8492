import { afterEach, expect, test } from 'vitest';
import { forgetMemories } from '../lib/client-memory.ts';
import { byRecency, rememberVisit } from './recent.ts';

const used = (id: string, lastUsedAt: string | null) => ({ id, lastUsedAt });
const clients = [
  used('never', null),
  used('now', '2026-11-20T06:30:00.000Z'),
  used('long ago', '2026-11-18T06:30:00.000Z'),
  used('before', '2026-11-20T06:29:00.000Z'),
];

afterEach(forgetMemories);

test('the first entry is the previous client, and the last one is the client on screen', () => {
  expect(byRecency(clients, 'now').map(({ id }) => id)).toEqual(['before', 'long ago', 'never', 'now']);
});

test('without a client on screen the one that was used last is first', () => {
  expect(byRecency(clients, null).map(({ id }) => id)).toEqual(['now', 'before', 'long ago', 'never']);
});

test('a visit counts at once, before main has told when it was', () => {
  for (const id of ['never', 'long ago']) rememberVisit(id);
  expect(byRecency(clients, 'long ago').map(({ id }) => id)).toEqual(['never', 'now', 'before', 'long ago']);
});
