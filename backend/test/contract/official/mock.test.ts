import { afterEach, expect, test } from 'vitest';
import { describeSpecs } from './cases.ts';
import { type OfficialMock, startOfficialMock } from './index.ts';

const running: OfficialMock[] = [];
const start = async (...input: Parameters<typeof startOfficialMock>): Promise<OfficialMock> => {
  const mock = (await startOfficialMock(...input))!;
  running.push(mock);
  return mock;
};
afterEach(async () => {
  for (const mock of running.splice(0)) await mock.close();
});
const ask = async (mock: OfficialMock, path: string, init?: RequestInit) => {
  const response = await fetch(`${mock.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
};

describeSpecs('the mock of an official document', () => {
  test('answers a right request with an example, the same every time, that is the last page', async () => {
    const mock = await start('google-drive');
    const [one, two] = [await ask(mock, '/drive/v3/files?pageSize=5'), await ask(mock, '/drive/v3/files?pageSize=5')];
    expect(one).toMatchObject({
      status: 200,
      body: { files: [{ id: expect.any(String), createdTime: expect.any(String) }] },
    });
    expect(one.body).toEqual(two.body);
    expect(one.body.nextPageToken).toBeUndefined();
    expect(mock.faults).toEqual([]);
    expect(mock.seen).toMatchObject([{ method: 'GET', path: '/drive/v3/files?pageSize=5', body: '' }, {}]);
  });

  test('answers a wrong one with what is wrong, and remembers it', async () => {
    const mock = await start('google-analytics-data');
    const body = JSON.stringify({ metric: [] });
    const headers = { 'content-type': 'application/json' };
    const { status, body: said } = await ask(mock, '/v1beta/properties/1:runReport', { method: 'POST', headers, body });
    expect(status).toBe(400);
    expect(said.faults).toEqual([expect.stringContaining('body.metric: is not in the document')]);
    expect(mock.faults).toEqual([expect.stringContaining('POST /v1beta/properties/1:runReport: body.metric')]);
  });

  test('gives the answers of the test, by call or by operation, and holds them against the document as well', async () => {
    const mock = await start('jira', {
      answers: {
        'GET /rest/api/3/myself': { status: 429, headers: { 'retry-after': '7' } },
        searchAndReconsileIssuesUsingJql: ({ path }) => ({ body: { issues: [], total: path.length } }),
      },
    });
    const { status, headers } = await ask(mock, '/rest/api/3/myself');
    expect([status, headers.get('retry-after')]).toEqual([429, '7']);
    expect(mock.faults).toEqual([]);
    const search = await ask(mock, '/ex/jira/1/rest/api/3/search/jql?jql=a');
    expect(search.body).toEqual({ issues: [], total: 38 });
    expect(mock.faults).toEqual([
      expect.stringContaining('answer to GET /ex/jira/1/rest/api/3/search/jql: body.total'),
    ]);
  });

  test('answers Meta with the fields that were asked for, of the node that is named', async () => {
    const mock = await start('meta', { as: ({ path }) => (path.includes('/77') ? 'Campaign' : undefined) });
    expect(await ask(mock, '/v25.0/77?fields=name,status')).toEqual({
      status: 200,
      headers: expect.anything(),
      body: { id: '1', name: 'text', status: 'ACTIVE' },
    });
    expect((await ask(mock, '/v25.0/77?fields=caption')).status).toBe(400);
  });

  test('a status without a body has none, and a path that is not described is told', async () => {
    const mock = await start('jira');
    expect(await ask(mock, '/rest/api/3/webhook/refresh', { method: 'DELETE' })).toMatchObject({
      status: 400,
      body: { faults: ['method: is DELETE, and the document has PUT for /rest/api/3/webhook/refresh'] },
    });
    expect((await ask(mock, '/rest/api/3/issue/A-1', { method: 'DELETE' })).body).toBeUndefined();
    expect((await ask(mock, '/nothing')).body).toEqual({ faults: ['path: the document describes no /nothing'] });
  });
});
