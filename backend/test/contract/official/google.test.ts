import { expect, test } from 'vitest';
import { describeSpecs, judged } from './cases.ts';
import { readQuery } from './gaql.ts';
import { official } from './index.ts';
import { readProto } from './protos.ts';

const report = {
  dateRanges: [{ startDate: '2026-01-01', endDate: 'today' }],
  metrics: [{ name: 'sessions' }],
  limit: '10',
  offset: 0,
};
judged('google-analytics-data', 'a report (discovery)', {
  request: {
    method: 'POST',
    host: 'analyticsdata.googleapis.com',
    path: '/v1beta/properties/12:runReport',
    body: report,
  },
  wrong: [
    ['a property that is none', { path: '/v1beta/accounts/12:runReport' }, 'path: the document describes no'],
    ['an unknown field', { body: { ...report, metric: [] } }, 'body.metric: is not in the document'],
    [
      'an unknown field inside of one',
      { body: { metrics: [{ id: 'sessions' }] } },
      'body.metrics[0].id: is not in the document',
    ],
    ['a word for a number', { body: { limit: 'all' } }, 'body.limit: is "all", and a whole number'],
    ['a list for an object', { body: { dimensionFilter: [] } }, 'body.dimensionFilter: is [], and object'],
    [
      'a parameter nobody knows',
      { path: '/v1beta/properties/12:runReport?limit=1' },
      'query.limit: is not in the document',
    ],
    ['another host', { host: 'www.googleapis.com' }, 'host: is www.googleapis.com'],
  ],
  reply: {
    status: 200,
    body: {
      rowCount: 1,
      rows: [{ metricValues: [{ value: '5' }] }],
      metricHeaders: [{ name: 'sessions', type: 'TYPE_INTEGER' }],
    },
  },
  untrue: [
    [
      'a number for a value',
      { body: { rows: [{ metricValues: [{ value: 5 }] }] } },
      'body.rows[0].metricValues[0].value: is 5, and string',
    ],
    ['text for a number', { body: { rowCount: '1' } }, 'body.rowCount: is "1", and integer'],
    [
      'a choice that is none',
      { body: { metricHeaders: [{ name: 'a', type: 'INT' }] } },
      'body.metricHeaders[0].type: is "INT", and only',
    ],
    ['an error without words', { status: 403, body: { error: { code: 403 } } }, 'body.error.message: is missing'],
    ['an error that is no object', { status: 400, body: { error: 'bad' } }, 'body.error: is "bad", and object'],
  ],
});

judged('google-drive', 'a list of files', {
  request: {
    method: 'GET',
    host: 'www.googleapis.com',
    path: '/drive/v3/files',
    query: { pageSize: '100', q: 'trashed = false', fields: 'files(id)' },
  },
  wrong: [
    ['a page too large', { query: { pageSize: '1001' } }, 'query.pageSize: is 1001, and 1 to 1000'],
    ['a word for a truth', { query: { supportsAllDrives: 'yes' } }, 'query.supportsAllDrives: is "yes", and boolean'],
    ['a parameter nobody knows', { query: { limit: '1' } }, 'query.limit: is not in the document'],
    ['no service path', { path: '/v3/files' }, 'path: the document describes no /v3/files'],
    ['a body', { body: { q: 'x' } }, 'body: the document has none here'],
  ],
  reply: { status: 200, body: { files: [{ id: '1', size: '5', createdTime: '2026-01-05T09:30:00.000Z' }] } },
  untrue: [
    ['a number for a long', { body: { files: [{ size: 5 }] } }, 'body.files[0].size: is 5, and string'],
    [
      'a day for a time',
      { body: { files: [{ createdTime: '2026-01-05' }] } },
      'body.files[0].createdTime: is "2026-01-05", and a time',
    ],
    ['a field of our own', { body: { files: [{ title: 'x' }] } }, 'body.files[0].title: is not in the document'],
  ],
});

