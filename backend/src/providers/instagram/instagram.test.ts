import { CAPABILITIES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import type { Account, Credential } from '../provider.ts';
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

it('one post without numbers costs the numbers of the posts, not the posts', async () => {
  const posts = await readPosts(VANAM);
  if (posts.kind !== 'ok') throw new Error(posts.kind);
  expect(posts.rows).toHaveLength(60);
  expect(posts.rows.every(({ views, saves }) => views === null && saves === null)).toBe(true);
  expect(posts.rows[0]!.comments).not.toBeNull();
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
    for (const value of [-1, 1.5])
      expect(Insights.safeParse({ data: [{ name: 'views', total_value: { value } }] }).success).toBe(false);
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
