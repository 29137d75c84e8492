import type { ProviderId } from '@astrix/contract';
import { InboundEvent, type Messaging, unknownEvent } from '../../providers/messaging.ts';
import { recordReceived } from '../connections/index.ts';
import { type Applied, applyEvent, findChannels } from '../conversations/index.ts';
import type { PendingEvent, Source, StoredDelivery } from './sources.ts';

/** JSON that is nested deep enough can be parsed and not be written again: then the text of the delivery is kept. */
function eventsOf(messaging: Messaging, { body, received_at }: StoredDelivery) {
  const text = body.toString('utf8');
  try {
    return messaging.split(JSON.parse(text), received_at);
  } catch {
    return [unknownEvent('a delivery that cannot be read', text)];
  }
}

/** A signed delivery for an account that no client has connected is dead-lettered, never rejected and never assigned by guess (WH-12). */
const unknownAccount = (event: PendingEvent, parsed: InboundEvent): Applied => ({
  outcome: 'dead',
  reason:
    parsed.kind === 'unknown' && event.account_id === null ? parsed.why : 'an account that no client has connected',
});

const find = (tx: Parameters<typeof findChannels>[0], event: PendingEvent) =>
  findChannels(tx, {
    provider: event.provider as ProviderId,
    accountId: event.account_id,
    businessId: event.business_id,
  });

/** Providers through which customers are written with. */
export const inboundSource = (messaging: Messaging): Source => ({
  topic: 'inbound',
  async explode(_, delivery) {
    return eventsOf(messaging, delivery).map(({ event, ...about }) => ({ ...about, kind: event.kind, payload: event }));
  },
  async apply(tx, event) {
    const channels = await find(tx, event);
    const parsed = InboundEvent.parse(event.payload);
    // An account has one channel; a notice about a business account concerns all its accounts.
    let applied: Applied = unknownAccount(event, parsed);
    for (const channel of channels) {
      applied = await applyEvent(tx, channel, parsed);
      if (applied.outcome === 'applied' && channel.connectionId)
        await recordReceived(tx, { id: channel.connectionId, provider: channel.provider });
    }
    return applied;
  },
  whose: async (tx, event) => (await find(tx, event))[0] ?? null,
});
