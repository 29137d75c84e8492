import type { MetricFact } from '@astrix/contract';
import type { Failed } from '../../platform/egress/index.ts';
import { offered, type ReadResult } from '../accounts.ts';
import { dayIn, dayWindow } from '../days.ts';
import { explainMeta } from '../meta/errors.ts';
import { graphPath } from '../meta/graph.ts';
import { readList, readListPage } from '../meta/lists.ts';
import { metaLogin, signMeta } from '../meta/login.ts';
import { type Account, type Api, type Connector, otherAccount } from '../provider.ts';
import { mapRows, type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { HISTORY_DAYS } from './manifest.ts';
import { AdAccount, accountOf, INSIGHT_FIELDS, InsightRow, metricOf } from './map.ts';

/** Every ad account that the person has a role in, also through a business: that takes no `business_management`. */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const found = await readList(
    api,
    {
      path: graphPath('/me/adaccounts'),
      query: { fields: Object.keys(AdAccount.shape).join(','), limit: 100 },
    },
    AdAccount,
  );
  return found.kind === 'ok' ? offered(found.rows.map(accountOf), found.unreadable) : found;
}

/** A row with all of its actions can be 10 kB. */
const PAGE = 100;
/** A report of more days has to be ordered first and fetched later. */
const DAYS_AT_ONCE = 30;

/** One page of campaigns by day, the newest days first; days are those of the ad account. */
async function readMetrics(api: Api, request: ReadRequest): Promise<ReadPage<MetricFact> | Failed> {
  const { id, settings } = api.account!;
  const timeZone = settings.timeZone!;
  const earliest = dayIn(timeZone, request.until, HISTORY_DAYS);
  const days = dayWindow(request, { timeZone, days: DAYS_AT_ONCE, earliest });
  const list = {
    path: graphPath('/{account}/insights'),
    parameters: { account: id },
    query: {
      level: 'campaign',
      time_increment: 1,
      time_range: JSON.stringify({ since: days.from, until: days.to }),
      fields: INSIGHT_FIELDS,
      use_account_attribution_setting: true,
      limit: Math.min(request.limit ?? PAGE, PAGE),
    },
  };
  const page = await readListPage(api, list, { row: InsightRow, keyField: null, cursor: days.token });
  if (page.kind !== 'ok') return page;
  if (page.rows.some(row => `act_${row.account_id}` !== id)) return otherAccount;
  const today = dayIn(timeZone, api.clock.now());
  const read = readPage(
    mapRows(page, row => metricOf(row, timeZone, today)),
    days.after(page.next),
  );
  return { ...read, complete: read.complete && days.told, ...page.pause };
}

export const metaAds: Connector = {
  sign: signMeta,
  explain: explainMeta,
  identify,
  reads: { metrics: readMetrics },
  ...metaLogin,
};
