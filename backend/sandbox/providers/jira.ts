import { bearerOf, type Granted, type Imitation, type Stage } from '../imitation.ts';

const API = { constraints: { host: 'api.atlassian.com' } };
const SITES = [
  { id: '7c1f0e51-0000-4000-8000-00000000a001', name: 'chai-katha', url: 'https://chai-katha.atlassian.net' },
  { id: '7c1f0e51-0000-4000-8000-00000000a002', name: 'agency-internal', url: 'https://agency-internal.atlassian.net' },
];
const TITLES = [
  'Diwali landing page: swap the hero picture',
  'Shiprocket label prints without the GST number',
  'दीपावली सेल के बैनर का हिंदी अनुवाद और आकार बदलना',
  'Product feed drops variants with size XL',
  'Write the October report for the founders',
  'COD orders above ₹5,000 need a call before dispatch',
];
const STATES = [
  { name: 'To Do', statusCategory: { key: 'new' } },
  { name: 'In review', statusCategory: { key: 'indeterminate' } },
  { name: 'Done', statusCategory: { key: 'done' } },
];
const ISSUES = 130;

const issue = (n: number, now: Date) => ({
  id: String(10_000 + n),
  key: `CK-${n}`,
  self: `https://api.atlassian.com/rest/api/3/issue/${10_000 + n}`,
  fields: {
    summary: `${TITLES[n % TITLES.length]}${n < TITLES.length ? '' : ` (${n})`}`,
    status: STATES[n % STATES.length],
    assignee:
      n % 4 === 0
        ? null
        : {
            accountId: `5b10a2844c20165700ede2${n % 3}`,
            displayName: ['Rohan Iyer', 'Ananya Sharma', 'Kabir Khan'][n % 3],
          },
    priority: { name: n % 5 === 0 ? 'High' : 'Medium' },
    project: { key: 'CK', name: 'Chai Katha' },
    // As Jira writes it: an offset without a colon.
    updated: new Date(now.getTime() - n * 5_400_000).toISOString().replace('Z', '+0000'),
    duedate: n % 3 === 0 ? new Date(now.getTime() + n * 86_400_000).toISOString().slice(0, 10) : null,
  },
});

export type SandboxIssue = ReturnType<typeof issue>;
/** Under this name the sandbox keeps the issues of both sites. */
export const ISSUES_OF_SITES = 'jira/issues';
const issuesOf = (things: Stage['things']): SandboxIssue[] =>
  things
    .list(
      ISSUES_OF_SITES,
      ({ id }: SandboxIssue) => id,
      from => Array.from({ length: ISSUES }, (_, n) => issue(n, from)),
    )
    .toSorted((a, b) => b.fields.updated.localeCompare(a.fields.updated));

/** Jira Cloud: two sites, 130 issues, pages by token. */
export const imitation: Imitation = {
  provider: 'jira',
  hint: 'Allow access on the consent page. Two sites are there to choose from.',
  serve(app, stage) {
    const refused = { code: 401, message: 'Unauthorized' };
    const allowed = (granted: Granted | null, scope: string) => granted?.scopes.includes(scope) === true;
    app.get('/oauth/token/accessible-resources', API, async (request, reply) => {
      const granted = stage.grantOf(bearerOf(request));
      if (!granted) return reply.code(401).send(refused);
      return SITES.map(site => ({ ...site, scopes: granted.scopes, avatarUrl: `${site.url}/avatar.png` }));
    });
    app.post<{ Params: { cloudId: string }; Body: { jql?: string; maxResults?: number; nextPageToken?: string } }>(
      '/ex/jira/:cloudId/rest/api/3/search/jql',
      API,
      async (request, reply) => {
        const granted = stage.grantOf(bearerOf(request));
        if (!granted) return reply.code(401).send(refused);
        if (!allowed(granted, 'read:jira-work'))
          return reply.code(401).send({ code: 401, message: 'Unauthorized; scope does not match' });
        if (!SITES.some(site => site.id === request.params.cloudId))
          return reply.code(404).send({ errorMessages: ['No site is there.'], errors: {} });
        const { jql = '', maxResults = 50, nextPageToken } = request.body ?? {};
        const since = /updated >= (\d{10,14})\b/.exec(jql)?.[1];
        const until = /updated <= (\d{10,14})\b/.exec(jql)?.[1];
        if (since === undefined)
          return reply.code(400).send({ errorMessages: ['Unbounded JQL queries are not allowed here.'], errors: {} });
        const words = /text ~ "((?:[^"\\]|\\.)*)"/.exec(jql)?.[1]?.replace(/\\(.)/g, '$1').toLowerCase() ?? '';
        const all = issuesOf(stage.things)
          .filter(one => one.fields.summary.toLowerCase().includes(words))
          .filter(({ fields: { updated } }) => {
            const at = Date.parse(updated.replace('+0000', 'Z'));
            return at >= Number(since) && (until === undefined || at <= Number(until));
          });
        const from = nextPageToken === undefined ? 0 : Number(Buffer.from(nextPageToken, 'base64url').toString());
        const to = from + Math.min(maxResults, 100);
        const isLast = to >= all.length;
        return {
          issues: all.slice(from, to),
          isLast,
          ...(isLast ? {} : { nextPageToken: Buffer.from(String(to)).toString('base64url') }),
        };
      },
    );
  },
};
