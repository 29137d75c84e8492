import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../../../../testkit/until.ts';
import { openTestDb, START } from '../../../test/world.ts';
import { manualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { type Actor, type Db, withSystem, withTenant } from '../db/index.ts';
import { silentLog } from '../telemetry/index.ts';
import { createJobs, type JobDefinition, type Jobs } from './index.ts';

const clock = manualClock(START);
let db: Db;
let drop: () => Promise<void>;
const started: Jobs[] = [];
beforeAll(async () => {
  ({ db, drop } = await openTestDb(clock));
});
afterAll(async () => {
  for (const jobs of started) await jobs.stop();
  await drop();
});

const Payload = z.strictObject({ agencyId: z.uuid(), rowId: z.uuid() });
const job = (over: Partial<JobDefinition> = {}): JobDefinition => ({
  name: 'test.job',
  tenancy: 'agency',
  dataClass: 'end-customer',
  retention: 'conversation',
  schema: Payload,
  retryLimit: 3,
  concurrency: 1,
  run: async () => undefined,
  ...over,
});
async function start(...definitions: JobDefinition[]): Promise<Jobs> {
  const jobs = createJobs(db, silentLog);
  await jobs.start(definitions);
  started.push(jobs);
  return jobs;
}
const agencyId = newId();
const data = () => ({ agencyId, rowId: newId() });
const actor: Actor = { agencyId, personId: newId(), role: 'agent', sessionId: newId(), clientIds: 'all' };

describe('a declaration that is impossible stops the boot', () => {
  const WRONG: readonly (readonly [string, Partial<JobDefinition>, string])[] = [
    [
      'a retention class that does not cover the data class',
      { dataClass: 'credentials' },
      'is of class credentials, which the retention class conversation does not cover',
    ],
    [
      'text in the payload',
      { schema: Payload.extend({ text: z.string() }) },
      'carries text, which is not an id, a number or a constant',
    ],
    [
      'a list in the payload',
      { schema: Payload.extend({ ids: z.array(z.uuid()) }) },
      'carries ids, which is not an id, a number or a constant',
    ],
    [
      'a payload that keeps further keys',
      { schema: z.looseObject({ agencyId: z.uuid() }) },
      'keeps keys that it does not name',
    ],
    ['an agency’s job without its agency', { schema: z.strictObject({ rowId: z.uuid() }) }, 'has no agencyId'],
    ['a system job with an agency', { tenancy: 'system' }, 'works for no agency, but its payload has an agencyId'],
    ['a negative retry limit', { retryLimit: -1 }, 'has no usable retryLimit'],
    ['no concurrency', { concurrency: 0 }, 'has no usable concurrency'],
  ];
  for (const [what, over, why] of WRONG)
    test(what, async () => {
      await expect(createJobs(db, silentLog).start([job(over)])).rejects.toThrow(why);
    });

  test('two jobs of one name', async () => {
    await expect(createJobs(db, silentLog).start([job(), job()])).rejects.toThrow('Two jobs are named test.job.');
  });
});

test('the queue is made from the declaration, also where an earlier version made it', async () => {
  const queue = async (name: string) => {
    const { rows } = await db.internals.query(
      `select retry_limit, retention_seconds, deletion_seconds, dead_letter from jobs.queue where name = $1`,
      [name],
    );
    return rows[0];
  };
  await start(job({ name: 'test.declared', retryLimit: 3 }));
  const days = (count: number) => count * 86_400;
  expect(await queue('test.declared')).toMatchObject({
    retry_limit: 3,
    retention_seconds: days(14),
    deletion_seconds: days(7),
    dead_letter: 'test.declared.dead',
  });
  await start(job({ name: 'test.declared', retryLimit: 5, dataClass: 'ai-data', retention: 'report-summary' }));
  expect(await queue('test.declared')).toMatchObject({
    retry_limit: 5,
    retention_seconds: 7200,
    deletion_seconds: 7200,
  });
  expect(await queue('test.declared.dead')).toMatchObject({ retention_seconds: 7200, deletion_seconds: 7200 });
});

test('a job runs with what the transaction enqueued; one that rolls back does not run', async () => {
  const ran: unknown[] = [];
  const definition = job({ name: 'test.runs', run: async payload => void ran.push(payload) });
  const jobs = await start(definition);
  const [kept, dropped] = [data(), data()];
  await withSystem(db, 'lease', tx => jobs.enqueue(tx, definition, kept));
  const rolledBack = withSystem(db, 'lease', async tx => {
    await jobs.enqueue(tx, definition, dropped);
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  await jobs.work({ db, clock, log: silentLog });
  await until(() => ran.length > 0);
  expect(ran).toEqual([kept]);
});

test('F-02: a job of a worker that is not heard of any more is run by another, long before its time is over', async () => {
  const ran: string[] = [];
  const one = data();
  const orphan = job({
    name: 'test.orphan',
    run: async payload => void ran.push((payload as { rowId: string }).rowId),
  });
  const jobs = await start(orphan);
  await withTenant(db, actor, tx => jobs.enqueue(tx, orphan, one));
  // As a worker leaves it that took the job half a minute ago and was killed. Its time would be over in a minute and a half.
  const taken = await db.internals.query(
    `update jobs.job set state = 'active', started_on = now() - interval '30 seconds', heartbeat_on = now() - interval '25 seconds'
     where name = 'test.orphan' and state = 'created' returning heartbeat_seconds, expire_seconds`,
  );
  expect(taken.rows).toEqual([{ heartbeat_seconds: 10, expire_seconds: 120 }]);
  await jobs.work({ db, clock, log: silentLog });
  await expect.poll(() => ran, { timeout: 60_000 }).toEqual([one.rowId]);
});

test('a tenant enqueues for its own agency only, and only what a module declares', async () => {
  const definition = job({ name: 'test.tenant' });
  const jobs = await start(definition);
  await withTenant(db, actor, tx => jobs.enqueue(tx, definition, data()));
  const foreign = withTenant(db, actor, tx => jobs.enqueue(tx, definition, { ...data(), agencyId: newId() }));
  await expect(foreign).rejects.toThrow('names another agency than the one that enqueues it');
  const undeclared = withTenant(db, actor, tx => jobs.enqueue(tx, { name: 'test.other', schema: Payload }, data()));
  await expect(undeclared).rejects.toThrow('No module declares the job test.other.');
});
