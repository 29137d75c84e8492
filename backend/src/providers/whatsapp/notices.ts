import { clamp, type Json, object, objects, text } from '../json.ts';
import type { InboundEventOf } from '../messaging.ts';
import { wordsIn } from './parts.ts';

export type Notice = Pick<InboundEventOf<'notice'>, 'topic' | 'severity' | 'reason' | 'next' | 'until' | 'ends'>;

const MANAGER = 'Look at the account in WhatsApp Manager.';
const SUPPORT = 'Open Meta Business Support, read why, and ask for a review there.';
const NOTHING = 'Nothing has to be done.';

/** What Meta says about an account, a number or a template, in words for people. Source: webhook reference of the WhatsApp Business Platform. */
export function noticeOf(field: string, about: Json): Notice {
  const known = KNOWN[field]?.(about) ?? {};
  const { topic = 'other', severity = 'tells', reason, next = MANAGER, until = null, ends = [] } = known;
  const words = wordsIn(about);
  const shown =
    reason ?? `WhatsApp says about this account (${field.replaceAll('_', ' ')})${words ? `: ${words}` : '.'}`;
  return { topic, severity, reason: clamp(shown, 400), next: clamp(next, 400), until, ends };
}

type Known = (about: Json) => Partial<Notice> | null;
const eventOf = (about: Json) => text(about.event, 60) ?? '';
const spoken = (name: string) => name.replaceAll('_', ' ').toLowerCase();

const accountUpdate: Known = about => {
  const event = eventOf(about);
  const ban = object(about.ban_info);
  const state =
    text(ban?.waba_ban_state, 60) ?? text(Array.isArray(ban?.waba_ban_state) ? ban.waba_ban_state[0] : null, 60);
  const date = text(ban?.waba_ban_date, 60);
  if (state === 'SCHEDULE_FOR_DISABLE')
    return {
      topic: 'account',
      severity: 'warns',
      reason: `WhatsApp will disable this business account${date ? ` on ${date}` : ''}.`,
      next: SUPPORT,
    };
  if (state === 'DISABLE')
    return {
      topic: 'account',
      severity: 'stops',
      reason: `WhatsApp has disabled this business account${date ? ` (${date})` : ''}. Nothing can be sent.`,
      next: SUPPORT,
    };
  if (state === 'REINSTATE' || event === 'ACCOUNT_RECONNECTED' || event === 'PARTNER_ADDED')
    return {
      topic: 'account',
      reason:
        state === 'REINSTATE'
          ? 'WhatsApp has reinstated this business account.'
          : 'The business account is connected again.',
      next: NOTHING,
      ends: ['account', 'restriction'],
    };
  if (event === 'ACCOUNT_DELETED' || event === 'PARTNER_REMOVED' || event === 'ACCOUNT_OFFBOARDED')
    return {
      topic: 'account',
      severity: 'stops',
      reason: `WhatsApp says that this business account ${event === 'ACCOUNT_DELETED' ? 'was deleted' : 'no longer works with this app'}. Nothing can be sent.`,
      next: 'Ask an admin to reconnect the channel.',
    };
  if (event === 'ACCOUNT_RESTRICTION') return restriction(objects(about.restriction_info));
  if (event === 'ACCOUNT_VIOLATION')
    return {
      topic: 'restriction',
      severity: 'warns',
      reason: `WhatsApp found a violation of its policies: ${spoken(text(object(about.violation_info)?.violation_type, 100) ?? 'it does not say which')}.`,
      next: SUPPORT,
    };
  if (event === 'PHONE_NUMBER_REMOVED')
    return { topic: 'account', severity: 'warns', reason: 'A number was removed from this business account.' };
  return null;
};

/** A restriction on answers stops everything that this product sends; one on first messages does not. */
function restriction(infos: readonly Json[]): Partial<Notice> {
  const types = infos.map(info => text(info.restriction_type, 100) ?? '').filter(Boolean);
  const ends = infos.map(info => Number(info.expiration)).filter(seconds => seconds > 1e9 && seconds < 1e10);
  const stops = types.includes('RESTRICTED_CUSTOMER_INITIATED_MESSAGING');
  return {
    topic: 'restriction',
    severity: stops ? 'stops' : 'warns',
    reason: `WhatsApp has restricted this business account: ${types.map(spoken).join(', ') || 'it does not say how'}.`,
    next: SUPPORT,
    until: ends.length > 0 ? new Date(Math.max(...ends) * 1000).toISOString() : null,
  };
}

