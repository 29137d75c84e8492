import type { MetricFact } from '@astrix/contract';
import { dayIn } from '../days.ts';
import { explainMeta } from '../meta/errors.ts';
import { graphPath } from '../meta/graph.ts';
import { readList } from '../meta/lists.ts';
import { metaLogin, signMeta } from '../meta/login.ts';
import { type Api, type Connector, otherAccount, type ReadResult } from '../provider.ts';
import { AdAccount, accountOf, INSIGHT_FIELDS, InsightRow, metricOf } from './map.ts';

/** Every ad account that the person has a role in, also through a business: that takes no `business_management`. */
async function identify(api: Api) {
  const found = await readList(
    api,
    {
      path: graphPath('/me/adaccounts'),
      query: { fields: Object.keys(AdAccount.shape).join(','), limit: 100 },
    },
    AdAccount,
  );
  return found.kind === 'ok' ? { ...found, rows: found.rows.map(accountOf) } : found;
}

const DAYS = 14;
/** A row with all of its actions can be 10 kB. */
const PAGE = 100;

/** One row for each campaign and day, today included; days are those of the ad account. */
async function readMetrics(api: Api): Promise<ReadResult<MetricFact>> {
  const { id, settings } = api.account!;
  const timeZone = settings.timeZone!;
  const today = dayIn(timeZone, api.clock.now());
  const found = await readList(
    api,
    {
      path: graphPath('/{account}/insights'),
      parameters: { account: id },
      query: {
        level: 'campaign',
        time_increment: 1,
        time_range: JSON.stringify({ since: dayIn(timeZone, api.clock.now(), DAYS - 1), until: today }),
        fields: INSIGHT_FIELDS,
        use_account_attribution_setting: true,
        limit: PAGE,
      },
    },
    InsightRow,
  );
  if (found.kind !== 'ok') return found;
  if (found.rows.some(row => `act_${row.account_id}` !== id)) return otherAccount;
  return { ...found, rows: found.rows.map(row => metricOf(row, timeZone, today)) };
}

export const metaAds: Connector = {
  sign: signMeta,
  explain: explainMeta,
  identify,
  reads: { metrics: readMetrics },
  ...metaLogin,
};
