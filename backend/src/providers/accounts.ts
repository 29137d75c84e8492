import type { z } from 'zod';
import type { Failed } from '../platform/egress/index.ts';
import type { Account } from './adapter-api.ts';
import { clamp } from './json.ts';
import { rowsOf } from './read.ts';

/** Accounts that a person can choose from, or the failure that came first (pages() of egress answers this). */
export type ReadResult<R> =
  | {
      readonly kind: 'ok';
      readonly rows: readonly R[];
      /** Rows that could not be read and are left out; absent for none. An account that is not among the others may be one of them. */
      readonly unreadable?: number;
    }
  | Failed;

const ODD = Symbol('a row that cannot be read');
type Odd = typeof ODD;

/** The schema of a list of accounts that is read row by row, for `pages`; `onlyReadable` takes the others out of the result. */
export const listOf = <R>(row: z.ZodType<R>, most: number): z.ZodType<readonly (R | Odd)[]> =>
  rowsOf(row, null, most).transform(({ rows, unreadable }) => [...rows, ...unreadable.map((): Odd => ODD)]);

export function onlyReadable<R>(found: ReadResult<R | Odd>): ReadResult<R> {
  if (found.kind !== 'ok') return found;
  const rows = found.rows.filter((row): row is R => row !== ODD);
  const unreadable = found.rows.length - rows.length;
  return { kind: 'ok', rows, ...(unreadable > 0 ? { unreadable } : {}) };
}

/** As much as the list of choices shows, and as long as an id may be. */
const MAX_SHOWN = 200;

type Better = (account: Account) => boolean;

/**
 * What a person chooses from: each account once, with a name that fits the list. Of two ways to one account the `isBetter` one is kept.
 * `unreadable` accounts are left out; when no other is there, the reply was unusable, which is something else than «no account».
 */
export function offered(
  accounts: readonly Account[],
  unreadable = 0,
  isBetter: Better = () => false,
): ReadResult<Account> {
  const known = new Map<string, Account>();
  for (const account of accounts) {
    const { id, name, detail } = account;
    const before = known.get(id);
    if (id.length > MAX_SHOWN || (before !== undefined && (isBetter(before) || !isBetter(account)))) continue;
    known.set(id, {
      ...account,
      name: clamp(name, MAX_SHOWN),
      detail: detail === null ? null : clamp(detail, MAX_SHOWN),
    });
  }
  if (known.size === 0 && unreadable > 0) return { kind: 'malformed', reason: 'schema', stale: true, status: 200 };
  return { kind: 'ok', rows: [...known.values()], ...(unreadable > 0 ? { unreadable } : {}) };
}

/**
 * The accounts below several owners, such as managers. One that refuses, or whose reply cannot be used, does not hide those of the others;
 * its failure is told when no account was found at all. Any other failure says nothing about one owner, and ends the look-up.
 */
export async function belowOwners<O>(
  owners: ReadResult<O>,
  below: (owner: O) => Promise<ReadResult<Account>>,
  isBetter?: Better,
): Promise<ReadResult<Account>> {
  if (owners.kind !== 'ok') return owners;
  const accounts: Account[] = [];
  let unreadable = owners.unreadable ?? 0;
  let failed: Failed | null = null;
  for (const owner of owners.rows) {
    const found = await below(owner);
    if (found.kind === 'ok') {
      accounts.push(...found.rows);
      unreadable += found.unreadable ?? 0;
      continue;
    }
    if (found.kind !== 'permanent' && found.kind !== 'malformed') return found;
    if (found.kind === 'malformed') unreadable += 1;
    failed ??= found;
  }
  return accounts.length === 0 && failed !== null ? failed : offered(accounts, unreadable, isBetter);
}
