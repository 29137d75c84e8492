import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import { bearerOf, type Imitation } from '../imitation.ts';
import { admitted, GRAPH, type GraphCall, graphPath, notThere, paged, picked, refuse, steady } from './meta.ts';

const HANDLES = ['chai.katha', 'indigoloom', 'vanam.naturals', 'annapurna_masala', 'little.peepal', 'kadakaudio'];
const PROFILES = HANDLES.map((username, n) => ({
  id: `1784140000000000${n + 1}`,
  username,
  client: DEMO_CLIENTS[n]!,
  followers: 4_000 + steady(username, 90_000),
}));
/** A page for every client; half of them have a profile. */
const PAGES = DEMO_CLIENTS.map(({ name }, n) => ({ id: String(100_000_000_001 + n), name, profile: PROFILES[n] }));
/** Was a private profile when its first posts went out: there are no numbers for this one and those before it. */
const CONVERTED = PROFILES[2]!;
const CONVERTED_AT = 40;

const POSTS = 60;
const EVERY_MS = 36 * 3_600_000;
const KINDS = [
  { media_type: 'IMAGE', media_product_type: 'FEED', path: 'p' },
  { media_type: 'VIDEO', media_product_type: 'REELS', path: 'reel' },
  { media_type: 'CAROUSEL_ALBUM', media_product_type: 'FEED', path: 'p' },
];
const CAPTIONS = [
  'Monsoon evenings ask for',
  'आज की ख़ास पेशकश:',
  'Back in stock, from ₹499:',
  'How our karigars make the',
  'Reply with an emoji if you want the',
];
const POST_METRICS = new Set(['views', 'reach', 'likes', 'comments', 'shares', 'saved', 'total_interactions']);
const DAY_METRICS = new Set([
  'views',
  'reach',
  'accounts_engaged',
  'total_interactions',
  'likes',
  'comments',
  'shares',
  'saves',
  'profile_links_taps',
]);

function post(profile: (typeof PROFILES)[number], n: number, now: Date, metrics: readonly string[]) {
  const kind = KINDS[n % KINDS.length]!;
  const of = (what: string, most: number) => steady(`${profile.id} ${n} ${what}`, most);
  const id = `${profile.id}${String(n).padStart(3, '0')}`;
  return {
    id,
    caption: `${CAPTIONS[n % CAPTIONS.length]} ${profile.client.sells[n % profile.client.sells.length]}`,
    media_type: kind.media_type,
    media_product_type: kind.media_product_type,
    permalink: `https://www.instagram.com/${kind.path}/D${n.toString(36).toUpperCase()}chai/`,
    // As Graph writes it: an offset without a colon.
    timestamp: new Date(now.getTime() - n * EVERY_MS - 3_600_000).toISOString().replace(/\.\d+Z$/, '+0000'),
    // The owner has hidden the likes of some.
    ...(n % 9 === 8 ? {} : { like_count: of('likes', 2_000) }),
    comments_count: of('comments', 90),
    insights: {
      data: metrics.map(name => ({
        name,
        period: 'lifetime',
        values: [{ value: of(name, name === 'views' ? 40_000 : 300) }],
        id: `${id}/insights/${name}/lifetime`,
      })),
    },
  };
}

const before = (id: string): boolean => id.startsWith(CONVERTED.id) && Number(id.slice(-3)) >= CONVERTED_AT;
const NO_NUMBERS = [100, 'Media posted before business account conversion', 2108006] as const;

