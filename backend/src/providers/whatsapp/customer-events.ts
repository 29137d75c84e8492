import { instant, type Json, object, objects, text } from '../json.ts';
import type { CustomerId, InboundEvent, Origin, SplitEvent } from '../messaging.ts';
import { type ChangeContext, entityOf, nothingEvent, unknownIn } from './change.ts';
import { contentOf, originOf } from './content.ts';
import { failureOf } from './failures.ts';
import { bsuid, digits } from './values.ts';

/** The contact that goes with a message: by either id, or the only one there is. */
export function contactOf(message: Json, contacts: readonly Json[]): Json | null {
  const ids = [message.from, message.from_user_id].filter(id => typeof id === 'string');
  const named = contacts.find(
    contact => ids.includes(contact.wa_id as string) || ids.includes(contact.user_id as string),
  );
  return named ?? (contacts.length === 1 ? (contacts[0] ?? null) : null);
}

/** A message that a customer sent, or a notice about them. */
export const messageEvent = (context: ChangeContext, message: Json, contact: Json | null): SplitEvent =>
  entryEvent(context, message, { list: 'messages', customer: senderOf(message, contact), name: nameOf(contact) });

/** What the business wrote in its own app on the phone. Meta: `smb_message_echoes`. */
export const echoEvent = (context: ChangeContext, message: Json, contact: Json | null): SplitEvent =>
  entryEvent(context, message, {
    list: context.value.message_echoes === undefined ? 'messages' : 'message_echoes',
    customer: {
      phone: digits(message.to) ?? digits(contact?.wa_id),
      userId: bsuid(message.to_user_id) ?? bsuid(message.to) ?? bsuid(contact?.user_id),
    },
    name: nameOf(contact),
    origin: 'phone',
  });

/** Whether the sender of a message is the number of the business itself. */
export function isEcho(context: ChangeContext, message: Json): boolean {
  const own = text(object(context.value.metadata)?.display_phone_number, 40)?.replace(/\D/g, '');
  return message.to !== undefined && own !== undefined && own !== '' && digits(message.from) === own;
}

type Entry = {
  /** The list of the change that it stands in. */
  readonly list: 'messages' | 'message_echoes';
  readonly customer: CustomerId;
  readonly name: string | null;
  readonly origin?: Origin;
};

function entryEvent(context: ChangeContext, message: Json, { list, customer: from, name, origin }: Entry): SplitEvent {
  const whole = { ...context.value, [list]: [message], statuses: undefined, errors: undefined };
  const providerId = text(message.id, 256);
  if (!providerId) return unknownIn(context, 'a message without an id', whole);
  if (message.group_id !== undefined) return unknownIn(context, 'a message of a group', whole);
  if (!from.phone && !from.userId) return unknownIn(context, 'a message from nobody', whole);
  const sentAt = instant(message.timestamp, context.receivedAt);
  const keyed = (suffix: string, event: InboundEvent): SplitEvent => ({
    accountId: context.accountId,
    businessId: context.businessId,
    entity: entityOf(context, from),
    naturalKey: `${context.accountId}/${providerId}${suffix}`,
    event,
  });

  const reaction = object(message.reaction);
  const reactedTo = text(reaction?.message_id, 256);
  if (message.type === 'reaction' && reactedTo) {
    const emoji = text(reaction?.emoji, 16) ?? '';
    return keyed('/reaction', {
      kind: 'reaction',
      by: origin === 'phone' ? 'us' : 'customer',
      providerId,
      target: reactedTo,
      emoji,
      sentAt,
    });
  }
  const edit = object(message.edit);
  const edited = text(edit?.original_message_id, 256);
  if (message.type === 'edit' && edited) {
    const changed = contentOf(object(edit?.message) ?? {}).text;
    return keyed('/edit', { kind: 'edit', providerId, target: edited, text: changed, editedAt: sentAt });
  }
  const revoked = text(object(message.revoke)?.original_message_id, 256);
  if (message.type === 'revoke' && revoked)
    return keyed('/delete', { kind: 'deletion', target: revoked, deletedAt: sentAt });
  return keyed('', {
    kind: 'message',
    origin: origin ?? originOf(message),
    providerId,
    sentAt,
    from: { ...from, name },
    ...contentOf(message),
    replyTo: text(object(message.context)?.id, 256),
  });
}

/** A call that is over. Meta: `calls` with the event `terminate`; a call that somebody took has a duration. */
export function callEvent(context: ChangeContext, call: Json, contact: Json | null): SplitEvent {
  const id = text(call.id, 256);
  const isTheirs = call.direction !== 'BUSINESS_INITIATED';
  const other = isTheirs ? call.from : call.to;
  const from = { phone: digits(other) ?? digits(contact?.wa_id), userId: bsuid(other) ?? bsuid(contact?.user_id) };
  if (!id || (!from.phone && !from.userId))
    return unknownIn(context, 'a call of nobody', { ...context.value, calls: [call] });
  if (call.event !== 'terminate') return nothingEvent(context, 'a call that is not over', call);
  const seconds = Number(call.duration ?? 0);
  const missed = isTheirs && !(seconds > 0);
  return {
    accountId: context.accountId,
    businessId: context.businessId,
    entity: entityOf(context, from),
    naturalKey: `${context.accountId}/${id}/call`,
    event: {
      kind: 'message',
      origin: missed ? 'missed-call' : 'provider',
      providerId: id,
      sentAt: instant(call.timestamp, context.receivedAt),
      from: { ...from, name: nameOf(contact) },
      messageKind: 'call',
      text: missed ? 'Missed call' : `${isTheirs ? 'Call of the customer' : 'Call to the customer'}${lasted(seconds)}`,
      content: [],
      media: null,
      replyTo: null,
    },
  };
}

