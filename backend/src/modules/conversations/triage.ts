import { type ConversationRow, type NoteRow, roleMay } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { type SystemTx, type TenantTx, txActor, txNow } from '../../platform/db/index.ts';
import { keptUntil } from '../clients/index.ts';
import { roleOn } from '../identity/index.ts';
import { conversationRow, lockConversation, noteRow } from './read.ts';

const MAX_TAGS = 20;

type Target = { readonly clientId: string; readonly conversationId: string };
type Change = Partial<Parameters<typeof writeChange>[2]>;

async function writeChange(
  tx: TenantTx,
  conversationId: string,
  change: Record<string, unknown>,
): Promise<ConversationRow> {
  const row = await tx
    .updateTable('conversations')
    .set(column => ({ ...change, version: column('version', '+', 1) }))
    .where('id', '=', conversationId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return conversationRow(row);
}

async function change(tx: TenantTx, target: Target, to: Change): Promise<ConversationRow> {
  const locked = await lockConversation(tx, target.clientId, target.conversationId);
  return writeChange(tx, locked.id, to);
}

/** Only to a person who answers customers of this client. */
export async function assign(tx: TenantTx, target: Target, personId: string | null): Promise<ConversationRow> {
  if (personId !== null) {
    const role = await roleOn(tx, personId, target.clientId);
    if (role === null || !roleMay(role, 'conversation.reply'))
      fail('not_found', { detail: 'This person does not answer customers of this client.' });
  }
  return change(tx, target, { assignee_id: personId });
}

export async function changeTags(
  tx: TenantTx,
  target: Target,
  add: readonly string[],
  remove: readonly string[],
): Promise<ConversationRow> {
  const locked = await lockConversation(tx, target.clientId, target.conversationId);
  const tags = [...new Set([...locked.tags.filter(tag => !remove.includes(tag)), ...add])].sort();
  if (tags.length > MAX_TAGS) fail('invalid_request', { detail: `A conversation can have at most ${MAX_TAGS} tags.` });
  return writeChange(tx, locked.id, { tags });
}

export async function snooze(tx: TenantTx, target: Target, until: Date | null): Promise<ConversationRow> {
  const now = txNow(tx);
  const latest = new Date(now.getTime() + 30 * 86_400_000);
  if (until !== null && (until <= now || until > latest))
    fail('invalid_request', { detail: 'Choose a time from now on, within 30 days.' });
  return change(
    tx,
    target,
    until === null ? { status: 'open', snoozed_until: null } : { status: 'snoozed', snoozed_until: until },
  );
}

/** Closing also puts failed messages to rest: somebody has looked. */
export const setStatus = (tx: TenantTx, target: Target, status: 'open' | 'closed'): Promise<ConversationRow> =>
  change(tx, target, { status, snoozed_until: null, ...(status === 'closed' ? { failed: 0, unread: 0 } : {}) });

/** What arrived after `upToId` stays unread. */
export async function markRead(tx: TenantTx, target: Target, upToId: string): Promise<ConversationRow> {
  const locked = await lockConversation(tx, target.clientId, target.conversationId);
  const upTo = await tx
    .selectFrom('messages')
    .select('seq')
    .where('id', '=', upToId)
    .where('conversation_id', '=', locked.id)
    .executeTakeFirst();
  if (!upTo) fail('not_found');
  // Never more than are unread now: in a long thread the rest need not be counted.
  const after = await tx
    .selectFrom('messages')
    .select('id')
    .where('conversation_id', '=', locked.id)
    .where('direction', '=', 'in')
    .where('kind', '!=', 'system')
    .where('seq', '>', upTo.seq)
    .orderBy('seq')
    .limit(locked.unread)
    .execute();
  const unread = after.length;
  return unread === locked.unread ? conversationRow(locked) : writeChange(tx, locked.id, { unread });
}

/** The newest message of the customer counts as unread again. */
export async function markUnread(tx: TenantTx, target: Target): Promise<ConversationRow> {
  const locked = await lockConversation(tx, target.clientId, target.conversationId);
  if (locked.unread > 0 || locked.last_inbound_id === null) return conversationRow(locked);
  return writeChange(tx, locked.id, { unread: 1 });
}

/** A failed message counts until somebody resends it or says that it is dealt with: its text never arrived, whatever was sent since. */
export async function dismissFailure(tx: TenantTx, target: Target, failedId: string): Promise<ConversationRow> {
  const locked = await lockConversation(tx, target.clientId, target.conversationId);
  const message = await tx
    .selectFrom('messages')
    .select(['status', 'failure'])
    .where('id', '=', failedId)
    .where('conversation_id', '=', locked.id)
    .executeTakeFirst();
  if (!message) fail('not_found');
  if (message.status !== 'failed' || message.failure === null) return conversationRow(locked);
  await tx
    .updateTable('messages')
    .set(column => ({ failure: null, version: column('version', '+', 1) }))
    .where('id', '=', failedId)
    .execute();
  return writeChange(tx, locked.id, { failed: Math.max(0, locked.failed - 1) });
}

/** `noteId` is the natural key. A note lives as long as a message written at the same moment. */
export async function addNote(tx: TenantTx, target: Target, noteId: string, text: string): Promise<NoteRow> {
  const locked = await lockConversation(tx, target.clientId, target.conversationId);
  const earlier = await tx.selectFrom('notes').selectAll().where('id', '=', noteId).executeTakeFirst();
  if (earlier)
    return earlier.conversation_id === locked.id && earlier.text === text
      ? noteRow(earlier)
      : fail('idempotency_mismatch');
  const now = txNow(tx);
  const seq = locked.last_seq + 1;
  const row = await tx
    .insertInto('notes')
    .values({
      agency_id: locked.agency_id,
      id: noteId,
      client_id: locked.client_id,
      conversation_id: locked.id,
      author_id: txActor(tx).personId,
      text,
      created_at: now,
      seq,
      expires_at: await keptUntil(tx, locked.agency_id, locked.client_id, now),
    })
    .onConflict(conflict => conflict.columns(['agency_id', 'id']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) fail('idempotency_mismatch');
  await tx.updateTable('conversations').set({ last_seq: seq }).where('id', '=', locked.id).execute();
  return noteRow(row);
}

/** Opens every conversation whose time has come; how many. */
export async function wakeSnoozed(tx: SystemTx): Promise<number> {
  const woken = await tx
    .updateTable('conversations')
    .set(column => ({ status: 'open', snoozed_until: null, version: column('version', '+', 1) }))
    .where('status', '=', 'snoozed')
    .where('snoozed_until', '<=', txNow(tx))
    .returning('id')
    .execute();
  return woken.length;
}
