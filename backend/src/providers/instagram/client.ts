import type { MetricFact, PostFact } from '@astrix/contract';
import { z } from 'zod';
import { type Failed, json } from '../../platform/egress/index.ts';
import { offered, type ReadResult } from '../accounts.ts';
import { dayBefore, dayIn, dayWindow } from '../days.ts';
import { Written } from '../fields.ts';
import { explainMeta } from '../meta/errors.ts';
import { GRAPH_HOST, graphPath } from '../meta/graph.ts';
import { type ListPage, readList, readListPage } from '../meta/lists.ts';
import { metaLogin, signMeta } from '../meta/login.ts';
import { type Account, type Api, type Connector, otherAccount } from '../provider.ts';
import { type MissingValues, mapRows, type ReadPage, type ReadRequest, readPage, type UnreadableRow } from '../read.ts';
import { HISTORY_DAYS } from './manifest.ts';
import {
  accountsOf,
  DAY_METRICS,
  Media,
  metricOf,
  Page,
  POST_FIELDS,
  POST_METRICS,
  postOf,
  startOf,
  ZONE,
} from './map.ts';
import { dayNumbers, numbersOf } from './numbers.ts';

/** The profiles behind the pages of the person. A page without one is of no use here. */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const found = await readList(
    api,
    {
      path: graphPath('/me/accounts'),
      query: { fields: 'id,name,instagram_business_account{id,username}', limit: 100 },
    },
    Page,
  );
  return found.kind === 'ok' ? offered(found.rows.flatMap(accountsOf), found.unreadable) : found;
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
  if (found.kind !== 'ok') return found;
  const full =
    whole.kind === 'permanent' && whole.code !== 'scope'
      ? await withNumbers(api, found)
      : { kind: 'ok' as const, found };
  if (full.kind !== 'ok') return full;
  const missing = postsWithout(full.found, whole.kind === 'permanent' && whole.code === 'scope');
  return { ...readPage(mapRows(full.found, postOf), found.next), ...missing, ...found.pause };
}

type Posts = ListPage<Media>;

/** The same posts with the numbers of those that have some. */
async function withNumbers(api: Api, found: Posts): Promise<{ readonly kind: 'ok'; readonly found: Posts } | Failed> {
  const numbers = await numbersOf(
    api,
    found.rows.map(({ id }) => id),
  );
  if ('kind' in numbers) return numbers;
  const rows = found.rows.map(post => ({ ...post, insights: numbers.get(post.id) }));
  return { kind: 'ok', found: { ...found, rows } };
}

/** Of posts without numbers it is said that they have none, and why. */
function postsWithout({ rows }: Posts, isNotAllowed: boolean): { readonly missing?: readonly MissingValues[] } {
  const without = rows.filter(({ insights }) => (insights?.data.rows.length ?? 0) < POST_METRICS.length).length;
  if (without === 0) return {};
  const why = isNotAllowed
    ? 'Views, shares and saves take the permission instagram_manage_insights, which was not given.'
    : 'Instagram does not give all of views, shares and saves for these posts.';
  return { missing: [{ rows: without, why }] };
}

/** Days on one page: each takes a call of its own. */
const DAYS_AT_ONCE = 7;
/** A number of followers that is none does not lose the days. */
const Profile = z.object({ id: Written, followers_count: z.int().min(0).optional().catch(undefined) });

/** One page of days, the newest first. Most numbers come as one total for the time that is asked for, so every day is asked for by itself. */
async function readMetrics(api: Api, request: ReadRequest): Promise<ReadPage<MetricFact> | Failed> {
  const account = api.account!;
  const profile = await api.call({
    method: 'GET',
    host: GRAPH_HOST,
    path: graphPath('/{profile}'),
    parameters: { profile: account.id },
    query: { fields: 'id,followers_count' },
    effect: 'read',
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
  const unreadable: UnreadableRow[] = [];
  const missing = new Map<string, number>();
  let refused: ReadonlySet<string> = new Set();
  for (let day = days.to; day >= days.from; day = dayBefore(day, 1)) {
    const told = await dayNumbers(api, day, dayBefore(day, -1), refused);
    if ('kind' in told) {
      // A reply that cannot be used is one row that cannot be read, like a row of a list.
      if (told.kind !== 'malformed') return told;
      unreadable.push({ key: null });
      continue;
    }
    refused = told.refused;
    const { data } = told.insights;
    if (data.rows.length === 0 && data.unreadable.length > 0) {
      unreadable.push({ key: null });
      continue;
    }
    const followers = day === yesterday ? (profile.data.followers_count ?? null) : null;
    rows.push(metricOf(account, day, today, told.insights, followers));
    const names = new Set(data.unreadable.length > 0 ? Object.keys(DAY_METRICS) : refused);
    for (const { name } of data.rows) names.delete(name);
    for (const name of names) missing.set(name, (missing.get(name) ?? 0) + 1);
  }
  const read = readPage({ rows, unreadable }, days.after(null));
  const gaps = Array.from(missing, ([name, days]) => ({
    rows: days,
    why: `Instagram does not give the ${DAY_METRICS[name]} of these days.`,
  }));
  return { ...read, complete: read.complete && days.told, ...(gaps.length > 0 ? { missing: gaps } : {}) };
}

export const instagram: Connector = {
  sign: signMeta,
  explain: explainMeta,
  identify,
  reads: { posts: readPosts, metrics: readMetrics },
  ...metaLogin,
};
