import type { ConsentScope } from '@astrix/contract';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { AnyTx, Schema } from '../../platform/db/index.ts';
import './tables.ts';

/** What a customer of one client wants to receive, as far as it is known. */
export type ContactConsent = {
  readonly optedOut: boolean;
  readonly marketingOptedOut: boolean;
  /** A request to stop that is not certain and that nobody has answered. */
  readonly stopHint: { readonly scope: ConsentScope; readonly at: Date } | null;
};

type Of = { readonly agencyId: string; readonly contactId: string };

type ConsentColumns = Pick<
  Selectable<Schema['contacts']>,
  'opted_out_at' | 'marketing_opt_out_at' | 'stop_hint' | 'stop_hint_at'
>;

export const consentFrom = (row: ConsentColumns): ContactConsent => ({
  optedOut: row.opted_out_at !== null,
  marketingOptedOut: row.marketing_opt_out_at !== null,
  stopHint: row.stop_hint && row.stop_hint_at && { scope: row.stop_hint, at: row.stop_hint_at },
});

export async function consentOf(tx: AnyTx, { agencyId, contactId }: Of): Promise<ContactConsent> {
  const row = await tx
    .selectFrom('contacts')
    .select(['opted_out_at', 'marketing_opt_out_at', 'stop_hint', 'stop_hint_at'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .executeTakeFirstOrThrow();
  return consentFrom(row);
}

/**
 * Records the choice made at `at`; from this transaction on nothing is sent to a customer who opted out. What was said later stands, in
 * whatever order it arrives; of two in the same second, stop does. False when it changes nothing (ME-04).
 */
export async function setOptOut(
  tx: AnyTx,
  { agencyId, contactId }: Of,
  { optedOut, source, at }: { optedOut: boolean; source: string; at: Date },
): Promise<boolean> {
  const before = await tx
    .selectFrom('contacts')
    .select(['opted_out_at', 'consent_at'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .forUpdate()
    .executeTakeFirst();
  if (!before || (before.consent_at !== null && before.consent_at > at)) return false;
  const isOut = before.opted_out_at !== null;
  if (before.consent_at?.getTime() === at.getTime() && (isOut || !optedOut)) return false;
  await tx
    .updateTable('contacts')
    .set({ opted_out_at: optedOut ? at : null, opt_out_source: source, consent_at: at })
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .execute();
  const closed = await closeStopHint(tx, { agencyId, contactId }, ['all', 'promotions'], at);
  return isOut !== optedOut || closed;
}

/** Records the choice about promotions made at `at`. A later choice stands in any order of arrival; of two in the same second, stop does. */
export async function setMarketingOptOut(
  tx: AnyTx,
  { agencyId, contactId }: Of,
  { optedOut, at }: { optedOut: boolean; at: Date },
): Promise<boolean> {
  const changed = await tx
    .updateTable('contacts')
    .set({ marketing_opt_out_at: optedOut ? at : null, marketing_at: at })
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .where(where =>
      where.or([
        where('marketing_at', 'is', null),
        where('marketing_at', '<', at),
        ...(optedOut ? [where.and([where('marketing_at', '=', at), where('marketing_opt_out_at', 'is', null)])] : []),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  const closed = await closeStopHint(tx, { agencyId, contactId }, ['promotions'], at);
  return changed !== undefined || closed;
}

/**
 * Records that the customer may have asked to stop, at `at`. It changes nothing for one who has stopped that already, or who has made a
 * certain choice since. A request to stop everything is not narrowed by a later one about promotions. False when it changes nothing.
 */
export async function setStopHint(
  tx: AnyTx,
  { agencyId, contactId }: Of,
  { scope, at }: { scope: ConsentScope; at: Date },
): Promise<boolean> {
  const changed = await tx
    .updateTable('contacts')
    .set({
      stop_hint: scope === 'all' ? scope : sql`case when stop_hint = 'all' then stop_hint else ${scope} end`,
      stop_hint_at: at,
    })
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .where('opted_out_at', 'is', null)
    .where(where => where.or([where('consent_at', 'is', null), where('consent_at', '<', at)]))
    .where(where => where.or([where('stop_hint_at', 'is', null), where('stop_hint_at', '<', at)]))
    .$if(scope === 'promotions', query =>
      query
        .where('marketing_opt_out_at', 'is', null)
        .where(where => where.or([where('marketing_at', 'is', null), where('marketing_at', '<', at)])),
    )
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** Closes an open hint of one of these scopes that is not newer than `upTo`. False when there is none. */
export async function closeStopHint(
  tx: AnyTx,
  { agencyId, contactId }: Of,
  scopes: readonly ConsentScope[],
  upTo: Date,
): Promise<boolean> {
  const closed = await tx
    .updateTable('contacts')
    .set({ stop_hint: null })
    .where('agency_id', '=', agencyId)
    .where('id', '=', contactId)
    .where('stop_hint', 'in', scopes)
    .where('stop_hint_at', '<=', upTo)
    .returning('id')
    .executeTakeFirst();
  return closed !== undefined;
}
