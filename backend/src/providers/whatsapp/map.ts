import { sha256 } from '../../platform/crypto/index.ts';
import { clamp, instant, items, type Json, object, objects, text } from '../json.ts';
import { contentOf } from './content.ts';
import type { ExplodedEvent, WhatsappEvent } from './events.ts';
import { bsuid, digits } from './values.ts';

/** Fields that speak about the account, its numbers and templates, and of no customer. */
const ACCOUNT_FIELDS = new Set([
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'business_capability_update',
  'business_status_update',
  'flows',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'partner_solutions',
  'payment_configuration_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'template_category_update',
  'template_correct_category_detection',
]);

/** What every event of one change has in common. */
type Place = {
  readonly accountId: string | null;
  readonly businessId: string | null;
  readonly field: string;
  readonly value: Json;
  readonly receivedAt: Date;
  /** When Meta says it happened, for notices, which carry no time of their own: a copy that comes days later has the same. */
  readonly noticedAt: string;
};

/**
 * Takes a delivery apart: every entry, every change, every message and status. Nothing is dropped; what this version does not know
 * comes out as `unknown`, whole, so that a person finds it among the dead letters and a later version can read it. Never throws.
 */
export function explode(payload: unknown, receivedAt: Date): ExplodedEvent[] {
  const root = object(payload);
  if (root?.object !== 'whatsapp_business_account') return [unreadable('not a WhatsApp delivery', payload)];
  const entries = items(root.entry);
  const events = entries.odd.map(odd => unreadable('an entry that is no object', { ...root, entry: [odd] }));
  for (const entry of entries.known) {
    const changes = items(entry.changes);
    for (const odd of changes.odd)
      events.push(unreadable('a change that is no object', { ...root, entry: [{ ...entry, changes: [odd] }] }));
    for (const change of changes.known) events.push(...explodeChange(entry, change, receivedAt));
  }
  return events.length > 0 ? events : [unreadable('no change in the delivery', payload)];
}

/** For a delivery of which nothing can be read: its text is kept. */
export const unreadable = (why: string, payload: unknown): ExplodedEvent => unknown(why, payload, null, null);

function explodeChange(entry: Json, change: Json, receivedAt: Date): ExplodedEvent[] {
  const value = object(change.value) ?? {};
  const field = text(change.field, 60) ?? 'unknown';
  const place = {
    accountId: digits(object(value.metadata)?.phone_number_id),
    businessId: digits(entry.id),
    field,
    value,
    receivedAt,
    noticedAt: instant(entry.time, receivedAt),
  };
  switch (field) {
    case 'messages':
      return explodeMessages(place);
    case 'user_id_update':
      return each(place, 'user_id_update', identityUpdate);
    case 'user_preferences':
      return each(place, 'user_preferences', preferenceEvent);
    default:
      return [
        ACCOUNT_FIELDS.has(field)
          ? accountEvent(place, value)
          : unknownIn(place, `a change of the field ${field}`, value),
      ];
  }
}

/** One event for each item of a list, and none lost: an empty or odd list is an unknown event. */
function each(place: Place, name: string, eventOf: (place: Place, item: Json) => ExplodedEvent): ExplodedEvent[] {
  const { known, odd } = items(place.value[name]);
  if (known.length === 0 && odd.length === 0) return [unknownIn(place, `${name} without an item`, place.value)];
  return [
    ...known.map(item => eventOf(place, item)),
    ...odd.map(item => unknownIn(place, `${name} with an item that is no object`, { ...place.value, [name]: [item] })),
  ];
}

function explodeMessages(place: Place): ExplodedEvent[] {
  const { value } = place;
  const contacts = objects(value.contacts);
  const events: ExplodedEvent[] = [];
  if (value.messages !== undefined)
    events.push(...each(place, 'messages', (_, item) => messageEvent(place, item, contactOf(item, contacts))));
  // A system message about a new number or id is shown in the thread and changes who the customer is.
  for (const message of objects(value.messages)) events.push(...identityOf(place, message));
  if (value.statuses !== undefined) events.push(...each(place, 'statuses', statusEvent));
  for (const error of objects(value.errors)) events.push(accountEvent(place, error));
  return events.length > 0 ? events : [unknownIn(place, 'a change without a message or a status', value)];
}

/** The contact that goes with a message: by either id, or the only one there is. */
function contactOf(message: Json, contacts: readonly Json[]): Json | null {
  const ids = [message.from, message.from_user_id].filter(id => typeof id === 'string');
  const named = contacts.find(
    contact => ids.includes(contact.wa_id as string) || ids.includes(contact.user_id as string),
  );
  return named ?? (contacts.length === 1 ? (contacts[0] ?? null) : null);
}

