import { z } from 'zod';
import { type Failed, json } from '../../platform/egress/index.ts';
import { GRAPH_HOST, graphPath } from '../meta/graph.ts';
import type { Api } from '../provider.ts';
import { DAY_METRICS, Insights, POST_METRICS, startOf } from './map.ts';

/**
 * Numbers of posts and days where Meta refuses them together. One post, or one number, for which there are none makes it refuse all that were
 * asked for with it, so they are asked for in smaller parts.
 */

/** Parts that are asked for on one page: the budget of a connection has to last for the next pages as well. */
const MAX_PARTS = 10;
/** So few posts are asked for one by one. */
const FEW = 4;

const ask = (api: Api, ids: readonly string[], metrics: readonly string[]) =>
  ids.length === 1
    ? api.call({
        method: 'GET',
        host: GRAPH_HOST,
        path: graphPath('/{media}/insights'),
        parameters: { media: ids[0]! },
        query: { metric: metrics.join(',') },
        effect: 'read',
        reply: json(Insights.transform(insights => new Map([[ids[0]!, insights]]))),
      })
    : api.call({
        method: 'GET',
        host: GRAPH_HOST,
        path: graphPath('/'),
        query: { ids: ids.join(','), fields: `insights.metric(${metrics.join(',')}){name,values}` },
        effect: 'read',
        reply: json(ManyInsights),
      });

/** The reply for several ids is an object with one entry for each. */
const ManyInsights = z
  .record(z.string(), z.object({ insights: Insights.optional() }))
  .transform(
    told => new Map(Object.entries(told).flatMap(([id, { insights }]) => (insights ? [[id, insights] as const] : []))),
  );

/** «… does not support the views metric for this media product type»: the others can be had. */
function withoutRefused(metrics: readonly string[], { reason }: { readonly reason: string }): readonly string[] | null {
  const refused = /does not support the (\w+) metric/i.exec(reason)?.[1];
  const left = metrics.filter(metric => metric !== refused);
  return left.length > 0 && left.length < metrics.length ? left : null;
}

type Part = { readonly ids: readonly string[]; readonly metrics: readonly string[] };

const halvesOf = ({ ids, metrics }: Part): Part[] => {
  const size = ids.length <= FEW ? 1 : Math.ceil(ids.length / 2);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ({
    ids: ids.slice(n * size, (n + 1) * size),
    metrics,
  }));
};

/**
 * The numbers of the posts that have some, by the id of the post, as far as they can be found with few calls. Being asked to wait ends the
 * search and keeps what was found; any other failure is about more than the numbers, and ends the read.
 */
export async function numbersOf(api: Api, ids: readonly string[]): Promise<ReadonlyMap<string, Insights> | Failed> {
  const found = new Map<string, Insights>();
  let parts = halvesOf({ ids, metrics: POST_METRICS });
  for (let asked = 0; parts.length > 0 && asked < MAX_PARTS; asked++) {
    const [part, ...others] = parts as [Part, ...Part[]];
    parts = others;
    const told = await ask(api, part.ids, part.metrics);
    if (told.kind === 'ok') for (const [id, insights] of told.data) found.set(id, insights);
    else if (told.kind === 'permanent' || told.kind === 'malformed') {
      const metrics = told.kind === 'permanent' ? withoutRefused(part.metrics, told) : null;
      if (part.ids.length > 1) parts = [...parts, ...halvesOf(part)];
      else if (metrics !== null) parts = [{ ...part, metrics }, ...parts];
    } else if (told.kind === 'retry') return found;
    else return told;
  }
  return found;
}

/** What one day has, and which of its numbers Meta refuses. */
export type DayNumbers = { readonly insights: Insights; readonly refused: ReadonlySet<string> };

/**
 * The numbers of one day; `refused` are those that were refused on a day before. All at once, and one by one where that is refused: the
 * failure is told when not one of them can be had.
 */
export async function dayNumbers(
  api: Api,
  day: string,
  before: string,
  refused: ReadonlySet<string>,
): Promise<DayNumbers | Failed> {
  const askFor = (metrics: readonly string[]) =>
    api.call({
      method: 'GET',
      host: GRAPH_HOST,
      path: graphPath('/{profile}/insights'),
      parameters: { profile: api.account!.id },
      query: {
        metric: metrics.join(','),
        metric_type: 'total_value',
        period: 'day',
        since: startOf(day),
        until: startOf(before),
      },
      effect: 'read',
      reply: json(Insights),
    });
  const wanted = Object.keys(DAY_METRICS).filter(metric => !refused.has(metric));
  const all = await askFor(wanted);
  if (all.kind === 'ok') return { insights: all.data, refused };
  // Without the permission not one of them would be told.
  if (all.kind !== 'permanent' || all.code === 'scope' || wanted.length === 1) return all;
  const rows: Insights['data']['rows'][number][] = [];
  const unreadable: Insights['data']['unreadable'][number][] = [];
  const missing = new Set(refused);
  for (const metric of wanted) {
    const one = await askFor([metric]);
    if (one.kind === 'permanent') missing.add(metric);
    else if (one.kind !== 'ok') return one;
    else {
      rows.push(...one.data.data.rows);
      unreadable.push(...one.data.data.unreadable);
    }
  }
  return missing.size === Object.keys(DAY_METRICS).length
    ? all
    : { insights: { data: { rows, unreadable } }, refused: missing };
}
