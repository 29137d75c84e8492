import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, messagePayload, signed, type World } from '../../../test/world.ts';
import { withSystem } from '../../platform/db/index.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());

const BURST = 300;

/** Stored, and not applied. */
async function post(payload: object): Promise<void> {
  const body = Buffer.from(JSON.stringify(payload));
  const url = '/webhooks/app/whatsapp';
  const reply = await world.inject({ method: 'POST', url, headers: signed(body), payload: body });
  expect(reply.statusCode).toBe(200);
}

const message = (accountId: string, n: number) =>
  messagePayload(accountId, {
    id: `wamid.${accountId}.${n}`,
    from: `9198${accountId.slice(-2)}${String(n).padStart(6, '0')}`,
    text: `message ${n}`,
    at: world.clock.now(),
  });

/** The messages in the order in which they took effect, each as its account. */
const applied = () =>
  withSystem(world.db, 'telemetry', async tx => {
    const rows = await tx
      .selectFrom('changes')
      .innerJoin('messages', 'messages.id', 'changes.row_id')
      .innerJoin('channels', join =>
        join.onRef('channels.id', '=', 'messages.channel_id').onRef('channels.agency_id', '=', 'messages.agency_id'),
      )
      .select('channels.account_id')
      .where('changes.collection', '=', 'messages')
      .orderBy('changes.xid')
      .orderBy('changes.seq')
      .execute();
    return rows.map(row => row.account_id);
  });

describe('accounts take turns', () => {
  test('a burst of one account keeps the message of another waiting for no more than a few', async () => {
    const [busy, quiet] = world.agencies[0].clients;
    for (let n = 0; n < BURST; n++) await post(message(busy.accountId, n));
    await post(message(quiet.accountId, 0));
    await world.app.runNow('webhooks.process');
    const order = await applied();
    expect(order).toHaveLength(BURST + 1);
    expect(order.indexOf(quiet.accountId)).toBeLessThan(10);
  });

  test('the turns lose no event of either', async () => {
    const [busy, quiet] = world.agencies[1].clients;
    for (let n = 0; n < 5; n++) await post(message(busy.accountId, n));
    await post(message(quiet.accountId, 0));
    const before = (await applied()).length;
    await world.app.runNow('webhooks.process');
    expect((await applied()).slice(before).toSorted()).toEqual(
      [...Array(5).fill(busy.accountId), quiet.accountId].toSorted(),
    );
  });
});
