import { z } from 'zod';
import type { Services } from '../../composition/index.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { defineJob, type Job } from '../../platform/jobs/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { SendFault } from '../../providers/messaging.ts';
import type { OutgoingText, SendOutcome } from '../../providers/whatsapp/client.ts';
import { failureOf } from '../../providers/whatsapp/failures.ts';
import { noteSent } from '../connections/index.ts';
import { addressOf } from '../contacts/index.ts';
import { countFailed } from './apply-changes.ts';
import { openToken } from './token.ts';

const SendData = z.strictObject({ agencyId: z.uuid(), conversationId: z.uuid() });
export type SendData = z.infer<typeof SendData>;
export type SendJob = Job<SendData>;

export const SEND_JOB = { name: 'messages.send', schema: SendData } as const;

/** How long a worker may talk to the provider about one message before nobody knows any more. */
const CLAIM_SECONDS = 60;
const MAX_ATTEMPTS = 6;
const MAX_PER_RUN = 50;

export type SendDeps = Pick<Services, 'db' | 'vault' | 'whatsapp' | 'jobs' | 'metrics'>;

/**
 * The one send function. It takes the queued replies of a conversation in order, one at a time: claim in a transaction, talk to the
 * provider outside of it, record the outcome. Killed in between, the claim runs out and the message becomes `unknown`: it is never
 * repeated, and a status webhook, which carries our own id, settles what happened (F-02, EG-04).
 */
export function createSendJob(deps: SendDeps): SendJob {
  return defineJob({
    ...SEND_JOB,
    tenancy: 'agency',
    dataClass: 'end-customer',
    retention: 'conversation',
    retryLimit: 8,
    concurrency: 8,
    run: async (data, { signal }) => {
      for (let sent = 0; sent < MAX_PER_RUN && !signal.aborted; sent++) {
        const next = await withSystem(deps.db, 'send-message', tx => claimNext(tx, deps.vault, data));
        if (next === null) return;
        if (next === 'again') continue;
        const outcome = await deps.whatsapp.sendText(next.outgoing);
        deps.metrics.sends.inc({ outcome: outcome.kind });
        const goOn = await withSystem(deps.db, 'send-message', tx => record(tx, deps, data, next, outcome));
        if (!goOn) return;
      }
    },
  });
}

type Claimed = { readonly id: string; readonly attempts: number; readonly outgoing: OutgoingText };

/** Null when there is nothing to send, or somebody else is sending; `again` when a message was settled without sending. */
async function claimNext(
  tx: SystemTx,
  vault: Vault,
  { agencyId, conversationId }: SendData,
): Promise<Claimed | 'again' | null> {
  const now = txNow(tx);
  const conversation = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('id', '=', conversationId)
    .forUpdate()
    .executeTakeFirst();
  if (!conversation) return null;
  const message = await tx
    .selectFrom('messages')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('conversation_id', '=', conversationId)
    .where('status', 'in', ['queued', 'sending'])
    .orderBy('seq')
    .executeTakeFirst();
  if (!message) return null;
  if (message.status === 'sending') {
    if (message.claimed_until && message.claimed_until > now) return null;
    await settle(tx, agencyId, message.id, { status: 'unknown', claimed_until: null });
    return 'again';
  }
  // The provider asked for a pause; what was queued behind it keeps its place.
  if (message.not_before && message.not_before > now) return null;
  const refuse = async (failure: SendFault): Promise<'again'> => {
    await settle(tx, agencyId, message.id, { status: 'failed', failure: JSON.stringify(failure) });
    await countFailed(tx, agencyId, conversationId);
    return 'again';
  };
  if (conversation.opted_out)
    return refuse({
      code: 'opted_out',
      reason: 'The customer opted out before this was sent.',
      next: 'Do not write to them until they opt in again.',
    });
  if (conversation.window_expires_at === null || conversation.window_expires_at <= now)
    return refuse(failureOf(131047, ''));
  const channel = await tx
    .selectFrom('channels')
    .selectAll()
    .where('agency_id', '=', agencyId)
    .where('id', '=', conversation.channel_id)
    .executeTakeFirst();
  const to = await addressOf(tx, { agencyId, provider: conversation.provider }, conversation.contact_id);
  const token = channel?.status === 'active' ? await openToken(vault, tx, channel) : null;
  if (!channel || token === null) return refuse(failureOf(190, ''));
  if (to === null)
    return refuse({
      code: 'no_address',
      reason: 'WhatsApp no longer tells us how to reach this customer.',
      next: 'Wait for the customer to write again.',
    });
  const quoted = message.reply_to_id
    ? await tx
        .selectFrom('messages')
        .select('provider_id')
        .where('agency_id', '=', agencyId)
        .where('id', '=', message.reply_to_id)
        .executeTakeFirst()
    : undefined;
  await settle(tx, agencyId, message.id, {
    status: 'sending',
    attempts: message.attempts + 1,
    claimed_until: new Date(now.getTime() + CLAIM_SECONDS * 1000),
  });
  return {
    id: message.id,
    attempts: message.attempts + 1,
    outgoing: {
      connection: {
        agencyId,
        clientId: channel.client_id,
        connectionId: channel.connection_id ?? channel.id,
        actorId: message.author_id,
      },
      accountId: channel.account_id,
      token,
      to,
      text: message.text,
      replyTo: quoted?.provider_id ?? null,
      messageId: message.id,
    },
  };
}

