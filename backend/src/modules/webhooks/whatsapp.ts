import { WhatsappEvent } from '../../providers/whatsapp/events.ts';
import { explode, unreadable } from '../../providers/whatsapp/map.ts';
import { noteReceived } from '../connections/index.ts';
import { type Applied, applyEvent, findChannels } from '../conversations/index.ts';
import type { PendingEvent, Source, StoredDelivery } from './sources.ts';

/** Nested deep enough, JSON can be parsed and not be written again: then its text is kept. */
function eventsOf({ body, received_at }: StoredDelivery) {
  const text = body.toString('utf8');
  try {
    return explode(JSON.parse(text), received_at);
  } catch {
    return [unreadable('a delivery that cannot be read', text)];
  }
}

/** A delivery that Meta signed for a number that is nobody's here waits among the dead letters; it is not refused and not guessed (WH-12). */
const unknownAccount = (event: PendingEvent, parsed: WhatsappEvent): Applied => ({
  outcome: 'dead',
  reason:
    parsed.kind === 'unknown' && event.account_id === null ? parsed.why : 'an account that no client has connected',
});

const find = (tx: Parameters<typeof findChannels>[0], event: PendingEvent) =>
  findChannels(tx, { accountId: event.account_id, businessId: event.business_id });

export const whatsappSource: Source = {
  async explode(_, delivery) {
    return eventsOf(delivery).map(({ event, ...about }) => ({ ...about, kind: event.kind, payload: event }));
  },
  async apply(tx, event) {
    const channels = await find(tx, event);
    const parsed = WhatsappEvent.parse(event.payload);
    // A number has one channel; a notice about a business account concerns all its numbers.
    let applied: Applied = unknownAccount(event, parsed);
    for (const channel of channels) {
      applied = await applyEvent(tx, channel, parsed);
      if (applied.outcome === 'applied' && channel.connectionId)
        await noteReceived(tx, { id: channel.connectionId, provider: 'whatsapp' });
    }
    return applied;
  },
  whose: async (tx, event) => (await find(tx, event))[0] ?? null,
};
