import { describe, expect, test } from 'vitest';
import { describeSpecs, judged } from './cases.ts';
import { fieldsIn, narrowed } from './graph-fields.ts';
import { official } from './index.ts';

const insights = {
  fields: 'campaign_id,spend,actions',
  level: 'campaign',
  time_range: '{"since":"2026-01-01","until":"2026-01-02"}',
  time_increment: '1',
  breakdowns: 'publisher_platform,age',
  limit: '500',
};
judged('meta', 'insights of an ad account', {
  request: { method: 'GET', host: 'graph.facebook.com', path: '/v25.0/act_1/insights', query: insights },
  wrong: [
    ['an older version', { path: '/v24.0/act_1/insights' }, 'path.version: is 24, and 25'],
    ['no version', { path: '/act_1/insights' }, 'path: the document describes no /act_1/insights'],
    ['a field that is not there', { query: { fields: 'cost' } }, 'query.fields: AdsInsights has no field or edge cost'],
    ['a level that is none', { query: { level: 'account_group' } }, 'query.level: is "account_group", and only'],
    ['a day for a range', { query: { time_range: '2026-01-01' } }, 'query.time_range: is "2026-01-01", and object'],
    ['a breakdown that is none', { query: { breakdowns: 'age,town' } }, 'query.breakdowns[1]: is "town", and only'],
    ['a parameter nobody knows', { query: { page: '2' } }, 'query.page: is not in the document'],
    ['an edge that is not there', { path: '/v25.0/act_1/insight' }, 'path: the document describes no'],
    ['brackets that do not close', { query: { fields: 'spend{' } }, 'query.fields: the brackets'],
    ['another host', { host: 'graph.threads.net' }, 'host: is graph.threads.net'],
  ],
  reply: {
    status: 200,
    body: {
      data: [
        {
          campaign_id: '1',
          spend: '1.5',
          publisher_platform: 'facebook',
          actions: [{ action_type: 'link_click', value: '3' }],
        },
      ],
      paging: { cursors: { before: 'a', after: 'b' } },
    },
  },
  untrue: [
    ['no data', { body: { paging: {} } }, 'body.data: is missing'],
    ['a number for spend', { body: { data: [{ spend: 1.5 }] } }, 'body.data[0].spend: is 1.5, and string'],
    [
      'a number in an action',
      { body: { data: [{ actions: [{ value: 3 }] }] } },
      'body.data[0].actions[0].value: is 3, and string',
    ],
    ['a field of our own', { body: { data: [{ cost: '1' }] } }, 'body.data[0].cost: is not in the document'],
    [
      'an error without its trace',
      { status: 400, body: { error: { message: 'x', type: 'OAuthException', code: 190 } } },
      'body.error.fbtrace_id: is missing',
    ],
  ],
});

judged('meta', 'a write to a campaign, which is named', {
  request: {
    method: 'POST',
    as: 'Campaign',
    path: '/v26.0/123',
    body: new URLSearchParams({ status: 'PAUSED', daily_budget: '5000' }),
  },
  wrong: [
    ['a status that is none', { body: { status: 'OFF' } }, 'body.status: is "OFF", and only'],
    [
      'half a rupee',
      { body: new URLSearchParams({ daily_budget: '1.5' }) },
      'body.daily_budget: is "1.5", and integer',
    ],
    ['a field nobody knows', { body: { budget: 1 } }, 'body.budget: is not in the document'],
    ['less than nothing', { body: { daily_budget: -1 } }, 'body.daily_budget: is -1, and 0'],
    ['a word for a node', { path: '/v26.0/campaign' }, 'path.id: is "campaign"'],
  ],
  reply: { status: 200, body: { success: true } },
  untrue: [['text for a truth', { body: { success: 'yes' } }, 'body.success: is "yes", and boolean']],
});

judged('meta', 'an Instagram account that hangs on a page', {
  request: {
    method: 'GET',
    as: 'IGUser',
    path: '/v25.0/178?fields=id,username,media.limit(2){id,caption,insights.metric(reach){name}}',
  },
  wrong: [
    [
      'a field that is not there',
      { path: '/v25.0/178?fields=followers' },
      'query.fields: IGUser has no field or edge followers',
    ],
    [
      'a field that is not there, inside',
      { path: '/v25.0/178?fields=media{text}' },
      'query.fields.media: IGMedia has no field or edge text',
    ],
  ],
  reply: { status: 200, body: { id: '178', username: 'a', media: { data: [{ id: '1', caption: 'x' }] } } },
  untrue: [
    ['a number for an id', { body: { id: 178 } }, 'body.id: is 178, and string'],
    ['text for a number', { body: { followers_count: '5' } }, 'body.followers_count: is "5", and integer'],
    ['a list without its data', { body: { media: [] } }, 'body.media: is [], and object'],
  ],
});

