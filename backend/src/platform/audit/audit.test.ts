import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb, START } from '../../../test/world.ts';
import { manualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { type Db, withSystem } from '../db/index.ts';
import { createAuditTrail } from './index.ts';

const ROWS = 6;
const key = randomBytes(32);
const trail = createAuditTrail(key);
const opened = await openTestDb(manualClock(START));
const db: Db = opened.db;
afterAll(() => opened.drop());

let agencyId: string;
let otherId: string;
const verify = (id: string, by = trail) => withSystem(db, 'telemetry', tx => by.verify(tx, id));

/** Entries of two agencies, written in turns. */
beforeEach(async () => {
  [agencyId, otherId] = [newId(), newId()];
  for (let n = 1; n <= ROWS; n++)
    for (const id of [agencyId, otherId])
      await withSystem(db, 'telemetry', tx =>
        trail.write(tx, {
          event: 'clients.change',
          agencyId: id,
          actorId: newId(),
          sessionId: null,
          subjectType: 'client',
          subjectId: newId(),
          detail: { name: `client ${n}`, count: n },
        }),
      );
});

/** As the owner of the database, whom no policy and no grant holds. */
const asOwner = (sql: string) => db.internals.script(sql.replaceAll(':agency', `'${agencyId}'`));
const third = 'where agency_id = :agency and seq = 3';

describe('AL-02: a chain that was changed is found at the row', () => {
  test('as it was written it holds', async () => {
    expect(await verify(agencyId)).toEqual({ checked: ROWS, firstBad: null });
    expect(await verify(otherId)).toEqual({ checked: ROWS, firstBad: null });
  });

  test.each([
    ['id', `gen_random_uuid()`],
    ['at', `at + interval '1 millisecond'`],
    ['event', `'clients.read'`],
    ['actor_id', 'null'],
    ['session_id', 'gen_random_uuid()'],
    ['client_id', 'gen_random_uuid()'],
    ['subject_type', `'person'`],
    ['subject_id', 'gen_random_uuid()'],
    ['detail', `'{"name":"client 4","count":3}'`],
    ['request_id', `'req-1'`],
    ['mac', `decode(repeat('00', 32), 'hex')`],
  ])('the column %s of one row', async (column, value) => {
    await asOwner(`update audit_log set ${column} = ${value} ${third}`);
    expect(await verify(agencyId)).toEqual({ checked: 2, firstBad: 3 });
    expect(await verify(otherId), 'the other agency').toEqual({ checked: ROWS, firstBad: null });
  });

  test.each([
    ['a row is taken out', `delete from audit_log ${third}`, 3],
    ['the newest row is taken out', `delete from audit_log where agency_id = :agency and seq = ${ROWS}`, ROWS],
    ['all rows are taken out', 'delete from audit_log where agency_id = :agency', 1],
    [
      'two rows change places',
      `update audit_log set seq = 100 ${third};
       update audit_log set seq = 3 where agency_id = :agency and seq = 4;
       update audit_log set seq = 4 where agency_id = :agency and seq = 100`,
      3,
    ],
    [
      'a row is put in',
      `insert into audit_log select agency_id, ${ROWS + 1}, gen_random_uuid(), at, event, actor_id, session_id, client_id, subject_type,
         subject_id, detail, request_id, mac, expires_at from audit_log ${third}`,
      ROWS + 1,
    ],
    [
      'the head is put back',
      `alter table audit_heads disable trigger user; update audit_heads set seq = ${ROWS - 1} where agency_id = :agency;
       alter table audit_heads enable trigger user`,
      ROWS + 1,
    ],
  ])('%s', async (_what, sql, firstBad) => {
    await asOwner(sql);
    expect((await verify(agencyId)).firstBad).toBe(firstBad);
  });

  test('a row of another agency is not one of this chain', async () => {
    await db.internals.script(
      `delete from audit_log where agency_id = '${agencyId}' and seq = 3;
       insert into audit_log select '${agencyId}', seq, gen_random_uuid(), at, event, actor_id, session_id, client_id, subject_type,
         subject_id, detail, request_id, mac, expires_at from audit_log where agency_id = '${otherId}' and seq = 3`,
    );
    expect((await verify(agencyId)).firstBad).toBe(3);
  });

  test('nobody without the key can write a chain that holds', async () => {
    expect((await verify(agencyId, createAuditTrail(randomBytes(32)))).firstBad).toBe(1);
  });
});