/** True when the next message may follow at once. */
async function record(
  tx: SystemTx,
  deps: SendDeps,
  data: SendData,
  claimed: Claimed,
  outcome: SendOutcome,
): Promise<boolean> {
  const { agencyId, conversationId } = data;
  const { connectionId } = claimed.outgoing.connection;
  const message = await tx
    .selectFrom('messages')
    .select(['status', 'provider_id'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', claimed.id)
    .forUpdate()
    .executeTakeFirst();
  if (!message) return true;
  // A status came in while we waited for the reply: what it said is further than what we know.
  const overtaken = message.status !== 'sending';
  switch (outcome.kind) {
    case 'accepted':
      await settle(tx, agencyId, claimed.id, {
        provider_id: message.provider_id ?? outcome.providerId,
        claimed_until: null,
        ...(overtaken ? {} : { status: 'sent' }),
      });
      await noteSent(tx, { agencyId, connectionId }, 'taken');
      return true;
    case 'ambiguous':
      if (!overtaken) await settle(tx, agencyId, claimed.id, { status: 'unknown', claimed_until: null });
      return true;
    case 'refused':
      if (overtaken) return true;
      await settle(tx, agencyId, claimed.id, {
        status: 'failed',
        failure: JSON.stringify(outcome.failure),
        claimed_until: null,
      });
      await countFailed(tx, agencyId, conversationId);
      if (outcome.credentialDead)
        await tx
          .updateTable('channels')
          .set({ status: 'broken' })
          .where('agency_id', '=', agencyId)
          .where('account_id', '=', claimed.outgoing.accountId)
          .execute();
      if (outcome.credentialDead) await noteSent(tx, { agencyId, connectionId }, 'dead');
      return true;
    case 'retry': {
      if (overtaken) return true;
      if (claimed.attempts >= MAX_ATTEMPTS) {
        await settle(tx, agencyId, claimed.id, {
          status: 'failed',
          claimed_until: null,
          failure: JSON.stringify(failureOf(0, 'it could not be reached after several tries')),
        });
        await countFailed(tx, agencyId, conversationId);
        return true;
      }
      const seconds = outcome.afterSeconds ?? backOff(claimed.attempts);
      const startAfter = new Date(txNow(tx).getTime() + seconds * 1000);
      await settle(tx, agencyId, claimed.id, { status: 'queued', claimed_until: null, not_before: startAfter });
      await deps.jobs.enqueue(tx, SEND_JOB, data, { startAfter });
      return false;
    }
  }
}

/** 1, 2, 4 … seconds with jitter, so that a recovering provider is not met by everybody at once. */
const backOff = (attempts: number) => 2 ** (attempts - 1) * (0.5 + Math.random() / 2);

async function settle(tx: SystemTx, agencyId: string, id: string, change: Record<string, unknown>): Promise<void> {
  await tx
    .updateTable('messages')
    .set(row => ({ ...change, version: row('version', '+', 1) }))
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .execute();
}

/**
 * Conversations with a message whose claim ran out, because a worker died while it talked to the provider, or whose pause is over
 * while its job is not there any more.
 */
export async function findStranded(tx: SystemTx): Promise<SendData[]> {
  const now = txNow(tx);
  return tx
    .selectFrom('messages')
    .select(['agency_id as agencyId', 'conversation_id as conversationId'])
    .distinct()
    .where(where =>
      where.or([
        where.and([where('status', '=', 'sending'), where('claimed_until', '<=', now)]),
        where.and([where('status', '=', 'queued'), where('not_before', '<=', now)]),
      ]),
    )
    .limit(200)
    .execute();
}
