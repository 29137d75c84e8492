import type { Json } from '../json.ts';
import { type CustomerId, type SplitEvent, unknownEvent } from '../messaging.ts';

/** What every event of one change has in common. */
export type ChangeContext = {
  readonly accountId: string | null;
  readonly businessId: string | null;
  readonly field: string;
  readonly value: Json;
  readonly receivedAt: Date;
  /** Meta's time of the entry, for notices, which have no time of their own. A copy that arrives days later has the same one. */
  readonly noticedAt: string;
};

export const entityOf = (context: ChangeContext, who: CustomerId) => `${context.accountId}/${who.phone ?? who.userId}`;

/** Wrapped as a delivery of its own, so that a later version splits it like any other. */
export function unknownIn(context: ChangeContext, why: string, value: Json): SplitEvent {
  const entry = { id: context.businessId, changes: [{ field: context.field, value }] };
  return unknownEvent(why, { object: 'whatsapp_business_account', entry: [entry] }, context);
}