function messageEvent(place: Place, message: Json, contact: Json | null): ExplodedEvent {
  const whole = { ...place.value, messages: [message], statuses: undefined, errors: undefined };
  const providerId = text(message.id, 256);
  if (!providerId) return unknownIn(place, 'a message without an id', whole);
  if (message.group_id !== undefined) return unknownIn(place, 'a message of a group', whole);
  const from = senderOf(message, contact);
  if (!from.phone && !from.bsuid) return unknownIn(place, 'a message from nobody', whole);
  const sentAt = instant(message.timestamp, place.receivedAt);
  const keyed = (suffix: string, event: WhatsappEvent): ExplodedEvent => ({
    accountId: place.accountId,
    businessId: place.businessId,
    entity: entityOf(place, from),
    naturalKey: `${place.accountId}/${providerId}${suffix}`,
    event,
  });

  const reaction = object(message.reaction);
  const reactedTo = text(reaction?.message_id, 256);
  if (message.type === 'reaction' && reactedTo) {
    const emoji = text(reaction?.emoji, 16) ?? '';
    return keyed('/reaction', { kind: 'reaction', providerId, target: reactedTo, emoji, sentAt });
  }
  const edit = object(message.edit);
  const edited = text(edit?.original_message_id, 256);
  if (message.type === 'edit' && edited) {
    const changed = contentOf(object(edit?.message) ?? {}).text;
    return keyed('/edit', { kind: 'edit', providerId, target: edited, text: changed, editedAt: sentAt });
  }
  const revoked = text(object(message.revoke)?.original_message_id, 256);
  if (message.type === 'revoke' && revoked)
    return keyed('/delete', { kind: 'delete', target: revoked, deletedAt: sentAt });
  return keyed('', {
    kind: 'message',
    providerId,
    sentAt,
    from: { ...from, name: nameOf(contact) },
    ...contentOf(message),
    replyTo: text(object(message.context)?.id, 256),
  });
}

type Identity = { readonly phone: string | null; readonly bsuid: string | null };

function senderOf(message: Json, contact: Json | null): Identity {
  return {
    phone: digits(message.from) ?? digits(contact?.wa_id),
    // A system message names a business-scoped id in its text alone: «changed from IN.1 to IN.2».
    bsuid:
      bsuid(message.from_user_id) ??
      bsuid(message.from) ??
      bsuid(contact?.user_id) ??
      bsuid(object(message.system)?.previous_user_id) ??
      bsuid(/ changed from (\S+) to /.exec(String(object(message.system)?.body ?? ''))?.[1]),
  };
}

function nameOf(contact: Json | null): string | null {
  const profile = object(contact?.profile);
  const handle = text(profile?.username, 100);
  return text(profile?.name, 200)?.trim() ?? (handle ? `@${handle}` : null);
}

const entityOf = (place: Place, who: Identity) => `${place.accountId}/${who.phone ?? who.bsuid}`;

/** `user_changed_number` and `user_changed_user_id`. */
function identityOf(place: Place, message: Json): ExplodedEvent[] {
  const system = object(message.system);
  if (message.type !== 'system' || !system) return [];
  const was = senderOf(message, null);
  const is = {
    phone: digits(system.new_wa_id) ?? digits(system.wa_id),
    bsuid: bsuid(system.user_id) ?? bsuid(system.new_user_id),
  };
  const at = instant(message.timestamp, place.receivedAt);
  if ((!was.phone && !was.bsuid) || (!is.phone && !is.bsuid)) return [];
  return [identityEvent(place, was, is, at)];
}

function identityUpdate(place: Place, item: Json): ExplodedEvent {
  const ids = object(item.user_id);
  const phone = digits(item.wa_id);
  const was = { phone, bsuid: bsuid(ids?.previous) ?? bsuid(item.previous_user_id) ?? bsuid(item.old_user_id) };
  const is = { phone, bsuid: bsuid(ids?.current) ?? bsuid(item.user_id) ?? bsuid(item.new_user_id) };
  if (!is.bsuid || (!was.bsuid && !phone))
    return unknownIn(place, 'a user id update without both ids', { ...place.value, user_id_update: [item] });
  return identityEvent(place, was, is, instant(item.timestamp, place.receivedAt));
}

