import { instant, items, type Json, object, objects, text } from '../json.ts';
import { fingerprint, type SplitEvent, unknownEvent } from '../messaging.ts';
import { type ChangeContext, nothingEvent, unknownIn } from './change.ts';
import {
  callEvent,
  contactOf,
  echoEvent,
  identityOf,
  identityUpdate,
  isEcho,
  messageEvent,
  preferenceEvent,
  statusEvent,
} from './customer-events.ts';
import { noticeOf } from './notices.ts';
import { digits } from './values.ts';

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

/**
 * Splits a delivery: every entry, every change, every message and status. Nothing is dropped; what this version does not know comes out as
 * `unknown`, whole, so that a person finds it among the dead letters and a later version can read it. Never throws.
 */
export function split(payload: unknown, receivedAt: Date): SplitEvent[] {
  const root = object(payload);
  if (root?.object !== 'whatsapp_business_account') return [unknownEvent('not a WhatsApp delivery', payload)];
  const entries = items(root.entry);
  const events = entries.odd.map(odd => unknownEvent('an entry that is no object', { ...root, entry: [odd] }));
  for (const entry of entries.known) {
    const changes = items(entry.changes);
    for (const odd of changes.odd)
      events.push(unknownEvent('a change that is no object', { ...root, entry: [{ ...entry, changes: [odd] }] }));
    for (const change of changes.known) events.push(...splitChange(entry, change, receivedAt));
  }
  return events.length > 0 ? events : [unknownEvent('no change in the delivery', payload)];
}

function splitChange(entry: Json, change: Json, receivedAt: Date): SplitEvent[] {
  const value = object(change.value) ?? {};
  const field = text(change.field, 60) ?? 'unknown';
  const context = {
    accountId: digits(object(value.metadata)?.phone_number_id),
    businessId: digits(entry.id),
    field,
    value,
    receivedAt,
    noticedAt: instant(entry.time, receivedAt),
    isTimed: instant(entry.time, new Date(0)) !== new Date(0).toISOString(),
  };
  switch (field) {
    case 'messages':
      return splitMessages(context);
    case 'smb_message_echoes':
    case 'message_echoes':
      return each(context, 'message_echoes', (_, item) =>
        echoEvent(context, item, contactOf(item, objects(value.contacts))),
      );
    case 'calls':
      return splitCalls(context);
    case 'user_id_update':
      return each(context, 'user_id_update', identityUpdate);
    case 'user_preferences':
      return each(context, 'user_preferences', preferenceEvent);
    default:
      return [
        // A field of tomorrow that names no number speaks about the account.
        ACCOUNT_FIELDS.has(field) ||
        (context.accountId === null && context.businessId !== null && change.value !== undefined)
          ? noticeEvent(context, value)
          : unknownIn(context, `a change of the field ${field}`, value),
      ];
  }
}

/** One event for each item of a list. An empty list, or an item that is no object, becomes an unknown event. */
function each(
  context: ChangeContext,
  name: string,
  eventOf: (context: ChangeContext, item: Json) => SplitEvent,
): SplitEvent[] {
  const { known, odd } = items(context.value[name]);
  if (known.length === 0 && odd.length === 0) return [unknownIn(context, `${name} without an item`, context.value)];
  return [
    ...known.map(item => eventOf(context, item)),
    ...odd.map(item =>
      unknownIn(context, `${name} with an item that is no object`, { ...context.value, [name]: [item] }),
    ),
  ];
}

/** Calls, and how far the ringing of one has come, which says nothing once the call is over. */
function splitCalls(context: ChangeContext): SplitEvent[] {
  const contacts = objects(context.value.contacts);
  if (context.value.calls === undefined && context.value.statuses !== undefined)
    return each(context, 'statuses', (_, item) => nothingEvent(context, 'how far a call has come', item));
  return each(context, 'calls', (_, item) => callEvent(context, item, contactOf(item, contacts)));
}

function splitMessages(context: ChangeContext): SplitEvent[] {
  const { value } = context;
  const contacts = objects(value.contacts);
  const events: SplitEvent[] = [];
  if (value.messages !== undefined)
    events.push(
      ...each(context, 'messages', (_, item) =>
        (isEcho(context, item) ? echoEvent : messageEvent)(context, item, contactOf(item, contacts)),
      ),
    );
  // A system message about a new number or id is shown in the thread and changes who the customer is.
  for (const message of objects(value.messages)) events.push(...identityOf(context, message));
  if (value.statuses !== undefined) events.push(...each(context, 'statuses', statusEvent));
  for (const error of objects(value.errors)) events.push(noticeEvent(context, error));
  return events.length > 0 ? events : [unknownIn(context, 'a change without a message or a status', value)];
}

function noticeEvent(context: ChangeContext, about: Json): SplitEvent {
  const account = context.accountId ?? context.businessId;
  // The same notice at another time is another notice; a copy has the same time.
  const key = fingerprint([context.field, about, context.isTimed ? context.noticedAt : null]);
  return {
    accountId: context.accountId,
    businessId: context.businessId,
    entity: `account/${account}`,
    naturalKey: `account/${account}/${context.field}/${key}`,
    event: { kind: 'notice', key, field: context.field, at: context.noticedAt, ...noticeOf(context.field, about) },
  };
}
