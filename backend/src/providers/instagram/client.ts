import type { MetricFact, PostFact } from '@astrix/contract';
import { z } from 'zod';
import { type Failed, json } from '../../platform/egress/index.ts';
import { dayBefore, dayIn, dayWindow } from '../days.ts';
import { explainMeta } from '../meta/errors.ts';
import { GRAPH_HOST, graphPath } from '../meta/graph.ts';
import { readList, readListPage } from '../meta/lists.ts';
import { metaLogin, signMeta } from '../meta/login.ts';
import { type Api, type Connector, otherAccount } from '../provider.ts';
import { mapRows, type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { HISTORY_DAYS } from './manifest.ts';
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

const POSTS = 50;
const secondsOf = (at: Date) => Math.floor(at.getTime() / 1000);

/** One page of posts with their numbers, in one call. */
async function readPosts(api: Api, request: ReadRequest): Promise<ReadPage<PostFact> | Failed> {
  const { since, until, cursor, limit } = request;
  const ask = (fields: string) =>
    readListPage(
      api,
      {
        path: graphPath('/{profile}/media'),
        parameters: { profile: api.account!.id },
        query: {
          fields,
          ...(since === null ? {} : { since: secondsOf(since) }),
          until: secondsOf(until) + 1,
          limit: Math.min(limit ?? POSTS, POSTS),
        },
      },
      { row: Media, keyField: 'id', cursor },
    );
  const whole = await ask(`${POST_FIELDS},insights.metric(${POST_METRICS.join(',')}){name,values}`);
  // One post for which there are no numbers (from before the profile was a professional one) makes Meta refuse them for all.
  const found = whole.kind === 'permanent' ? await ask(POST_FIELDS) : whole;
  return found.kind === 'ok' ? { ...readPage(mapRows(found, postOf), found.next), ...found.pause } : found;
}

/** Days on one page: each takes a call of its own. */
const DAYS_AT_ONCE = 7;
const Profile = z.object({ id: z.string().max(40), followers_count: z.int().min(0).optional() });

/** One page of days, the newest first. Most numbers come as one total for the time that is asked for, so every day is asked for by itself. */
async function readMetrics(api: Api, request: ReadRequest): Promise<ReadPage<MetricFact> | Failed> {
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
  const today = dayIn(ZONE, request.until);
  const yesterday = dayBefore(today, 1);
  // A day that is not over has no total yet.
  const days = dayWindow(
    { ...request, until: new Date(startOf(today) * 1000 - 1) },
    { timeZone: ZONE, days: DAYS_AT_ONCE, earliest: dayBefore(today, HISTORY_DAYS) },
  );
  const rows: MetricFact[] = [];
  for (let day = days.to; day >= days.from; day = dayBefore(day, 1)) {
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
    const followers = day === yesterday ? (profile.data.followers_count ?? null) : null;
    rows.push(metricOf(account, day, today, told.data, followers));
  }
  const read = readPage({ rows, unreadable: [] }, days.after(null));
  return { ...read, complete: read.complete && days.told };
}

export const instagram: Connector = {
  sign: signMeta,
  explain: explainMeta,
  identify,
  reads: { posts: readPosts, metrics: readMetrics },
  ...metaLogin,
};
