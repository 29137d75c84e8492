import { CAPABILITIES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import type { Account, Api, Credential } from '../provider.ts';
import { instagram } from './client.ts';
import { Insights, Media, metricOf, postOf, startOf } from './map.ts';
import { hookEvents } from './webhook.ts';

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const NOBODY: Account = { id: '17841400000000001', name: '@chai.katha', detail: null, settings: {} };
const VANAM: Account = { ...NOBODY, id: '17841400000000003', name: '@vanam.naturals' };

const apiOf = (account: Account, credential: Credential = rig.granted('instagram').credential) =>
  rig.api('instagram', credential, { account });
const readPosts = (...about: Parameters<typeof apiOf>) => readAll('instagram', 'posts', apiOf(...about));
const readMetrics = (...about: Parameters<typeof apiOf>) => readAll('instagram', 'metrics', apiOf(...about));

it('VT-08: names the profiles behind all pages, and leaves out pages without one', async () => {
  const found = await instagram.identify(rig.api('instagram', rig.granted('instagram').credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  expect(found.rows).toHaveLength(6);
  expect(found.rows[3]).toMatchObject({
    id: '17841400000000004',
    name: '@annapurna_masala',
    detail: 'Page श्री अन्नपूर्णा गृह उद्योग एवं मसाला भंडार',
  });
});

it('S8: reads all pages of the posts of 90 days with their numbers', async () => {
  const posts = await readPosts(NOBODY);
  if (posts.kind !== 'ok') throw new Error(JSON.stringify(posts));
  expect(posts.rows).toHaveLength(60);
  for (const row of posts.rows) expect(CAPABILITIES.posts.fact.safeParse(row).error).toBeUndefined();
  expect(posts.rows.slice(0, 3).map(({ kind }) => kind)).toEqual(['image', 'reel', 'carousel']);
  expect(posts.rows[1]!.text).toMatch(/^आज की ख़ास पेशकश/);
  expect(posts.rows[0]!.views).toBeGreaterThan(0);
  // The likes of this one are hidden by its owner: not told is not none.
  expect(posts.rows[8]!.likes).toBeNull();
});

it('posts without numbers do not take those of the others, and are told by their count', async () => {
  // Of its own: the calls must not use up the budget of the others.
  const own = await providerRig();
  const api = own.api('instagram', own.granted('instagram').credential, { account: VANAM });
  const posts = await readAll('instagram', 'posts', api);
  if (posts.kind !== 'ok') throw new Error(posts.kind);
  expect(posts.rows).toHaveLength(60);
  // There are none for the posts from the 41st on; the search for the last of the others costs more calls than it is worth.
  const told = posts.rows.map(({ views, saves }) => views !== null && saves !== null);
  expect(told.slice(0, 38)).toEqual(Array(38).fill(true));
  expect(told.slice(40)).toEqual(Array(20).fill(false));
  expect(posts.rows[0]!.comments).not.toBeNull();
  expect(posts.missing).toEqual([
    { rows: 12, why: expect.stringMatching(/views, shares and saves/) },
    { rows: 10, why: expect.stringMatching(/views, shares and saves/) },
  ]);
  expect(own.seen.length).toBeLessThanOrEqual(24);
  await own.close();
});

describe('numbers that Meta refuses', () => {
  type Asked = { readonly path: string; readonly query?: Readonly<Record<string, unknown>> };
  type Reply = object | { readonly error: object };
  /** An Api that answers with what `tell` says, read as the egress reads it. */
  const answered = (tell: (asked: Asked) => Reply): Api => ({
    ...apiOf(NOBODY),
    async call(ask) {
      const path = ask.path.replace(/\{\w+\}/g, () => Object.values(ask.parameters ?? {})[0] as string);
      const told = tell({ path, ...(ask.query ? { query: ask.query } : {}) });
      if ('error' in told) {
        const judged = instagram.explain(told, 400, {})!;
        return judged.kind === 'retry'
          ? { kind: 'retry', reason: judged.reason, status: 400, afterSeconds: null }
          : { ...judged, status: 400 };
      }
      const read = ask.reply.read(Buffer.from(JSON.stringify(told)), 'application/json');
      return 'data' in read
        ? { kind: 'ok', data: read.data, status: 200, headers: {}, bytes: 1 }
        : { kind: 'malformed', reason: read.fault, status: 200, stale: true };
    },
  });
  const refusal = (code: number, message: string) => ({ error: { code, message, type: 'OAuthException' } });
  const post = (id: string) => ({ id, media_type: 'IMAGE', timestamp: '2026-11-01T06:30:00+0000', like_count: 3 });
  const values = (metrics: string) => metrics.split(',').map(name => ({ name, values: [{ value: 7 }] }));
  const read = (api: Api) => readAll('instagram', 'posts', api);

  test('for one kind of post: the others have theirs, and this one the numbers that it can have', async () => {
    const posts = await read(
      answered(({ path, query = {} }) => {
        if (String(query.fields).includes('insights.metric')) return refusal(100, '(#100) not for this media');
        if (path.endsWith('/media')) return { data: [post('1'), post('2'), post('3')] };
        const metric = String(query.metric);
        if (path.includes('/2/') && metric.includes('views'))
          return refusal(100, '(#100) The Media Insights API does not support the views metric for this product type.');
        return path.includes('/3/')
          ? refusal(10, '(#10) Not enough viewers for the media to show insights')
          : { data: values(metric) };
      }),
    );
    expect(posts).toMatchObject({
      kind: 'ok',
      rows: [
        { id: '1', views: 7, shares: 7, saves: 7, likes: 3 },
        { id: '2', views: null, shares: 7, saves: 7, likes: 3 },
        { id: '3', views: null, shares: null, saves: null, likes: 3 },
      ],
      missing: [{ rows: 2, why: expect.stringMatching(/\w+ .*\.$/) }],
    });
  });

  test('for all of them: the posts are here, and it is said that their numbers are not', async () => {
    const posts = await read(
      answered(({ path, query = {} }) =>
        path.endsWith('/media') && !String(query.fields).includes('insights')
          ? { data: [post('1'), post('2')] }
          : refusal(100, 'no'),
      ),
    );
    expect(posts).toMatchObject({ rows: [{ views: null }, { views: null }], missing: [{ rows: 2 }] });
  });

  test('with the order to wait: what was found until then is kept', async () => {
    let asked = 0;
    const posts = await read(
      answered(({ path, query = {} }) => {
        if (path.endsWith('/media'))
          return String(query.fields).includes('insights') ? refusal(100, 'no') : { data: [post('1'), post('2')] };
        return asked++ === 0 ? { data: values(String(query.metric)) } : refusal(4, 'too many calls');
      }),
    );
    expect(posts).toMatchObject({ rows: [{ views: 7 }, { views: null }], missing: [{ rows: 1 }] });
  });

  test('for a day: the other numbers of the day stay, and it is not asked for again', async () => {
    let asked = 0;
    const metrics = await readAll(
      'instagram',
      'metrics',
      answered(({ path, query = {} }) => {
        if (!path.endsWith('/insights')) return { id: NOBODY.id, followers_count: 'many' };
        asked++;
        const metric = String(query.metric);
        return metric.includes('reach')
          ? refusal(100, 'no reach')
          : { data: metric.split(',').map(name => ({ name, total_value: { value: 5 } })) };
      }),
    );
    if (metrics.kind !== 'ok') throw new Error(metrics.kind);
    expect(metrics.rows).toHaveLength(7);
    for (const row of metrics.rows)
      expect(row).toMatchObject({ impressions: 5, reach: null, engagements: 5, clicks: 5, followers: null });
    expect(metrics.missing).toEqual([{ rows: 7, why: 'Instagram does not give the reach of these days.' }]);
    expect(asked).toBe(1 + 4 + 6);
  });
});

it('S8: reads seven days, each asked for by itself, and the followers of now', async () => {
  const before = rig.seen.length;
  const metrics = await readMetrics(NOBODY);
  if (metrics.kind !== 'ok') throw new Error(JSON.stringify(metrics));
  expect(metrics.rows).toHaveLength(7);
  for (const row of metrics.rows) expect(CAPABILITIES.metrics.fact.safeParse(row).error).toBeUndefined();
  expect(metrics.rows.map(({ followers }) => followers === null)).toEqual([false, ...Array(6).fill(true)]);
  expect(metrics.rows.map(({ final }) => final)).toEqual([false, false, false, true, true, true, true]);
  expect(metrics.rows[0]).toMatchObject({ level: 'account', timeZone: 'America/Los_Angeles', spendMinor: null });
  expect(rig.seen.slice(before)).toHaveLength(8);
});

it('VT-10: without the permission for numbers posts still come, and the numbers are refused with words', async () => {
  const scopes = ['instagram_basic', 'pages_show_list', 'pages_read_engagement'];
  const { credential } = rig.granted('instagram', scopes);
  expect(await readPosts(NOBODY, credential)).toMatchObject({ kind: 'ok' });
  expect(await readMetrics(NOBODY, credential)).toMatchObject({
    kind: 'permanent',
    code: 'scope',
    reason: expect.stringContaining('instagram_manage_insights'),
  });
});

it('a dead token has to be renewed by a person', async () => {
  const { credential, grant } = rig.granted('instagram');
  rig.sandbox.book.revoke(grant.accessToken.reveal());
  expect(await readPosts(NOBODY, credential)).toMatchObject({ kind: 'reauth', code: '190' });
});

it('a profile that was unlinked is a refusal', async () => {
  expect(await readMetrics({ ...NOBODY, id: '404' })).toMatchObject({
    kind: 'permanent',
    code: '100',
    reason: 'It is not there, or this access does not reach it.',
  });
});

it('VT-11: shares log-in and revocation with the family', async () => {
  const flow = rig.flow('instagram');
  const exchanged = await flow.exchange(rig.tokenApi('instagram'), rig.code('instagram'));
  if (exchanged.kind !== 'ok') throw new Error(exchanged.kind);
  expect(exchanged.data.scopes).toContain('instagram_manage_insights');
  expect(await flow.revoke(rig.tokenApi('instagram'), exchanged.data)).toMatchObject({ kind: 'ok' });
  expect(await flow.refresh(rig.tokenApi('instagram'), exchanged.data)).toMatchObject({ kind: 'reauth' });
});

describe('shapes', () => {
  const media = { id: '1', media_type: 'IMAGE', timestamp: '2026-11-01T06:30:00+0000' };

  test.each([
    ['IMAGE', 'FEED', 'image'],
    ['VIDEO', 'FEED', 'video'],
    ['VIDEO', 'REELS', 'reel'],
    ['IMAGE', 'STORY', 'story'],
    ['CAROUSEL_ALBUM', undefined, 'carousel'],
    ['HOLOGRAM', 'FEED', 'other'],
  ])('%s of %s is %s', (media_type, media_product_type, kind) => {
    expect(postOf(Media.parse({ ...media, media_type, media_product_type })).kind).toBe(kind);
  });

  test('what is missing is null, and a time is UTC', () => {
    expect(postOf(Media.parse(media))).toMatchObject({
      text: '',
      url: null,
      likes: null,
      shares: null,
      publishedAt: '2026-11-01T06:30:00.000Z',
    });
  });

  test('a long text is cut without half a character', () => {
    const { text } = postOf(Media.parse({ ...media, caption: `${'a'.repeat(299)}🙏` }));
    expect(text).toBe('a'.repeat(299));
  });

  test('no number is not nought', () => {
    const row = metricOf(NOBODY, '2026-11-01', '2026-11-02', Insights.parse({ data: [] }), null);
    expect(row).toMatchObject({ impressions: null, reach: null, clicks: null, engagements: null });
    for (const value of [-1, 1.5, '7']) {
      const told = Insights.parse({
        data: [
          { name: 'views', total_value: { value } },
          { name: 'reach', total_value: { value: 3 } },
        ],
      });
      expect(told.data.unreadable).toEqual([{ key: 'views' }]);
      expect(metricOf(NOBODY, '2026-11-01', '2026-11-02', told, null)).toMatchObject({ impressions: null, reach: 3 });
    }
  });

  test.each([
    ['2026-07-01', '2026-07-01T07:00:00Z'],
    ['2026-12-01', '2026-12-01T08:00:00Z'],
    ['2026-03-08', '2026-03-08T08:00:00Z'],
    ['2026-03-09', '2026-03-09T07:00:00Z'],
  ])('the day %s begins in California at %s', (day, at) => {
    expect(startOf(day)).toBe(Date.parse(at) / 1000);
  });
});

describe('webhook', () => {
  const AT = new Date('2026-11-20T06:30:00Z');
  const delivery = (field: string, value: object, time = 1_790_000_000) => ({
    object: 'instagram',
    entry: [{ id: '17841400000000001', time, changes: [{ field, value }] }],
  });
  const comment = { id: '178', text: 'किंमत?', from: { id: '9', username: 'someone' }, media: { id: '5' } };

  test('WH-12: a comment makes the posts of its profile stale, and nothing of it is kept', () => {
    const events = hookEvents(delivery('comments', comment), AT);
    expect(events).toEqual([
      {
        naturalKey: 'instagram:17841400000000001:comments:178:',
        accountId: '17841400000000001',
        change: { kind: 'changed', capability: 'posts' },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain('someone');
  });

  test('WH-08: the same event has the same key whenever it comes', () => {
    const key = (time: number) => hookEvents(delivery('comments', comment, time), AT)[0]!.naturalKey;
    expect(key(1)).toBe(key(2));
    const mention = hookEvents(delivery('mentions', { media_id: '7', comment_id: '8' }), AT)[0]!;
    expect(mention.naturalKey).toBe('instagram:17841400000000001:mentions:8:');
  });

  test('several entries and changes are all seen; a field that is new does nothing', () => {
    const body = {
      object: 'instagram',
      entry: [
        {
          id: '1',
          time: 1,
          changes: [
            { field: 'comments', value: { id: '1' } },
            { field: 'story_insights', value: { media_id: '2' } },
          ],
        },
        { id: '2', time: 1, changes: [{ field: 'brand_new', value: {} }] },
      ],
    };
    expect(hookEvents(body, AT).map(({ change }) => change.kind)).toEqual(['changed', 'changed', 'nothing']);
  });

  test.each([
    null,
    [],
    'x',
    {},
    { object: 'page', entry: [] },
    { object: 'instagram', entry: 'x' },
    { object: 'instagram', entry: [{ changes: [1] }] },
  ])('nothing is made of %o', body => {
    expect(hookEvents(body, AT)).toEqual([]);
  });

  test('an event of no profile touches no connection', () => {
    const body = { object: 'instagram', entry: [{ changes: [{ field: 'comments', value: { id: '1' } }] }] };
    expect(hookEvents(body, AT)).toMatchObject([{ accountId: null, change: { kind: 'nothing' } }]);
  });
});