function identityEvent(place: Place, was: Identity, is: Identity, at: string): ExplodedEvent {
  const key = [was.phone, was.bsuid, is.phone, is.bsuid].map(id => id ?? '-').join('/');
  return {
    accountId: place.accountId,
    businessId: place.businessId,
    entity: entityOf(place, was),
    naturalKey: `${place.accountId}/identity/${key}`,
    event: { kind: 'identity', was, is, at },
  };
}

const STATUSES = { sent: 'sent', delivered: 'delivered', read: 'read', played: 'read', failed: 'failed' } as const;

function statusEvent(place: Place, status: Json): ExplodedEvent {
  const providerId = text(status.id, 256);
  const name = String(status.status);
  const known = Object.hasOwn(STATUSES, name) ? STATUSES[name as keyof typeof STATUSES] : null;
  if (!providerId || !known)
    return unknownIn(place, 'a status of an unknown kind', { ...place.value, messages: undefined, statuses: [status] });
  const error = objects(status.errors)[0];
  const details = text(object(error?.error_data)?.details, 400) ?? text(error?.message, 400) ?? text(error?.title, 400);
  const to = {
    phone: digits(status.recipient_id),
    bsuid: bsuid(status.recipient_user_id) ?? bsuid(status.recipient_id),
  };
  return {
    accountId: place.accountId,
    businessId: place.businessId,
    entity: to.phone || to.bsuid ? entityOf(place, to) : `${place.accountId}/${providerId}`,
    naturalKey: `${place.accountId}/${providerId}/${name}`,
    event: {
      kind: 'status',
      providerId,
      messageId: text(status.biz_opaque_callback_data, 64),
      status: known,
      at: instant(status.timestamp, place.receivedAt),
      error: known === 'failed' ? { code: codeOf(error), details: details ?? '' } : null,
    },
  };
}

/** JSON can write numbers that it cannot hold; those are no code. */
function codeOf(error: Json | undefined): number {
  const code = Number(error?.code);
  return Number.isFinite(code) ? code : 0;
}

function preferenceEvent(place: Place, item: Json): ExplodedEvent {
  const from = { phone: digits(item.wa_id), bsuid: bsuid(item.user_id) };
  const value = String(item.value);
  if ((!from.phone && !from.bsuid) || (value !== 'stop' && value !== 'resume'))
    return unknownIn(place, 'a preference of an unknown kind', { ...place.value, user_preferences: [item] });
  const at = instant(item.timestamp, place.receivedAt);
  const scope = item.category === 'marketing_messages' ? 'marketing' : 'all';
  return {
    accountId: place.accountId,
    businessId: place.businessId,
    entity: entityOf(place, from),
    naturalKey: `${place.accountId}/preference/${from.phone ?? from.bsuid}/${scope}/${at}/${value}`,
    event: { kind: 'preference', from, scope, stop: value === 'stop', at },
  };
}

const MOST_DETAILS = 24;

/** Plain values of the first level only: what is nested may be about people. */
function accountEvent(place: Place, about: Json): ExplodedEvent {
  const detail: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(about).slice(0, MOST_DETAILS)) {
    const key = name.replace(/[^a-z0-9_]/gi, '').slice(0, 60);
    if (typeof value === 'string') detail[key] = clamp(value, 300);
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) detail[key] = value;
  }
  return {
    accountId: place.accountId,
    businessId: place.businessId,
    entity: `account/${place.accountId ?? place.businessId}`,
    naturalKey: `account/${place.accountId ?? place.businessId}/${place.field}/${fingerprint(about)}`,
    event: { kind: 'account', field: place.field, at: place.noticedAt, detail },
  };
}

/** Wrapped as a delivery of its own, so that a later version takes it apart like any other. */
function unknownIn(place: Place, why: string, value: Json): ExplodedEvent {
  const entry = { id: place.businessId, changes: [{ field: place.field, value }] };
  return unknown(why, { object: 'whatsapp_business_account', entry: [entry] }, place.accountId, place.businessId);
}

function unknown(why: string, raw: unknown, accountId: string | null, businessId: string | null): ExplodedEvent {
  const print = fingerprint(raw);
  return {
    accountId,
    businessId,
    entity: `unknown/${print}`,
    naturalKey: `unknown/${print}`,
    // As text: JSON escapes what a database cannot hold as a value.
    event: {
      kind: 'unknown',
      why,
      raw: typeof raw === 'string' ? clamp(raw, raw.length) : (JSON.stringify(raw) ?? ''),
    },
  };
}

const fingerprint = (value: unknown) =>
  sha256(JSON.stringify(value) ?? '')
    .toString('hex')
    .slice(0, 32);