const quality: Known = about => {
  const event = eventOf(about);
  const limit = text(about.current_limit, 40) ?? text(about.max_daily_conversations_per_business, 40);
  const allowed = limit ? ` Customers who may be written to first in a day: ${limitOf(limit)}.` : '';
  if (event === 'FLAGGED')
    return {
      topic: 'quality',
      severity: 'warns',
      reason: `WhatsApp has flagged this number: customers block or report it.${allowed}`,
      next: 'Send less, and only what customers asked for. WhatsApp lowers the limit if it stays.',
    };
  if (event === 'UNFLAGGED')
    return {
      topic: 'quality',
      reason: `This number is no longer flagged.${allowed}`,
      next: NOTHING,
      ends: ['quality'],
    };
  if (event === 'DOWNGRADE')
    return { topic: 'limit', severity: 'warns', reason: `WhatsApp has lowered the limit of this number.${allowed}` };
  if (event === 'UPGRADE' || event === 'ONBOARDING')
    return {
      topic: 'limit',
      reason: `WhatsApp has raised the limit of this number.${allowed}`,
      next: NOTHING,
      ends: ['limit'],
    };
  return { topic: 'quality' };
};

const limitOf = (limit: string) =>
  limit
    .replace(/^TIER_/, '')
    .replace(/K$/, ',000')
    .replace(/^(?:NOT_SET|UNLIMITED)$/, 'no limit');

const capability: Known = about => {
  const most = [about.max_daily_conversations_per_business, about.max_daily_conversation_per_phone].find(
    value => typeof value === 'number' || typeof value === 'string',
  );
  if (most === undefined) return { topic: 'limit' };
  const shown = Number(most) === -1 ? 'no limit' : limitOf(String(most));
  return { topic: 'limit', reason: `Customers who may be written to first in a day: ${shown}.`, next: NOTHING };
};

const TEMPLATE_WARNS = new Set(['REJECTED', 'PAUSED', 'DISABLED', 'FLAGGED', 'LOCKED', 'PENDING_DELETION']);

const template: Known = about => {
  const event = eventOf(about);
  const name = text(about.message_template_name, 200) ?? 'a template';
  const language = text(about.message_template_language, 20);
  const given = text(about.reason, 200);
  const more = text(object(about.other_info)?.description, 200);
  const why = [given && given !== 'NONE' ? spoken(given) : null, more].filter(Boolean).join(', ');
  const warns = TEMPLATE_WARNS.has(event);
  return {
    topic: 'template',
    severity: warns ? 'warns' : 'tells',
    reason: `The template «${name}»${language ? ` (${language})` : ''} is ${spoken(event || 'changed')}${why ? `: ${why}` : ''}.`,
    next: warns ? 'Look at the template in WhatsApp Manager.' : NOTHING,
  };
};

const alert: Known = about => {
  const info = object(about.alert_info) ?? about;
  const isGrave = /^(?:CRITICAL|WARNING)$/i.test(text(info.alert_severity, 40) ?? '');
  const reason = text(info.alert_description, 400);
  return { topic: 'account', severity: isGrave ? 'warns' : 'tells', ...(reason === null ? {} : { reason }) };
};

const nameUpdate: Known = about => ({
  topic: 'account',
  severity: about.decision === 'REJECTED' ? 'warns' : 'tells',
  reason: `WhatsApp says of the display name «${text(about.requested_verified_name, 200) ?? ''}»: ${spoken(text(about.decision, 60) ?? 'nothing')}.`,
});

const KNOWN: Readonly<Record<string, Known>> = {
  account_update: accountUpdate,
  account_alerts: alert,
  business_capability_update: capability,
  message_template_status_update: template,
  message_template_quality_update: () => ({ topic: 'template' }),
  message_template_components_update: () => ({ topic: 'template' }),
  template_category_update: () => ({ topic: 'template' }),
  phone_number_quality_update: quality,
  phone_number_name_update: nameUpdate,
};
