import type { MetricFact } from '@astrix/contract';
import { z } from 'zod';
import { digitsOf } from '../../kernel/money.ts';
import { listOf } from '../accounts.ts';
import { Written, WrittenDecimal } from '../fields.ts';
import { Int64, pageOf, rowsPageOf, scaled } from '../google.ts';
import { clamp } from '../json.ts';
import type { Account } from '../provider.ts';

const CustomerId = Written.pipe(z.string().regex(/^\d{5,15}$/));
const Currency = z.string().regex(/^[A-Z]{3}$/);

/** customers:listAccessibleCustomers: those that the person was given access to directly. */
export const Accessible = z.object({
  resourceNames: listOf(
    z
      .string()
      .regex(/^customers\/\d{5,15}$/)
      .transform(name => name.slice('customers/'.length)),
    1000,
  ).prefault([]),
});

/** googleAds:search; the size of its pages is Google's. */
const found = <R>(row: z.ZodType<R>) => pageOf('results', row, 10_000);

export const CLIENTS = `SELECT customer_client.id, customer_client.descriptive_name, customer_client.currency_code,
 customer_client.time_zone, customer_client.test_account FROM customer_client
 WHERE customer_client.status = 'ENABLED' AND customer_client.manager = FALSE`.replaceAll('\n', '');

const ClientRow = z
  .object({
    customerClient: z.object({
      id: CustomerId,
      descriptiveName: z.string().default(''),
      currencyCode: Currency,
      timeZone: z.string().min(1).max(60),
      testAccount: z.boolean().default(false),
    }),
  })
  .transform(row => row.customerClient);
export const ClientPage = found(ClientRow);
export type Client = z.output<typeof ClientRow>;

/** As people know an account: 123-456-7890. */
const dashed = (id: string) => id.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3');

/** `root` is who the person has access to: the account itself, or a manager above it that every call has to name. */
export const accountOf = (client: Client, root: string): Account => ({
  id: client.id,
  name: client.descriptiveName || dashed(client.id),
  detail: [
    dashed(client.id),
    client.currencyCode,
    client.timeZone,
    ...(client.testAccount ? ['test account'] : []),
  ].join(' · '),
  settings: { currency: client.currencyCode, timeZone: client.timeZone, manager: root === client.id ? '' : root },
});

/** Both ends included, as days of the account. Days on which nothing happened are left out by Google. */
export const dailyQuery = (from: string, to: string): string =>
  [
    'SELECT segments.date, customer.id, customer.currency_code, customer.time_zone, campaign.id, campaign.name,',
    'metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.conversions_value, metrics.video_trueview_views',
    `FROM campaign WHERE segments.date BETWEEN '${from}' AND '${to}'`,
    'ORDER BY segments.date DESC, metrics.cost_micros DESC',
  ].join(' ');

/** Absent is «not given». `NaN` and `Infinity` come as texts, and make the row unreadable. */
const Row = z.object({
  segments: z.object({ date: z.iso.date() }),
  customer: z.object({ id: CustomerId, currencyCode: Currency, timeZone: z.string().min(1).max(60) }),
  campaign: z.object({ id: Written.pipe(z.string().regex(/^\d{1,20}$/)), name: z.string().default('') }),
  metrics: z
    .object({
      impressions: Int64,
      clicks: Int64,
      costMicros: Written.pipe(z.string().regex(/^\d{1,18}$/)),
      conversions: WrittenDecimal.pipe(z.string().regex(/^\d/)),
      conversionsValue: WrittenDecimal,
      videoTrueviewViews: Int64,
    })
    .partial()
    .default({}),
});

/** Micros are a millionth of the unit of the account: ₹1.23 is 1230000, so paise are micros through ten thousand, half up. */
export function metricOf({ segments, customer, campaign, metrics }: z.output<typeof Row>): MetricFact {
  const digits = digitsOf(customer.currencyCode);
  const number = (value: string | undefined, places: number) => (value === undefined ? null : scaled(value, places));
  return {
    level: 'campaign',
    entityId: campaign.id,
    entityName: clamp(campaign.name || campaign.id, 300),
    date: segments.date,
    timeZone: customer.timeZone,
    dimension: null,
    impressions: metrics.impressions ?? null,
    reach: null,
    clicks: metrics.clicks ?? null,
    engagements: null,
    videoViews: metrics.videoTrueviewViews ?? null,
    profileViews: null,
    pageViews: null,
    sessions: null,
    users: null,
    followers: null,
    spendMinor: metrics.costMicros === undefined ? null : scaled(metrics.costMicros, digits - 6),
    conversionsE4: number(metrics.conversions, 4),
    conversionValueMinor: number(metrics.conversionsValue, digits),
    currency: customer.currencyCode,
    // Conversions are still added to these days: a click counts for as long as its conversion window is open.
    final: false,
  };
}

/** `customer` is the account that a row says it is of. */
export const DailyPage = rowsPageOf(
  'results',
  Row.transform(row => ({ customer: row.customer.id, fact: metricOf(row) })),
  null,
  10_000,
);
