import type { MetricFact } from '@astrix/contract';
import { z } from 'zod';
import { digitsOf } from '../../kernel/money.ts';
import { WrittenDecimal } from '../fields.ts';
import { Int64, pageOf, scaled } from '../google.ts';
import type { Account } from '../provider.ts';
import { type Rows, rowsOf, type UnreadableRow } from '../read.ts';

/** accountSummaries: the accounts of which the person may see something. */
export const SummaryPage = pageOf(
  'accountSummaries',
  z.object({ account: z.string().regex(/^accounts\/\d{1,20}$/), displayName: z.string().default('') }),
  200,
);

const Property = z.object({
  name: z.string().regex(/^properties\/\d{1,20}$/),
  displayName: z.string().default(''),
  timeZone: z.string().min(1).max(60),
  currencyCode: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});
/** properties, below one account: with zone and currency, which the summaries leave out. */
export const PropertyPage = pageOf('properties', Property, 200);

export function accountOf(property: z.output<typeof Property>, owner: string): Account {
  const id = property.name.slice('properties/'.length);
  const { currencyCode: currency, timeZone } = property;
  return {
    id,
    name: property.displayName || id,
    detail: [owner, currency, timeZone].filter(Boolean).join(' · '),
    settings: { timeZone, ...(currency ? { currency } : {}) },
  };
}

export const METRICS = ['sessions', 'totalUsers', 'screenPageViews', 'keyEvents', 'purchaseRevenue'] as const;

const Names = z.array(z.object({ name: z.string() }));
const Values = z.array(z.object({ value: WrittenDecimal.default('') }));

/** runReport: every value is a text, in the order of the headers. */
export const Report = z.object({
  dimensionHeaders: Names.default([]),
  metricHeaders: Names.default([]),
  rows: rowsOf(z.object({ dimensionValues: Values, metricValues: Values }), null, 10_000).prefault([]),
  rowCount: z.int().min(0).default(0),
  metadata: z.object({
    currencyCode: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional(),
    timeZone: z.string().min(1).max(60).optional(),
  }),
});

const DAY = /^(\d{4})(\d{2})(\d{2})$/;
const byHeader = (headers: z.output<typeof Names>, values: z.output<typeof Values>) =>
  Object.fromEntries(headers.map(({ name }, n) => [name, values[n]?.value]));

type Reported = z.output<typeof Report>;
type ReportRow = Reported['rows']['rows'][number];

/**
 * One day of the property for each row. `finalBefore`: Google still counts on later days. A row that is not what was asked for is
 * unreadable; so is «(other)», in which Google adds up what it does not keep by day.
 */
export function metricsOf(report: Reported, account: Account, finalBefore: string): Rows<MetricFact> {
  const rows: MetricFact[] = [];
  const unreadable: UnreadableRow[] = [...report.rows.unreadable];
  for (const row of report.rows.rows) {
    const day = dayOf(report, row);
    const fact = day === null ? null : readable(() => metricOf(report, row, day, account, finalBefore));
    if (fact !== null) rows.push(fact);
    else unreadable.push(day === null ? { key: null, why: 'no-day' } : { key: null });
  }
  return { rows, unreadable };
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const dayOf = ({ dimensionHeaders }: Reported, { dimensionValues }: ReportRow): string | null => {
  const day = DAY.exec(byHeader(dimensionHeaders, dimensionValues).date ?? '')
    ?.slice(1)
    .join('-');
  return day !== undefined && z.iso.date().safeParse(day).success ? day : null;
};

function metricOf(
  { metricHeaders, metadata }: Reported,
  row: ReportRow,
  date: string,
  { id, name, settings }: Account,
  finalBefore: string,
): MetricFact {
  const values = byHeader(metricHeaders, row.metricValues);
  const given = (metric: (typeof METRICS)[number]) => values[metric] || null;
  const count = (metric: (typeof METRICS)[number]) => {
    const value = given(metric);
    return value === null ? null : Int64.parse(value);
  };
  const events = given('keyEvents');
  // Negative on a day with more refunds than purchases.
  const revenue = given('purchaseRevenue');
  const { currencyCode: currency = null } = metadata;
  return {
    level: 'account',
    entityId: id,
    entityName: name,
    date,
    timeZone: metadata.timeZone ?? settings.timeZone ?? 'UTC',
    dimension: null,
    impressions: null,
    reach: null,
    clicks: null,
    engagements: null,
    videoViews: null,
    profileViews: null,
    pageViews: count('screenPageViews'),
    sessions: count('sessions'),
    users: count('totalUsers'),
    followers: null,
    // Google Ads tells what was spent; counted here as well, it would be counted twice.
    spendMinor: null,
    conversionsE4: events === null ? null : scaled(events, 4),
    conversionValueMinor: revenue === null || currency === null ? null : scaled(revenue, digitsOf(currency)),
    currency,
    final: date < finalBefore,
  };
}