judged('instagram', "a fresh token with Instagram's own log-in", {
  request: {
    method: 'GET',
    host: 'graph.instagram.com',
    path: '/refresh_access_token?grant_type=ig_refresh_token&access_token=x',
  },
  wrong: [
    [
      'another grant',
      { path: '/refresh_access_token?grant_type=refresh_token&access_token=x' },
      'query.grant_type: is "refresh_token", and only',
    ],
    ['no token', { path: '/refresh_access_token?grant_type=ig_refresh_token' }, 'query.access_token: is missing'],
    [
      'a parameter nobody knows',
      { path: '/refresh_access_token?grant_type=ig_refresh_token&access_token=x&client_id=1' },
      'query.client_id: is not in the document',
    ],
    ['another host', { host: 'graph.facebook.com' }, 'host: is graph.facebook.com'],
    ['another method', { method: 'POST' }, 'method: is POST, and the document has GET'],
  ],
  reply: { status: 200, body: { access_token: 'x', token_type: 'bearer', expires_in: 5183944 } },
  untrue: [
    ['no end', { body: { access_token: 'x' } }, 'body.expires_in: is missing'],
    ['an end as text', { body: { access_token: 'x', expires_in: '60' } }, 'body.expires_in: is "60", and integer'],
    [
      'a second token',
      { body: { access_token: 'x', expires_in: 60, refresh_token: 'y' } },
      'body.refresh_token: is not in the document',
    ],
  ],
});

judged('threads', 'own posts (a Postman collection)', {
  request: {
    method: 'GET',
    host: 'graph.threads.net',
    path: '/v1.0/me/threads?fields=id,poll_attachment{option_a}&limit=5',
  },
  wrong: [
    [
      'a field that is not there',
      { path: '/me/threads?fields=id,caption' },
      'query.fields: caption is not in the collection',
    ],
    ['a parameter nobody knows', { path: '/me/threads?count=5' }, 'query.count: is not in the document'],
    ['another path', { path: '/me/posts' }, 'path: the document describes no'],
    ['another method', { method: 'DELETE' }, 'method: is DELETE'],
    ['another host', { host: 'graph.facebook.com' }, 'host: is graph.facebook.com'],
  ],
  reply: { status: 200, body: { data: [{ id: '1', text: 'x', something_newer: 1 }] } },
  untrue: [
    ['a number for an id', { body: { data: [{ id: 1 }] } }, 'body.data[0].id: is 1, and string'],
    ['no data', { body: {} }, 'body.data: is missing'],
  ],
});

describeSpecs('meta', () => {
  test('does not know the calls around tokens', () => {
    const knows = (path: string) => official('meta')!.knows({ method: 'GET', path });
    expect(
      ['/v25.0/debug_token', '/v25.0/oauth/access_token', '/v25.0/me', '/v25.0/act_1/campaigns'].map(knows),
    ).toEqual([false, false, true, true]);
  });
});

describe("Meta's fields", () => {
  test('are read with modifiers and insides', () => {
    expect(fieldsIn('a,b.limit(2){c, d{e}},f:g')).toEqual([
      { name: 'a', inside: null },
      {
        name: 'b',
        inside: [
          { name: 'c', inside: null },
          { name: 'd', inside: [{ name: 'e', inside: null }] },
        ],
      },
      { name: 'f:g', inside: null },
    ]);
    for (const text of ['a{', 'a}', 'a{b', 'a(b']) expect(fieldsIn(text), text).toBeNull();
  });

  test('keep of a list what is asked for, and the id', () => {
    const all = { data: [{ id: '1', name: 'x', more: { data: [{ id: '2', a: 1, b: 2 }] } }], paging: {} };
    expect(narrowed(all, fieldsIn('more{a}')!)).toEqual({
      data: [{ id: '1', more: { data: [{ id: '2', a: 1 }] } }],
      paging: {},
    });
  });
});
