import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import type { Imitation } from '../imitation.ts';
import { daysBetween, refusalOf, slice, statusError, wobble } from './google.ts';

const ADMIN = { constraints: { host: 'analyticsadmin.googleapis.com' } };
const DATA = { constraints: { host: 'analyticsdata.googleapis.com' } };
const SCOPE = 'analytics.readonly';
/** «The service may return fewer than this value»: so that nobody relies on the size that was asked for. */
const MOST_ACCOUNTS = 5;
const MOST_ROWS = 20;

const ACCOUNTS = DEMO_CLIENTS.map(({ name }, n) => ({ account: `accounts/${54_100_001 + n}`, displayName: name }));

const property = (id: number, displayName: string, account: string, timeZone: string, currencyCode: string) => ({
  name: `properties/${id}`,
  parent: account,
  account,
  displayName,
  timeZone,
  currencyCode,
  propertyType: 'PROPERTY_TYPE_ORDINARY',
  industryCategory: 'SHOPPING',
  serviceLevel: 'GOOGLE_ANALYTICS_STANDARD',
  createTime: '2024-04-01T05:30:00.000Z',
  updateTime: '2026-08-15T05:30:00.000Z',
});
const PROPERTIES = [
  ...ACCOUNTS.map(({ account, displayName }, n) =>
    property(411_000_001 + n, `${displayName} – shop`, account, 'Asia/Kolkata', 'INR'),
  ),
  property(412_000_001, 'Chai Katha – blog', ACCOUNTS[0]!.account, 'Asia/Kolkata', 'INR'),
  property(412_000_007, 'Saffron & Slate – 東京', ACCOUNTS[6]!.account, 'Asia/Tokyo', 'JPY'),
];
const EXHAUSTED = String(411_000_001 + DEMO_CLIENTS.length - 1);

type Report = {
  dateRanges?: { startDate: string; endDate: string }[];
  dimensions?: { name: string }[];
  metrics?: { name: string }[];
  limit?: string;
  offset?: string;
};

const TYPES: Readonly<Record<string, string>> = {
  sessions: 'TYPE_INTEGER',
  totalUsers: 'TYPE_INTEGER',
  screenPageViews: 'TYPE_INTEGER',
  keyEvents: 'TYPE_FLOAT',
  purchaseRevenue: 'TYPE_CURRENCY',
};

/** Every fifth day more was refunded than bought. */
function day(id: string, date: string, currency: string): Readonly<Record<string, string>> {
  const sessions = Math.floor(300 + wobble(id, date) * 2200);
  const bought = sessions * (4 + wobble(date, id) * 20);
  const revenue = Number(date.slice(-2)) % 5 === 0 ? -bought / 10 : bought;
  return {
    sessions: String(sessions),
    totalUsers: String(Math.floor(sessions * 0.78)),
    screenPageViews: String(Math.floor(sessions * 3.4)),
    keyEvents: String(Math.round(sessions * 2.1) / 100),
    purchaseRevenue: currency === 'JPY' ? String(Math.round(revenue)) : revenue.toFixed(2),
  };
}

/** Google Analytics 4: twelve accounts, two of them with a second property, one of those in yen. */
export const imitation: Imitation = {
  provider: 'google-analytics',
  hint: 'Allow access on the consent page and choose a property. That of Monsoon Umbrellas has used up its quota.',
  serve(app, stage) {
    app.get<{ Querystring: { pageSize?: string; pageToken?: string } }>(
      '/v1beta/accountSummaries',
      ADMIN,
      async (request, reply) => {
        const refusal = refusalOf(stage, request, reply, SCOPE);
        if (refusal) return refusal;
        const { pageSize = '50', pageToken } = request.query;
        const { rows, ...next } = slice(ACCOUNTS, Math.min(Number(pageSize), MOST_ACCOUNTS), pageToken);
        return {
          accountSummaries: rows.map(({ account, displayName }) => ({
            name: account.replace('accounts', 'accountSummaries'),
            account,
            displayName,
            propertySummaries: PROPERTIES.filter(each => each.account === account).map(each => ({
              property: each.name,
              displayName: each.displayName,
              propertyType: each.propertyType,
              parent: each.parent,
              canEdit: false,
            })),
          })),
          ...next,
        };
      },
    );

    app.get<{ Querystring: { filter?: string; pageSize?: string; pageToken?: string } }>(
      '/v1beta/properties',
      ADMIN,
      async (request, reply) => {
        const refusal = refusalOf(stage, request, reply, SCOPE);
        if (refusal) return refusal;
        const { filter = '', pageToken } = request.query;
        const account = /^(?:parent|ancestor):(accounts\/\d+)$/.exec(filter)?.[1];
        if (!account) return statusError(reply, 400, 'INVALID_ARGUMENT', 'Invalid filter.');
        // One at a time: the two of an account are two pages.
        const { rows, ...next } = slice(
          PROPERTIES.filter(each => each.account === account),
          1,
          pageToken,
        );
        return { properties: rows, ...next };
      },
    );

    app.post<{ Params: { property: string }; Body: Report }>(
      '/v1beta/properties/:property(^\\d+)::runReport',
      DATA,
      async (request, reply) => {
        const refusal = refusalOf(stage, request, reply, SCOPE);
        if (refusal) return refusal;
        const { property: id } = request.params;
        const found = PROPERTIES.find(each => each.name === `properties/${id}`);
        if (!found)
          return statusError(
            reply,
            403,
            'PERMISSION_DENIED',
            'User does not have sufficient permissions for this property. To learn more about Property ID, see https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.',
          );
        if (id === EXHAUSTED)
          return statusError(
            reply,
            429,
            'RESOURCE_EXHAUSTED',
            'Exhausted property tokens per hour. These quota tokens will return in under an hour.',
          );
        const { dateRanges = [], dimensions = [], metrics = [], limit = '10000', offset = '0' } = request.body ?? {};
        const unknown = metrics.find(({ name }) => !(name in TYPES));
        if (unknown || dimensions.length !== 1 || dimensions[0]?.name !== 'date')
          return statusError(reply, 400, 'INVALID_ARGUMENT', `Field ${unknown?.name ?? 'date'} is not a valid metric.`);
        const [range] = dateRanges;
        if (!range) return statusError(reply, 400, 'INVALID_ARGUMENT', 'A dateRange is required.');
        const days = daysBetween(range.startDate, range.endDate);
        const from = Number(offset);
        const rows = days.slice(from, from + Math.min(Number(limit), MOST_ROWS)).map(date => {
          const values = day(id, date, found.currencyCode);
          return {
            dimensionValues: [{ value: date.replaceAll('-', '') }],
            metricValues: metrics.map(({ name }) => ({ value: values[name] })),
          };
        });
        return {
          dimensionHeaders: dimensions,
          metricHeaders: metrics.map(({ name }) => ({ name, type: TYPES[name] })),
          rows,
          rowCount: days.length,
          metadata: { currencyCode: found.currencyCode, timeZone: found.timeZone },
          kind: 'analyticsData#runReport',
        };
      },
    );
  },
};
