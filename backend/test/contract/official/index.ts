/**
 * Holds what our adapters send, and what our sandbox answers, against the providers' own machine-readable documents. They are not part of
 * the project: without the folder `official` gives null, and the test says so and is left out. Check every request of an adapter and every
 * reply of the sandbox's imitation:
 *
 *     const jira = official('jira');
 *     test.skipIf(!hasSpecs)(`S20: the search is what Jira describes${hasSpecs ? '' : ` (${MISSING})`}`, () => {
 *       expect(jira!.request({ method: 'GET', host: 'api.atlassian.com', path: '/ex/jira/1/rest/api/3/search/jql?jql=a&maxResults=50' })).toEqual([]);
 *       expect(jira!.reply({ method: 'GET', path: '/ex/jira/1/rest/api/3/search/jql', status: 200, body: sandboxReply })).toEqual([]);
 *     });
 *
 * A fault is a sentence with its place: `query.limit: is "x", and integer is expected`. `path` may carry the query, or `query` an object.
 * `body` is a value (JSON), `URLSearchParams`, or the text or bytes as sent together with `headers`, from which the media type is read.
 * Where a path fits several operations (Meta: the number of a campaign looks like that of an ad) the kindest answer counts, unless `as`
 * names the operation's id, its template or the kind of node: `as: 'Campaign'`. `operations()` lists what a document has; what it leaves
 * out (the token endpoints of most) is a fault "the document describes no …", and `knows` tells beforehand.
 *
 * To drive an adapter against the document without our sandbox, point its egress at the mock:
 *
 *     const mock = await startOfficialMock('stripe', { answers: { 'GET /v1/balance': { status: 429 } } });
 *     … run the adapter against mock.url …
 *     expect(mock.faults).toEqual([]);
 *     await mock.close();
 *
 * Looser than it could be, and why: replies with 401, 403, 429 and 5xx that a document leaves out pass (gateways give them everywhere);
 * a document's own contradictions are listed beside it in documents.ts. An example is always the last page.
 */
export type { OfficialName } from './documents.ts';
export { type Answer, type OfficialMock, startOfficialMock } from './mock.ts';
export { official } from './official.ts';
export { hasSpecs, MISSING } from './specs.ts';
export type { Official, OfficialReply, OfficialRequest } from './types.ts';
