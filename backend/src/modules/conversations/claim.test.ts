import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKit, type Kit, type Written } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';
import { claimNext } from './claim.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await createKit();
});
afterAll(() => kit.close());

/** Puts a message into the queue as a program or as a person, and claims it. */
const claimed = (written: Written, authorId: string | null) =>
  withSystem(kit.world.db, 'send-message', async tx => {
    const received = await tx
      .selectFrom('messages')
      .selectAll()
      .where('id', '=', written.messageId)
      .executeTakeFirstOrThrow();
    const id = newId();
    await tx
      .insertInto('messages')
      .values({
        ...received,
        id,
        seq: received.seq + 1,
        direction: 'out',
        status: 'queued',
        provider_id: null,
        author_id: authorId,
        reactions: '[]',
      })
      .execute();
    const next = await claimNext(tx, { agencyId: received.agency_id, conversationId: received.conversation_id });
    const { status, failure } = await tx
      .selectFrom('messages')
      .select(['status', 'failure'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    // The message is taken back, so that the next one of the test does not stand behind it.
    await tx.deleteFrom('messages').where('id', '=', id).execute();
    return { claimed: next !== null && next !== 'again', status, failure };
  });

test('ME-04: a customer who may want to stop gets what a person wrote, and nothing that no person wrote', async () => {
  const customer = kit.customer();
  const { id: author } = await kit.as('agent');
  const written = await customer.writes('Hello');
  expect(await claimed(written, null)).toMatchObject({ claimed: true, status: 'sending' });
  const unclear = await customer.writes('bas karo');
  expect(await claimed(unclear, author)).toMatchObject({ claimed: true, status: 'sending' });
  expect(await claimed(unclear, null)).toMatchObject({
    claimed: false,
    status: 'failed',
    failure: { code: 'consent_unclear' },
  });
});

test('a pause of the client stops what is queued, whoever wrote it; sent again after the pause it goes out', async () => {
  const manager = await kit.as('manager');
  const written = await kit.customer().writes('Where is it?');
  await manager.call('clients.pause', { body: { paused: true } });
  for (const author of [manager.id, null])
    expect(await claimed(written, author)).toMatchObject({
      claimed: false,
      status: 'failed',
      failure: { code: 'client_paused' },
    });
  await manager.call('clients.pause', { body: { paused: false } });
  expect(await claimed(written, manager.id)).toMatchObject({ claimed: true, status: 'sending' });
});
