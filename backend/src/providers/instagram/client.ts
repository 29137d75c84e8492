import type { MetricFact } from '@astrix/contract';
import { z } from 'zod';
import { json } from '../../platform/egress/index.ts';
import { dayBefore, dayIn } from '../days.ts';
import { explainMeta } from '../meta/errors.ts';
import { GRAPH_HOST, graphPath } from '../meta/graph.ts';
import { readList } from '../meta/lists.ts';
import { metaLogin, signMeta } from '../meta/login.ts';
import { type Api, type Connector, otherAccount, type ReadResult } from '../provider.ts';
import {
  accountsOf,
  DAY_METRICS,
  Insights,
  Media,
  metricOf,
  Page,
  POST_FIELDS,
  POST_METRICS,
  postOf,
  startOf,
  ZONE,
} from './map.ts';

/** The profiles behind the pages of the person. A page without one is of no use here. */
async function identify(api: Api) {
  const found = await readList(
    api,
    {
      path: graphPath('/me/accounts'),
      query: { fields: 'id,name,instagram_business_account{id,username}', limit: 100 },
    },
    Page,
  );
  return found.kind === 'ok' ? { ...found, rows: found.rows.flatMap(accountsOf) } : found;
}

const POST_DAYS = 90;

/** Posts with their numbers in one call for a page of them. */
async function readPosts(api: Api) {
  const since = Math.floor(api.clock.now().getTime() / 1000) - POST_DAYS * 86_400;
  const ask = (fields: string) =>
    readList(
      api,
      {
        path: graphPath('/{profile}/media'),
        parameters: { profile: api.account!.id },
        query: { fields, since, limit: 50 },
      },
      Media,
    );
  const whole = await ask(`${POST_FIELDS},insights.metric(${POST_METRICS.join(',')}){name,values}`);
  // One post for which there are no numbers (from before the profile was a professional one) makes Meta refuse them for all.
  const found = whole.kind === 'permanent' ? await ask(POST_FIELDS) : whole;
  return found.kind === 'ok' ? { ...found, rows: found.rows.map(postOf) } : found;
}

const METRIC_DAYS = 7;
const Profile = z.object({ id: z.string().max(40), followers_count: z.int().min(0).optional() });

/** Most numbers come as one total for the time that is asked for, so every day is asked for by itself. */
async function readMetrics(api: Api): Promise<ReadResult<MetricFact>> {
  const account = api.account!;
  const ask = { method: 'GET', host: GRAPH_HOST, parameters: { profile: account.id }, effect: 'read' } as const;
  const profile = await api.call({
    ...ask,
    path: graphPath('/{profile}'),
    query: { fields: 'id,followers_count' },
    reply: json(Profile),
  });
  if (profile.kind !== 'ok') return profile;
  if (profile.data.id !== account.id) return otherAccount;
  const today = dayIn(ZONE, api.clock.now());
  const rows: MetricFact[] = [];
  for (let before = 1; before <= METRIC_DAYS; before++) {
    const day = dayBefore(today, before);
    const told = await api.call({
      ...ask,
      path: graphPath('/{profile}/insights'),
      query: {
        metric: DAY_METRICS.join(','),
        metric_type: 'total_value',
        period: 'day',
        since: startOf(day),
        until: startOf(dayBefore(day, -1)),
      },
      reply: json(Insights),
    });
    if (told.kind !== 'ok') return told;
    const followers = before === 1 ? (profile.data.followers_count ?? null) : null;
    rows.push(metricOf(account, day, today, told.data, followers));
  }
  return { kind: 'ok', rows };
}

export const instagram: Connector = {
  sign: signMeta,
  explain: explainMeta,
  identify,
  reads: { posts: readPosts, metrics: readMetrics },
  ...metaLogin,
};