const lasted = (seconds: number) =>
  seconds > 0 && Number.isFinite(seconds)
    ? `, ${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
    : ', not answered';

function senderOf(message: Json, contact: Json | null): CustomerId {
  return {
    phone: digits(message.from) ?? digits(contact?.wa_id),
    // A system message names a business-scoped id in its text alone: «changed from IN.1 to IN.2».
    userId:
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

/** A new identity in a system message: `user_changed_number` and `user_changed_user_id`. */
export function identityOf(context: ChangeContext, message: Json): SplitEvent[] {
  const system = object(message.system);
  if (message.type !== 'system' || !system) return [];
  const was = senderOf(message, null);
  const is = {
    phone: digits(system.new_wa_id) ?? digits(system.wa_id),
    userId: bsuid(system.user_id) ?? bsuid(system.new_user_id),
  };
  const at = instant(message.timestamp, context.receivedAt);
  if ((!was.phone && !was.userId) || (!is.phone && !is.userId)) return [];
  return [identityEvent(context, was, is, at)];
}

export function identityUpdate(context: ChangeContext, item: Json): SplitEvent {
  const ids = object(item.user_id);
  const phone = digits(item.wa_id);
  const was = { phone, userId: bsuid(ids?.previous) ?? bsuid(item.previous_user_id) ?? bsuid(item.old_user_id) };
  const is = { phone, userId: bsuid(ids?.current) ?? bsuid(item.user_id) ?? bsuid(item.new_user_id) };
  if (!is.userId || (!was.userId && !phone))
    return unknownIn(context, 'a user id update without both ids', { ...context.value, user_id_update: [item] });
  return identityEvent(context, was, is, instant(item.timestamp, context.receivedAt));
}

function identityEvent(context: ChangeContext, was: CustomerId, is: CustomerId, at: string): SplitEvent {
  const key = [was.phone, was.userId, is.phone, is.userId].map(id => id ?? '-').join('/');
  return {
    accountId: context.accountId,
    businessId: context.businessId,
    entity: entityOf(context, was),
    naturalKey: `${context.accountId}/identity/${key}`,
    event: { kind: 'identity', was, is, at },
  };
}

const STATUSES = { sent: 'sent', delivered: 'delivered', read: 'read', played: 'read', failed: 'failed' } as const;

export function statusEvent(context: ChangeContext, status: Json): SplitEvent {
  const providerId = text(status.id, 256);
  const name = String(status.status);
  const known = Object.hasOwn(STATUSES, name) ? STATUSES[name as keyof typeof STATUSES] : null;
  if (!providerId || !known)
    return unknownIn(context, 'a status of an unknown kind', {
      ...context.value,
      messages: undefined,
      statuses: [status],
    });
  const error = objects(status.errors)[0];
  const details = text(object(error?.error_data)?.details, 400) ?? text(error?.message, 400) ?? text(error?.title, 400);
  const to = {
    phone: digits(status.recipient_id),
    userId: bsuid(status.recipient_user_id) ?? bsuid(status.recipient_id),
  };
  return {
    accountId: context.accountId,
    businessId: context.businessId,
    entity: to.phone || to.userId ? entityOf(context, to) : `${context.accountId}/${providerId}`,
    naturalKey: `${context.accountId}/${providerId}/${name}`,
    event: {
      kind: 'status',
      providerId,
      messageId: text(status.biz_opaque_callback_data, 64),
      status: known,
      at: instant(status.timestamp, context.receivedAt),
      fault: known === 'failed' ? failureOf(codeOf(error), details ?? '') : null,
    },
  };
}

/** JSON can hold numbers that JavaScript cannot (1e999); they are no code. */
function codeOf(error: Json | undefined): number {
  const code = Number(error?.code);
  return Number.isFinite(code) ? code : 0;
}

export function preferenceEvent(context: ChangeContext, item: Json): SplitEvent {
  const from = { phone: digits(item.wa_id), userId: bsuid(item.user_id) };
  const value = String(item.value);
  if ((!from.phone && !from.userId) || (value !== 'stop' && value !== 'resume'))
    return unknownIn(context, 'a preference of an unknown kind', { ...context.value, user_preferences: [item] });
  const at = instant(item.timestamp, context.receivedAt);
  const scope = item.category === 'marketing_messages' ? 'marketing' : 'all';
  return {
    accountId: context.accountId,
    businessId: context.businessId,
    entity: entityOf(context, from),
    naturalKey: `${context.accountId}/preference/${from.phone ?? from.userId}/${scope}/${at}/${value}`,
    event: { kind: 'preference', from, scope, stop: value === 'stop', at },
  };
}
