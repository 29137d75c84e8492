import type { Services } from '../../composition/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Events, Hears } from '../../platform/events/index.ts';
import { recordReceived } from '../connections/index.ts';
import { dead } from '../webhooks/index.ts';
import { applyEvent } from './apply.ts';
import { type ChannelRef, findChannels } from './channels.ts';
import { heedConsent } from './heed-consent.ts';

type Inbound = Events['webhook.inbound'];

const UNKNOWN_ACCOUNT = 'an account that no client has connected';

/**
 * Applies an event to the channel of its account; a notice about a business account concerns every channel of it. A signed delivery for an
 * account that no client has connected is dead-lettered, never rejected and never assigned by guess (WH-12).
 */
async function hearInbound(tx: SystemTx, inbound: Inbound, { audit }: Pick<Services, 'audit'>): Promise<void> {
  const { event, accountId } = inbound;
  const channels = await findChannels(tx, inbound);
  if (channels.length === 0)
    return inbound.settle(dead(event.kind === 'unknown' && accountId === null ? event.why : UNKNOWN_ACCOUNT));
  const tenant = commonTenant(channels);
  if (tenant) inbound.claim(tenant);
  for (const channel of channels) {
    const result = await applyEvent(tx, channel, event, audit);
    if (result.outcome === 'applied') await heedConsent(tx, channel, event, audit);
    inbound.settle(result);
    if (result.outcome === 'applied' && channel.connectionId)
      await recordReceived(tx, { id: channel.connectionId, provider: channel.provider });
  }
}

/** Null for channels of several agencies: then the event belongs to none of them alone. */
function commonTenant([first, ...others]: readonly ChannelRef[]): Parameters<Inbound['claim']>[0] | null {
  if (!first || others.some(({ agencyId }) => agencyId !== first.agencyId)) return null;
  const { agencyId, clientId } = first;
  return { agencyId, clientId: others.every(other => other.clientId === clientId) ? clientId : null };
}

export const inboundHears = (services: Pick<Services, 'audit'>): Hears => ({
  'webhook.inbound': (tx, inbound) => hearInbound(tx, inbound, services),
});