const upload = (type: string, body: string) => ({
  method: 'POST',
  path: `/upload/drive/v3/files?uploadType=${type}`,
  headers: { 'content-type': 'multipart/related; boundary=b' },
  body,
});
judged('google-drive', 'an upload of two parts', {
  request: upload(
    'multipart',
    '--b\r\ncontent-type: application/json\r\n\r\n{"name":"a"}\r\n--b\r\ncontent-type: text/plain\r\n\r\nhi\r\n--b--',
  ),
  wrong: [
    [
      'another kind of upload',
      { path: '/upload/drive/v3/files?uploadType=form' },
      'query.uploadType: is "form", and only',
    ],
    ['no kind of upload', { path: '/upload/drive/v3/files' }, 'query.uploadType: is missing'],
    [
      'a wrong field of the file',
      upload('multipart', '--b\r\n\r\n{"title":"a"}\r\n--b\r\n\r\nhi\r\n--b--'),
      'body.0.title: is not in the document',
    ],
    ['one part only', upload('multipart', '--b\r\n\r\n{}\r\n--b--'), 'body.1: is missing'],
  ],
  reply: { status: 200, body: { id: '1', kind: 'drive#file' } },
  untrue: [['a number for an id', { body: { id: 1 } }, 'body.id: is 1, and string']],
});

const query =
  "SELECT segments.date, campaign.id, campaign.status, metrics.cost_micros FROM campaign WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-02' AND campaign.status != 'REMOVED' ORDER BY metrics.cost_micros DESC LIMIT 10";
const ask = (text: string) => ({ body: { query: text } });
const row = {
  campaign: { id: '1', status: 'ENABLED' },
  metrics: { costMicros: '12', clicks: '1', ctr: 0.5 },
  segments: { date: '2026-11-01' },
};
const failure = (code: object) => ({
  status: 401,
  body: [
    {
      error: {
        code: 401,
        message: 'x',
        details: [
          {
            '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
            errors: [{ errorCode: code, message: 'x' }],
          },
        ],
      },
    },
  ],
});
judged('google-ads', 'a stream of rows (protos)', {
  request: {
    method: 'POST',
    host: 'googleads.googleapis.com',
    path: '/v25/customers/123/googleAds:searchStream',
    headers: { 'developer-token': 't', 'login-customer-id': '9', 'content-type': 'application/json' },
    body: { query },
  },
  wrong: [
    [
      'a customer with dashes',
      { path: '/v25/customers/123-456/googleAds:searchStream' },
      'path.customer_id: is "123-456"',
    ],
    ['a manager with dashes', { headers: { 'login-customer-id': '1-2' } }, 'header.login-customer-id: is "1-2"'],
    [
      'a field that is not there',
      ask('SELECT campaign.title FROM campaign'),
      'query: campaign.title is not in the document',
    ],
    [
      'a metric that is not there',
      ask('SELECT metrics.cost FROM campaign'),
      'query: metrics.cost is not in the document',
    ],
    ['a field of nothing', ask('SELECT spend.total FROM campaign'), 'query: spend.total is of no resource'],
    ['a resource that is none', ask('SELECT campaign.id FROM campaigns'), 'query: FROM campaigns is no resource'],
    [
      'a choice that is none',
      ask("SELECT campaign.id FROM campaign WHERE campaign.status = 'ON'"),
      'query: campaign.status is never ON',
    ],
    [
      'a whole message as a field',
      ask('SELECT campaign.network_settings FROM campaign'),
      'query: campaign.network_settings is not in the document',
    ],
    ['no query in the language', ask('SELECT campaign.id FROM campaign WHERE or'), 'query: is no query'],
    ['a page size', { body: { query, pageSize: 100 } }, 'body.pageSize: is not in the document'],
    ['no query', { body: {} }, 'body.query: is missing'],
    ['another version', { path: '/v24/customers/123/googleAds:searchStream' }, 'path: the document describes no'],
  ],
  reply: { status: 200, body: [{ results: [row], fieldMask: 'campaign.id', requestId: 'x' }] },
  untrue: [
    [
      'a number for an int64',
      { body: [{ results: [{ metrics: { clicks: 5 } }] }] },
      'metrics.clicks: is 5, and string',
    ],
    ['text for a double', { body: [{ results: [{ metrics: { ctr: '0.5' } }] }] }, 'metrics.ctr: is "0.5", and number'],
    [
      'a key with an underscore',
      { body: [{ results: [{ metrics: { cost_micros: '5' } }] }] },
      'metrics.cost_micros: is not in the document (known: costMicros',
    ],
    [
      'a choice that is none',
      { body: [{ results: [{ campaign: { status: 'ON' } }] }] },
      'campaign.status: is "ON", and only',
    ],
    ['an object where a stream is a list', { body: { results: [] } }, 'body: is {"results":[]}, and array'],
    [
      'an error that is none',
      failure({ authenticationError: 'TOO_OLD' }),
      'errorCode.authenticationError: is "TOO_OLD"',
    ],
    ['a kind of error that is none', failure({ loginError: 'X' }), 'errorCode.loginError: is not in the document'],
  ],
});

