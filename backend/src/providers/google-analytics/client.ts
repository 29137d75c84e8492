import { json, pages } from '../../platform/egress/index.ts';
import { dayIn, explainGoogle, listAll } from '../google.ts';
import { bearer } from '../oauth2.ts';
import type { Account, Api, Connector } from '../provider.ts';
import { accountOf, METRICS, metricsOf, PropertyPage, Report, SummaryPage } from './map.ts';

const ADMIN = 'analyticsadmin.googleapis.com';
const MOST = '200';
const DAYS = 28;
/** Google still counts for a day or two. */
const SETTLING_DAYS = 3;
const PAGE_ROWS = 10_000;

async function identify(api: Api) {
  const admin = { host: ADMIN, cost: 'accounts' };
  const owners = await listAll(
    api,
    { ...admin, path: '/v1beta/accountSummaries', query: { pageSize: MOST } },
    SummaryPage,
  );
  if (owners.kind !== 'ok') return owners;
  const rows: Account[] = [];
  for (const { account, displayName } of owners.rows) {
    // Sub-properties and roll-ups included.
    const query = { filter: `ancestor:${account}`, pageSize: MOST };
    const properties = await listAll(api, { ...admin, path: '/v1beta/properties', query }, PropertyPage);
    if (properties.kind !== 'ok') return properties;
    rows.push(...properties.rows.map(property => accountOf(property, displayName)));
  }
  return { kind: 'ok' as const, rows };
}

/** Newest day first; a report has as many rows as days, but nobody may rely on getting them at once. */
function readMetrics(api: Api) {
  const account = api.account!;
  const day = (before: number) => dayIn(account.settings.timeZone!, api.clock.now(), before);
  return pages({
    clock: api.clock,
    fetch: cursor => {
      const offset = Number(cursor ?? 0);
      return api.call({
        method: 'POST',
        path: '/v1beta/properties/{property}:runReport',
        parameters: { property: account.id },
        body: {
          json: {
            dateRanges: [{ startDate: day(DAYS - 1), endDate: day(0) }],
            dimensions: [{ name: 'date' }],
            metrics: METRICS.map(name => ({ name })),
            orderBys: [{ dimension: { dimensionName: 'date' }, desc: true }],
            limit: String(PAGE_ROWS),
            offset: String(offset),
          },
        },
        effect: 'read',
        reply: json(
          Report.transform(report => ({
            rows: metricsOf(report, account, day(SETTLING_DAYS)),
            next: nextOf(offset, report),
          })),
        ),
      });
    },
  });
}

const nextOf = (
  offset: number,
  { rows, rowCount }: { readonly rows: readonly unknown[]; readonly rowCount: number },
) => (rows.length === 0 || offset + rows.length >= rowCount ? null : String(offset + rows.length));

export const googleAnalytics: Connector = {
  sign: bearer,
  explain: explainGoogle,
  identify,
  reads: { metrics: readMetrics },
};
