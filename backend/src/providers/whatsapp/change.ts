import type { Json } from '../json.ts';
import { type CustomerId, fingerprint, type SplitEvent, unknownEvent } from '../messaging.ts';

/** What every event of one change has in common. */
export type ChangeContext = {
  readonly accountId: string | null;
  readonly businessId: string | null;
  readonly field: string;
  readonly value: Json;
  readonly receivedAt: Date;
  /** Meta's time of the entry, for notices, which have no time of their own. A copy that arrives days later has the same one. */
  readonly noticedAt: string;
  /** False where the entry has no time, and `noticedAt` is the time of arrival. */
  readonly isTimed: boolean;
};

export const entityOf = (context: ChangeContext, who: CustomerId) => `${context.accountId}/${who.phone ?? who.userId}`;

/** Something that nobody needs, kept as an event so that a copy of it is known. */
export function nothingEvent(context: ChangeContext, why: string, about: Json): SplitEvent {
  const key = `nothing/${fingerprint(about)}`;
  const { accountId, businessId } = context;
  return { accountId, businessId, entity: key, naturalKey: key, event: { kind: 'nothing', why } };
}

/** Wrapped as a delivery of its own, so that a later version splits it like any other. */
export function unknownIn(context: ChangeContext, why: string, value: Json): SplitEvent {
  const entry = { id: context.businessId, changes: [{ field: context.field, value }] };
  return unknownEvent(why, { object: 'whatsapp_business_account', entry: [entry] }, context);
}
