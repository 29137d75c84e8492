import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MIGRATED, openCopy, type TestDb } from '../../../test/databases.ts';
import { systemClock } from '../../kernel/clock.ts';
import { openPglite } from './engines.ts';
import { withSystem } from './index.ts';

describe('while a transaction is open', () => {
  let copy: TestDb;
  beforeEach(async () => {
    copy = await openCopy(MIGRATED, systemClock);
  });
  afterEach(() => copy.drop());

  const ASKED = `select current_setting('role') as role, nullif(current_setting('app.now', true), '') as now`;
  const OUTSIDE = { role: 'none', now: null };

  /** A transaction as `astrix_system` that stays open until `end` is called. */
  async function open() {
    const [opened, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const done = withSystem(copy.db, 'telemetry', async tx => {
      opened.resolve();
      await ended.promise;
      return (await sql<{ role: string }>`select current_setting('role') as role`.execute(tx)).rows;
    });
    await opened.promise;
    return { end: ended.resolve, done };
  }

  test('nobody from outside gets its role or its tenant', async () => {
    const { internals } = copy.db;
    const { end, done } = await open();
    const [query, session, kysely] = [
      internals.query(ASKED),
      internals.session(one => one.query(ASKED)),
      sql.raw(ASKED).execute(internals.kysely),
    ];
    end();
    expect(await done).toEqual([{ role: 'astrix_system' }]);
    for (const { rows } of [await query, await session, await kysely]) expect(rows).toEqual([OUTSIDE]);
  });
});

test('an embedded database closes also when nobody asked it anything', async () => {
  const unused = await openPglite('memory');
  await unused.close();
  await expect(unused.query('select 1')).rejects.toThrow();
});