/** Instagram behind Facebook pages: six profiles, sixty posts each, numbers by day. */
export const imitation: Imitation = {
  provider: 'instagram',
  ownTokens: true,
  hint: 'Allow access on the consent page. Six of twelve pages have a profile; @vanam.naturals has posts without numbers.',
  serve(app, stage) {
    const profileOf = (call: GraphCall) => PROFILES.find(({ id }) => id === call.params.id);
    app.get(graphPath('/me/accounts'), GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(stage, call, reply, 'pages_show_list')) return reply;
      const { scopes } = stage.grantOf(bearerOf(request))!;
      // Without the permission Meta does not refuse: the profile is simply not there.
      const shows = scopes.includes('instagram_basic') && scopes.includes('pages_read_engagement');
      const rows = PAGES.map(({ id, name, profile }) =>
        picked(
          {
            id,
            name,
            ...(profile && shows ? { instagram_business_account: { id: profile.id, username: profile.username } } : {}),
          },
          call.query.fields,
          ['instagram_business_account'],
        ),
      );
      return paged(rows as object[], call, 5);
    });
    app.get(graphPath('/:id'), GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(stage, call, reply, 'instagram_basic')) return reply;
      const profile = profileOf(call);
      if (!profile) return notThere(reply, call.params.id);
      const { id, username, followers } = profile;
      return (
        picked({ id, username, followers_count: followers, media_count: POSTS }, call.query.fields) ??
        refuse(reply, 100, 'Tried accessing nonexisting field')
      );
    });
    app.get(graphPath('/:id/media'), GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      const { fields = '', since = '0', until = '99999999999' } = call.query;
      const metrics = /insights\.metric\(([^)]*)\)/.exec(fields)?.[1]?.split(',');
      const needs = metrics ? ['instagram_basic', 'instagram_manage_insights'] : ['instagram_basic'];
      if (!admitted(stage, call, reply, ...needs)) return reply;
      const profile = profileOf(call);
      if (!profile) return notThere(reply, call.params.id);
      if (metrics?.some(metric => !POST_METRICS.has(metric)))
        return refuse(reply, 100, 'metric[0] must be one of the following values');
      const rows = stage.things
        .list(
          `instagram/${profile.id}/posts`,
          ({ id }: ReturnType<typeof post>) => id,
          from => Array.from({ length: POSTS }, (_, n) => post(profile, n, from, metrics ?? [])),
        )
        .filter(({ timestamp }) => {
          const at = Date.parse(timestamp.replace('+0000', 'Z')) / 1000;
          return at >= Number(since) && at < Number(until);
        })
        .map(row => picked(row, fields, ['like_count']));
      if (rows.includes(null)) return refuse(reply, 100, 'Tried accessing nonexisting field');
      const page = paged(rows as { readonly id: string }[], call, 50);
      return metrics && page.data.some(({ id }) => before(id)) ? refuse(reply, ...NO_NUMBERS) : page;
    });
    /** The numbers of one post of any profile; null where there is no such post. */
    const numbersOf = (id: string, metrics: readonly string[]) => {
      const profile = PROFILES.find(one => id.startsWith(one.id));
      return profile ? post(profile, Number(id.slice(-3)), stage.now(), metrics).insights : null;
    };
    app.get(graphPath('/'), GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(stage, call, reply, 'instagram_basic', 'instagram_manage_insights')) return reply;
      const ids = (call.query.ids ?? '').split(',');
      const metrics = /^insights\.metric\(([^)]*)\)/.exec(call.query.fields ?? '')?.[1]?.split(',') ?? [];
      const odd = ids.find(id => numbersOf(id, metrics) === null);
      if (odd !== undefined) return notThere(reply, odd);
      if (ids.some(before)) return refuse(reply, ...NO_NUMBERS);
      return Object.fromEntries(ids.map(id => [id, { insights: numbersOf(id, metrics), id }]));
    });
    app.get(graphPath('/:id/insights'), GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(stage, call, reply, 'instagram_basic', 'instagram_manage_insights')) return reply;
      const { metric = '', metric_type, period, since, until } = call.query;
      const metrics = metric.split(',');
      const profile = profileOf(call);
      if (!profile && before(call.params.id)) return refuse(reply, ...NO_NUMBERS);
      if (!profile) return numbersOf(call.params.id, metrics) ?? notThere(reply, call.params.id);
      if (metrics.some(name => !DAY_METRICS.has(name)) || metric_type !== 'total_value' || period !== 'day')
        return refuse(reply, 100, 'metric[0] must be one of the following values');
      if (!(Number(until) > Number(since))) return refuse(reply, 100, 'since param must be less than until');
      return {
        data: metrics.map(name => ({
          name,
          period: 'day',
          title: name,
          description: '',
          total_value: { value: steady(`${profile.id} ${since} ${name}`, name === 'views' ? 30_000 : 900) },
          id: `${profile.id}/insights/${name}/day`,
        })),
      };
    });
  },
};
