import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKit, type Kit } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';
import { deadLetter, postpone } from './dead-letters.ts';
import type { PendingEvent } from './tables.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await createKit();
});
afterAll(() => kit.close());

/** An event that waits, as the splitter stores it. */
async function pending(naturalKey: string, attempts = 0): Promise<PendingEvent> {
  const now = kit.world.clock.now();
  const event = {
    id: newId(),
    provider: 'whatsapp',
    topic: 'inbound' as const,
    account_id: '1',
    business_id: null,
    connection_id: null,
    verified: true,
    entity: '1/customer',
    natural_key: naturalKey,
    payload: { kind: 'unknown', why: 'a test', raw: '' },
    attempts,
  };
  await withSystem(kit.world.db, 'webhook-process', tx =>
    tx
      .insertInto('webhook_events')
      .values({
        ...event,
        payload: JSON.stringify(event.payload),
        kind: 'unknown',
        agency_id: null,
        client_id: null,
        reason: null,
        received_at: now,
        next_at: now,
        expires_at: new Date(now.getTime() + 86_400_000),
      })
      .execute(),
  );
  return event;
}

const stateOf = ({ id }: PendingEvent) =>
  withSystem(kit.world.db, 'telemetry', tx =>
    tx
      .selectFrom('webhook_events')
      .select(['state', 'attempts', 'reason', 'agency_id', 'next_at'])
      .where('id', '=', id)
      .executeTakeFirst(),
  );
const run = (work: Parameters<typeof withSystem<unknown>>[2]) => withSystem(kit.world.db, 'webhook-process', work);

test('WH-15: two workers that give the same event up leave one dead letter', async () => {
  const event = await pending('given up twice');
  const { id: agencyId } = kit.world.agencies[0];
  const why = { reason: 'a test', attempts: 5, tenant: { agencyId, clientId: null } };
  await Promise.all([run(tx => deadLetter(tx, event, why)), run(tx => deadLetter(tx, event, why))]);
  expect(await stateOf(event)).toMatchObject({ state: 'dead', attempts: 5, reason: 'a test', agency_id: agencyId });
});

test('WH-15: a copy of a dead letter is deleted, and a dead letter of another provider is not taken for one', async () => {
  const why = { reason: 'a test', attempts: 1, tenant: null };
  const [first, copy] = [await pending('twice'), await pending('twice')];
  for (const event of [first, copy]) await run(tx => deadLetter(tx, event, why));
  expect(await stateOf(first)).toMatchObject({ state: 'dead' });
  expect(await stateOf(copy)).toBeUndefined();
  const elsewhere: PendingEvent = { ...(await pending('elsewhere')), provider: 'instagram', natural_key: 'twice' };
  await run(tx => deadLetter(tx, elsewhere, why));
  expect(await stateOf(elsewhere)).toMatchObject({ state: 'dead' });
});

test('WH-15: an event is tried again after 1, 4, 16 and 64 seconds, then a person has to look', async () => {
  for (const [attempts, seconds] of [1, 4, 16, 64].entries()) {
    const event = await pending(`attempt ${attempts}`, attempts);
    await run(tx => postpone(tx, event, { reason: 'not yet', tenant: null, inTheEnd: 'dead' }));
    const nextAt = new Date(kit.world.clock.now().getTime() + seconds * 1000);
    expect(await stateOf(event)).toMatchObject({ state: 'pending', attempts: attempts + 1, next_at: nextAt });
  }
  const last = await pending('attempt 4', 4);
  await run(tx => postpone(tx, last, { reason: 'never', tenant: null, inTheEnd: 'dead' }));
  expect(await stateOf(last)).toMatchObject({ state: 'dead', attempts: 5, reason: 'never', agency_id: null });
});
