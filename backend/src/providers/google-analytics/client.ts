import type { MetricFact } from '@astrix/contract';
import type { z } from 'zod';
import { type Failed, json } from '../../platform/egress/index.ts';
import { belowOwners, type ReadResult } from '../accounts.ts';
import { dayIn, dayWindow } from '../days.ts';
import { explainGoogle, listAll } from '../google.ts';
import { bearer } from '../oauth2.ts';
import type { Account, Api, Connector } from '../provider.ts';
import { type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { accountOf, METRICS, metricsOf, PropertyPage, Report, SummaryPage } from './map.ts';

const ADMIN = 'analyticsadmin.googleapis.com';
const PAGE_SIZE = '200';
/** Google still counts for a day or two. */
const SETTLING_DAYS = 3;
const PAGE_ROWS = 10_000;

/** The properties of every Analytics account. An account of which only its name may be seen does not hide the properties of the others. */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const admin = { host: ADMIN, cost: 'accounts' };
  const owners = await listAll(
    api,
    { ...admin, path: '/v1beta/accountSummaries', query: { pageSize: PAGE_SIZE } },
    SummaryPage,
  );
  return belowOwners(owners, async ({ account, displayName }) => {
    // Sub-properties and roll-ups included.
    const query = { filter: `ancestor:${account}`, pageSize: PAGE_SIZE };
    const properties = await listAll(api, { ...admin, path: '/v1beta/properties', query }, PropertyPage);
    return properties.kind === 'ok'
      ? { ...properties, rows: properties.rows.map(property => accountOf(property, displayName)) }
      : properties;
  });
}

/** The first day that a report may begin with. */
const EARLIEST = '2015-08-14';

/** One page of the daily numbers, newest day first. Google may send fewer rows than were asked for, so pages follow by the rows that came. */
async function readMetrics(api: Api, request: ReadRequest): Promise<ReadPage<MetricFact> | Failed> {
  const account = api.account!;
  const timeZone = account.settings.timeZone!;
  const days = dayWindow(request, { timeZone, days: null, earliest: EARLIEST });
  const offset = Number(days.token ?? 0);
  const page = await api.call({
    method: 'POST',
    path: '/v1beta/properties/{property}:runReport',
    parameters: { property: account.id },
    body: {
      json: {
        dateRanges: [{ startDate: days.from, endDate: days.to }],
        dimensions: [{ name: 'date' }],
        metrics: METRICS.map(name => ({ name })),
        orderBys: [{ dimension: { dimensionName: 'date' }, desc: true }],
        limit: String(Math.min(request.limit ?? PAGE_ROWS, PAGE_ROWS)),
        offset: String(offset),
      },
    },
    effect: 'read',
    reply: json(Report),
  });
  if (page.kind !== 'ok') return page;
  const facts = metricsOf(page.data, account, dayIn(timeZone, api.clock.now(), SETTLING_DAYS));
  const read = readPage(facts, days.after(nextOf(offset, page.data)));
  return { ...read, complete: read.complete && days.told };
}

/** The offset of the next page. Rows that cannot be read count: they stand in the report like the others. */
function nextOf(offset: number, { rows, rowCount }: z.output<typeof Report>): string | null {
  const count = rows.rows.length + rows.unreadable.length;
  return count === 0 || offset + count >= rowCount ? null : String(offset + count);
}

export const googleAnalytics: Connector = {
  sign: bearer,
  explain: explainGoogle,
  identify,
  reads: { metrics: readMetrics },
};
