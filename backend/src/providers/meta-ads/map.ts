import type { MetricFact } from '@astrix/contract';
import { z } from 'zod';
import { digitsOf } from '../../kernel/money.ts';
import { Written, WrittenDecimal } from '../fields.ts';
import { clamp } from '../json.ts';
import type { Account } from '../provider.ts';

const Currency = z.string().regex(/^[A-Z]{3}$/);

/** /me/adaccounts, with the fields that are asked for. */
export const AdAccount = z.object({
  id: z.string().regex(/^act_\d{1,30}$/),
  name: z.string().default(''),
  currency: Currency,
  timezone_name: z.string().max(60),
  account_status: z.int().optional(),
});
export type AdAccount = z.infer<typeof AdAccount>;

/** Numbers of long-standing documents, which the specs leave out. One that is new is not worth a word. */
const ACCOUNT_STATUS: Readonly<Record<number, string>> = {
  2: 'disabled',
  3: 'unsettled',
  7: 'in risk review',
  8: 'settlement pending',
  9: 'in grace period',
  100: 'closing',
  101: 'closed',
};

export const accountOf = ({ id, name, currency, timezone_name, account_status = 1 }: AdAccount): Account => ({
  id,
  name: name || id,
  detail: [currency, timezone_name, ACCOUNT_STATUS[account_status]].filter(Boolean).join(' · '),
  settings: { currency, timeZone: timezone_name },
});

/** Meta writes every number as a text. Nothing here can be below zero: such a row, or one of NaN, is unreadable. */
const Whole = Written.pipe(z.string().regex(/^\d{1,15}$/)).transform(Number);
const Decimal = WrittenDecimal.pipe(z.string().regex(/^\d{1,11}(?:\.\d{1,20})?$/));
const Id = Written.pipe(z.string().regex(/^\d{1,30}$/));
/** Of a list of counters by kind; some of its rows hold only other attribution windows, and no `value`. */
const Action = z.object({ action_type: z.string().max(200), value: Decimal.optional() });
const Actions = z.array(Action).max(500).default([]);

/** A row of insights. Meta leaves a counter out where nothing happened. */
export const InsightRow = z.object({
  /** Of the ad account, without `act_`. */
  account_id: Id,
  account_currency: Currency,
  campaign_id: Id,
  campaign_name: z.string().default(''),
  objective: z.string().max(100).optional(),
  date_start: z.iso.date(),
  impressions: Whole.default(0),
  reach: Whole.optional(),
  inline_link_clicks: Whole.default(0),
  spend: Decimal.default('0'),
  actions: Actions,
  action_values: Actions,
});
export type InsightRow = z.infer<typeof InsightRow>;

export const INSIGHT_FIELDS = Object.keys(InsightRow.shape).join(',');

/**
 * `text` times 10^`places` as a whole number, half upwards: «12.345» by 2 is 1235. By its digits, because 1.005 × 100 is not 100.5 in
 * floating point. Up to eleven digits by four places still are a number without loss.
 */
export function scaled(text: string, places: number): number {
  const [whole = '', fraction = ''] = text.split('.');
  const up = (fraction[places] ?? '0') >= '5' ? 1 : 0;
  return Number(whole + fraction.slice(0, places).padEnd(places, '0')) + up;
}

/** The first one counts: `omni_purchase` holds the others already. */
const PURCHASES = ['omni_purchase', 'purchase', 'offsite_conversion.fb_pixel_purchase'];
const LEADS = ['lead', 'onsite_conversion.lead_grouped'];
const resultsOf = (objective: string | undefined) => (/LEAD/.test(objective ?? '') ? LEADS : PURCHASES);

const amountOf = (actions: InsightRow['actions'], kinds: readonly string[]): string =>
  kinds.map(kind => actions.find(one => one.action_type === kind)?.value).find(value => value !== undefined) ?? '0';

/** A conversion is credited to the day of its click, for up to this many days. */
const RESTATED_DAYS = 28;

/** `today` is the day in the account's time zone. Clicks are those on links; `clicks` of Meta counts likes and names as well. */
export function metricOf(row: InsightRow, timeZone: string, today: string): MetricFact {
  const { account_currency: currency, actions } = row;
  const places = digitsOf(currency);
  const results = resultsOf(row.objective);
  return {
    level: 'campaign',
    entityId: row.campaign_id,
    entityName: clamp(row.campaign_name || row.campaign_id, 300),
    date: row.date_start,
    timeZone,
    dimension: null,
    impressions: row.impressions,
    reach: row.reach ?? null,
    clicks: row.inline_link_clicks,
    engagements: scaled(amountOf(actions, ['post_engagement']), 0),
    videoViews: scaled(amountOf(actions, ['video_view']), 0),
    profileViews: null,
    pageViews: null,
    sessions: null,
    users: null,
    followers: null,
    spendMinor: scaled(row.spend, places),
    conversionsE4: scaled(amountOf(actions, results), 4),
    conversionValueMinor: scaled(amountOf(row.action_values, results), places),
    currency,
    final: Date.parse(today) - Date.parse(row.date_start) > RESTATED_DAYS * 86_400_000,
  };
}
