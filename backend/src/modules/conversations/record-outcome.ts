import type { Fault } from '@astrix/contract';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { SendOutcome } from '../../providers/messaging.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { recordSent } from '../connections/index.ts';
import { countFailed } from './apply-changes.ts';
import { type Claimed, updateMessage } from './claim.ts';
import type { SendData } from './send-data.ts';

const MAX_ATTEMPTS = 6;

/** Records what became of a send. Null when the next message may follow at once, else when this one is tried again. */
export async function recordOutcome(
  tx: SystemTx,
  data: SendData,
  claimed: Claimed,
  outcome: SendOutcome,
): Promise<Date | null> {
  const { agencyId, messageId } = claimed;
  const message = await tx
    .selectFrom('messages')
    .select(['status', 'provider_id'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', messageId)
    .forUpdate()
    .executeTakeFirst();
  if (!message) return null;
  // A status event arrived while we waited for the reply: it knows more than the reply does.
  const overtaken = message.status !== 'sending';
  switch (outcome.kind) {
    case 'accepted':
      await updateMessage(tx, agencyId, messageId, {
        provider_id: message.provider_id ?? outcome.providerId,
        claimed_until: null,
        ...(overtaken ? {} : { status: 'sent' }),
      });
      await recordSent(tx, claimed, 'taken');
      return null;
    case 'ambiguous':
      if (!overtaken) await updateMessage(tx, agencyId, messageId, { status: 'unknown', claimed_until: null });
      return null;
    case 'refused':
      if (overtaken) return null;
      await markFailed(tx, data, messageId, outcome.fault);
      if (!outcome.credentialDead) return null;
      await tx
        .updateTable('channels')
        .set({ status: 'broken' })
        .where('agency_id', '=', agencyId)
        .where('id', '=', claimed.channelId)
        .execute();
      await recordSent(tx, claimed, 'dead');
      return null;
    case 'retry': {
      if (overtaken) return null;
      if (claimed.attempts >= MAX_ATTEMPTS) {
        await markFailed(tx, data, messageId, unreachable(claimed));
        return null;
      }
      const seconds = outcome.afterSeconds ?? backOff(claimed.attempts);
      const notBefore = new Date(txNow(tx).getTime() + seconds * 1000);
      await updateMessage(tx, agencyId, messageId, { status: 'queued', claimed_until: null, not_before: notBefore });
      return notBefore;
    }
  }
}

async function markFailed(
  tx: SystemTx,
  { agencyId, conversationId }: SendData,
  messageId: string,
  failure: Fault,
): Promise<void> {
  await updateMessage(tx, agencyId, messageId, {
    status: 'failed',
    failure: JSON.stringify(failure),
    claimed_until: null,
  });
  await countFailed(tx, agencyId, conversationId);
}

const unreachable = ({ provider }: Claimed): Fault => ({
  code: 'unreachable',
  reason: `${PROVIDERS[provider].manifest.name} could not be reached after several tries.`,
  next: 'Try again later. If it happens again, tell an admin.',
});

/** Seconds: 1, 2, 4 … with jitter, so that a recovering provider is not met by everybody at once. */
const backOff = (attempts: number) => 2 ** (attempts - 1) * (0.5 + Math.random() / 2);
