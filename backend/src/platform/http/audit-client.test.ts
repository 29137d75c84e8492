import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKit, type Kit } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../db/index.ts';
import type { Handler } from './index.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await createKit();
});
afterAll(() => kit.close());

const lastAudit = (event: string) =>
  withSystem(kit.world.db, 'telemetry', tx =>
    tx
      .selectFrom('audit_log')
      .select(['client_id', 'actor_id', 'subject_id'])
      .where('event', '=', event)
      .orderBy('seq', 'desc')
      .executeTakeFirst(),
  );

test('AL-01: the audit row of a route under a client names that client, without a word of the handler', async () => {
  const agent = await kit.as('agent', { client: 1 });
  const { conversationId } = await kit.customer({ client: 1 }).writes('Hello');
  const noteId = newId();
  await agent.call('conversations.add-note', { params: { conversationId }, body: { noteId, text: 'Called back.' } });
  expect(await lastAudit('conversation.note')).toEqual({
    client_id: agent.clientId,
    actor_id: agent.id,
    subject_id: noteId,
  });
});

test('AL-01: the audit row of a route under no client names none, unless the handler does', async () => {
  const admin = await kit.as('admin');
  const set = (scope: 'provider' | 'client', subject: string) =>
    admin.call('connections.set-switch', {
      body: { scope, subject, off: true, reason: 'a drill', revoke: false },
    });
  await set('provider', 'jira');
  expect(await lastAudit('connection.switch')).toMatchObject({ client_id: null, subject_id: 'jira' });
  await set('client', admin.clientId);
  expect(await lastAudit('connection.switch')).toMatchObject({ client_id: admin.clientId });
});

test('a handler of a route under a client cannot name another client', () => {
  const handler: Handler<'conversations.add-note'> = async ({ audit }) => {
    // @ts-expect-error the floor adds the client of the path
    await audit({ subjectType: 'note', subjectId: newId(), clientId: newId() });
    throw new Error('not called');
  };
  expect(handler).toBeTypeOf('function');
});
