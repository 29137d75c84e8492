import { type AccountNoticeRow, SyncLine } from '@astrix/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';

let kit: Kit;
let agent: Person;
/** Seconds since 1970. A sign-in moves the clock on, and a copy of a notice has the same time. */
let began: number;
beforeAll(async () => {
  kit = await createKit();
  agent = await kit.as('agent');
  began = Math.floor(kit.world.clock.now().getTime() / 1000);
});
afterAll(() => kit.close());

/** A notice about the first client's business account, which names no number; `at` in seconds from now. */
const told = (field: string, value: object, at = 0) =>
  kit.world.deliver({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: BUSINESS,
        time: began + at,
        changes: [{ field, value }],
      },
    ],
  });
const BUSINESS = '700000000000007';
const ban = (state: string, at = 0) => told('account_update', { ban_info: { waba_ban_state: state } }, at);

beforeAll(() =>
  withSystem(kit.world.db, 'demo-seed', tx =>
    tx
      .updateTable('channels')
      .set({ business_account_id: BUSINESS })
      .where('account_id', '=', kit.world.agencies[0].clients[0].accountId)
      .execute(),
  ),
);

/** What a console keeps of the notices, newest first. */
async function notices(): Promise<AccountNoticeRow[]> {
  const reply = await kit.world.inject({
    url: '/v1/sync?collections=accountNotices',
    headers: { authorization: `Bearer ${await kit.world.tokenOf(kit.world.agencies[0].people.agent)}` },
  });
  const lines = reply.body
    .trim()
    .split('\n')
    .map(line => SyncLine.parse(JSON.parse(line)));
  const rows = lines.flatMap(line => (line.t === 'rows' ? line.rows : [])) as AccountNoticeRow[];
  return rows.toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

test('a ban stays beside a later notice about a template, stops replies in their own words, and is taken back', async () => {
  const asha = kit.customer();
  const first = await asha.writes('Hello');
  const reply = {
    params: { conversationId: first.conversationId },
    body: {
      messageId: newId(),
      text: 'Hello Asha',
      seenInboundId: first.messageId,
      writtenAt: kit.world.clock.now().toISOString(),
    },
  };
  await ban('DISABLE', -60);
  await told('message_template_status_update', { event: 'APPROVED', message_template_name: 'diwali' }, -30);
  expect(await notices()).toMatchObject([
    { topic: 'template', severity: 'tells', clientId: agent.clientId },
    { topic: 'account', severity: 'stops', endedAt: null, reason: expect.stringContaining('disabled') },
  ]);
  expect((await agent.refused('conversations.reply', reply)).code).toBe('account_stopped');

  // Copies, and one that comes late, change nothing.
  await ban('DISABLE', -60);
  expect(await notices()).toHaveLength(2);
  await ban('REINSTATE', -10);
  await ban('DISABLE', -40);
  expect((await notices()).map(({ severity, endedAt }) => [severity, endedAt !== null])).toEqual([
    ['tells', false],
    ['tells', false],
    ['stops', true],
    ['stops', true],
  ]);
  expect((await agent.call('conversations.reply', reply)).status).toBe('queued');
});

test('a field that nobody knows is kept in its words, and a client of another account sees none', async () => {
  await told('moon_phase_update', { phase: 'Full moon' });
  expect((await notices())[0]).toMatchObject({ topic: 'other', reason: expect.stringContaining('Full moon') });
  const ofOthers = await withSystem(kit.world.db, 'telemetry', tx =>
    tx.selectFrom('account_notices').select('client_id').distinct().execute(),
  );
  expect(ofOthers).toEqual([{ client_id: agent.clientId }]);
});