describeSpecs('youtube', () => {
  test('a parameter that a discovery document asks for is missed, and a repeated one is a list', () => {
    const call = { method: 'GET', path: '/youtube/v3/channels' };
    expect(official('youtube')!.request(call)).toEqual(['query.part: is missing']);
    expect(official('youtube')!.request({ ...call, query: { part: ['snippet', 'statistics'], mine: 'true' } })).toEqual(
      [],
    );
  });
});

describeSpecs('google-ads', () => {
  test('a row is made of the fields that are asked for, also of resources whose protos are not there', () => {
    const text =
      'SELECT campaign.primary_status_reasons, metrics.clicks, segments.device, you_tube_video_upload.state FROM campaign';
    const call = { method: 'POST', path: '/v25/customers/1/googleAds:search', ...ask(text) };
    const { status, body } = official('google-ads')!.example(call);
    expect(body).toMatchObject({
      results: [{ metrics: { clicks: '1' }, youTubeVideoUpload: { state: expect.any(String) } }],
    });
    expect(official('google-ads')!.reply({ ...call, status, body })).toEqual([]);
  });
});

test('a proto is read with its comments, broken names, maps, choices and paths', () => {
  const read = readProto(`
    package a.b; // not "this: message X {
    message M { oneof one { a.b.E
        .K kind = 1; repeated int64 ids = 2; } map<string, int32> counts = 3; message Inner { string x = 1 [(a) = REQUIRED]; } }
    message E { enum K { NONE = 0; SOME = 1; } }
    service S { rpc Get(M) returns (stream E) { option (google.api.http) = { get: "/v1/{name=m/*}" additional_bindings { post: "/v1/x" body: "*" } }; } }`);
  expect(read.messages.get('a.b.M')).toMatchObject([
    { name: 'kind', type: 'a.b.E.K', repeated: false },
    { name: 'ids', type: 'int64', repeated: true },
    { name: 'counts', type: 'int32', key: 'string' },
  ]);
  expect(read.messages.get('a.b.M.Inner')).toMatchObject([{ name: 'x', required: true }]);
  expect(read.enums.get('a.b.E.K')).toEqual(['NONE', 'SOME']);
  expect(read.methods).toEqual([
    {
      name: 'Get',
      request: 'M',
      response: 'E',
      streams: true,
      http: [
        { method: 'GET', path: '/v1/{name=m/*}' },
        { method: 'POST', path: '/v1/x' },
      ],
    },
  ]);
});

test("Google's query language is read to its end, and nothing else is taken for it", () => {
  expect(
    readQuery(
      "SELECT a.b, c.d FROM a WHERE a.b IN ('X', 'Y') AND c.d DURING LAST_7_DAYS AND e.f IS NOT NULL ORDER BY a.b DESC, c.d LIMIT 5 PARAMETERS include_drafts=true",
    ),
  ).toEqual({
    select: ['a.b', 'c.d'],
    from: 'a',
    where: [
      { field: 'a.b', values: ['X', 'Y'] },
      { field: 'c.d', values: [] },
      { field: 'e.f', values: [] },
    ],
    order: ['a.b', 'c.d'],
  });
  for (const text of [
    '',
    'SELECT FROM a',
    'SELECT a FROM a LIMIT 0',
    'SELECT a FROM a WHERE a OR b',
    'DELETE a FROM b',
  ])
    expect(readQuery(text), text).toBeNull();
});
