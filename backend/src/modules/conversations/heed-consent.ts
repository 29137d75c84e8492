import type { AuditTrail } from '../../platform/audit/index.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { InboundEvent, InboundEventOf } from '../../providers/messaging.ts';
import {
  type ConsentSaid,
  consentOf,
  findContactId,
  setMarketingOptOut,
  setOptOut,
  setStopHint,
} from '../contacts/index.ts';
import { APPLIED, type Applied, NOTHING_NEW, outOfOrder } from '../webhooks/index.ts';
import type { ChannelRef } from './channels.ts';
import { markConsent } from './consent-columns.ts';
import { consentInEvent } from './consent-in-event.ts';
import { providerTime } from './provider-time.ts';

/** What the customer said about consent in an event that was just applied takes effect in the same transaction (ME-04). */
export async function heedConsent(
  tx: SystemTx,
  channel: ChannelRef,
  event: InboundEvent,
  audit: AuditTrail,
): Promise<void> {
  if (event.kind !== 'message' && event.kind !== 'edit') return;
  const said = consentInEvent(event);
  if (said === null) return;
  const contactId = await contactIn(tx, channel, event);
  if (contactId === null) return;
  const at = providerTime(event.kind === 'edit' ? event.editedAt : event.sentAt, txNow(tx));
  await record(tx, channel, { contactId, said, at }, audit);
}

/** A preference that the customer set at the provider. */
export async function applyPreference(
  tx: SystemTx,
  channel: ChannelRef,
  event: InboundEventOf<'preference'>,
  audit: AuditTrail,
): Promise<Applied> {
  const contactId = await findContactId(tx, channel, event.from);
  if (!contactId) return outOfOrder('a preference of a customer who is not known');
  const said = {
    wants: event.stop ? 'stop' : 'start',
    scope: event.scope === 'all' ? 'all' : 'promotions',
    certainty: 'certain',
  } as const;
  const changed = await record(tx, channel, { contactId, said, at: new Date(event.at) }, audit);
  return changed ? APPLIED : NOTHING_NEW;
}

/** Null when nobody is known by it, which cannot be after the event was applied, except for an edit of a message of ours. */
async function contactIn(
  tx: SystemTx,
  channel: ChannelRef,
  event: InboundEventOf<'message' | 'edit'>,
): Promise<string | null> {
  if (event.kind === 'message') return findContactId(tx, channel, event.from);
  const row = await tx
    .selectFrom('messages as m')
    .innerJoin('conversations as c', join =>
      join.onRef('c.agency_id', '=', 'm.agency_id').onRef('c.id', '=', 'm.conversation_id'),
    )
    .select('c.contact_id')
    .where('m.agency_id', '=', channel.agencyId)
    .where('m.channel_id', '=', channel.channelId)
    .where('m.provider_id', '=', event.target)
    .where('m.direction', '=', 'in')
    .executeTakeFirst();
  return row?.contact_id ?? null;
}

async function record(
  tx: SystemTx,
  { agencyId, clientId }: ChannelRef,
  { contactId, said, at }: { readonly contactId: string; readonly said: ConsentSaid; readonly at: Date },
  audit: AuditTrail,
): Promise<boolean> {
  const of = { agencyId, contactId };
  const optedOut = said.wants === 'stop';
  const changed =
    said.certainty === 'likely'
      ? await setStopHint(tx, of, { scope: said.scope, at })
      : said.scope === 'all'
        ? await setOptOut(tx, of, { optedOut, source: 'customer', at })
        : await setMarketingOptOut(tx, of, { optedOut, at });
  if (!changed) return false;
  await markConsent(tx, { ...of, consent: await consentOf(tx, of) });
  await audit.write(tx, {
    event: 'contact.consent',
    agencyId,
    clientId,
    actorId: null,
    sessionId: null,
    subjectType: 'contact',
    subjectId: contactId,
    detail: { by: 'customer', wants: said.wants, scope: said.scope, certainty: said.certainty, at: at.toISOString() },
  });
  return true;
}
