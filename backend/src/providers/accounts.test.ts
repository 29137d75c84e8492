import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Failed } from '../platform/egress/index.ts';
import { belowOwners, listOf, offered, onlyReadable, type ReadResult } from './accounts.ts';
import type { Account } from './adapter-api.ts';

const account = (id: string, over: Partial<Account> = {}): Account => ({
  id,
  name: `Account ${id}`,
  detail: null,
  settings: {},
  ...over,
});
const FORBIDDEN: Failed = { kind: 'permanent', status: 403, code: 'PERMISSION_DENIED', reason: 'no' };
const ODD: Failed = { kind: 'malformed', status: 200, reason: 'schema', stale: true };
const LATER: Failed = { kind: 'retry', status: 429, reason: 'rate-limited', afterSeconds: 9 };

describe('accounts to choose from', () => {
  test('are offered once, and of two ways to one the better', () => {
    const direct = account('1', { settings: { manager: '' } });
    const through = account('1', { settings: { manager: '7' } });
    const isDirect = ({ settings }: Account) => settings.manager === '';
    for (const rows of [
      [through, direct],
      [direct, through],
    ])
      expect(offered(rows, 0, isDirect)).toEqual({ kind: 'ok', rows: [direct] });
    expect(offered([through, direct])).toEqual({ kind: 'ok', rows: [through] });
  });

  test('fit the list of choices: a long name is shortened between two characters, an impossible id left out', () => {
    const long = account('1', { name: `${'a'.repeat(199)}😀`, detail: 'd'.repeat(300) });
    const found = offered([long, account('x'.repeat(201))]);
    expect(found).toMatchObject({ rows: [{ id: '1', name: 'a'.repeat(199), detail: 'd'.repeat(200) }] });
  });

  test('one that cannot be read hides no other; when none can, the reply is unusable', () => {
    const rows = listOf(z.object({ id: z.string() }), 10).parse([{ id: '1' }, { id: 2 }, null]);
    expect(onlyReadable<{ id: string }>({ kind: 'ok', rows })).toEqual({
      kind: 'ok',
      rows: [{ id: '1' }],
      unreadable: 2,
    });
    expect(offered([account('1')], 2)).toEqual({ kind: 'ok', rows: [account('1')], unreadable: 2 });
    expect(offered([], 2)).toMatchObject({ kind: 'malformed' });
    expect(offered([])).toEqual({ kind: 'ok', rows: [] });
  });
});

describe('accounts below several owners', () => {
  const below = (told: Readonly<Record<string, ReadResult<Account>>>) =>
    belowOwners({ kind: 'ok', rows: Object.keys(told) }, async owner => told[owner]!);
  const ok = (...rows: Account[]): ReadResult<Account> => ({ kind: 'ok', rows });

  test('an owner that refuses, or cannot be read, does not hide those of the others', async () => {
    expect(await below({ a: FORBIDDEN, b: ok(account('1')), c: ODD, d: ok(account('2')) })).toEqual({
      kind: 'ok',
      rows: [account('1'), account('2')],
      unreadable: 1,
    });
  });

  test('the failure is told when no account is left', async () => {
    expect(await below({ a: FORBIDDEN, b: ok() })).toEqual(FORBIDDEN);
    expect(await below({ a: ODD })).toEqual(ODD);
    expect(await below({ a: ok() })).toEqual({ kind: 'ok', rows: [] });
  });

  test('being asked to wait says nothing about one owner, and ends the look-up', async () => {
    expect(await below({ a: ok(account('1')), b: LATER })).toEqual(LATER);
  });
});
