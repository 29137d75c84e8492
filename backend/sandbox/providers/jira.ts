import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DEMO_ISSUES } from '../../src/demo/issues.ts';
import { bearerOf, type Granted, type Imitation, type Stage } from '../imitation.ts';

const API = { constraints: { host: 'api.atlassian.com' } };
const SITES = [
  { id: '7c1f0e51-0000-4000-8000-00000000a001', name: 'chai-katha', url: 'https://chai-katha.atlassian.net' },
  { id: '7c1f0e51-0000-4000-8000-00000000a002', name: 'agency-internal', url: 'https://agency-internal.atlassian.net' },
];
const CAMPAIGNS = [
  'Diwali',
  'Wedding season',
  'Winter sale',
  'Kulhad launch',
  'Republic Day',
  'Valentine hampers',
  'Monsoon blends',
  'Office gifting',
  'Subscriptions',
  'Holi',
];
const TASKS = [
  'landing page: swap the hero picture',
  'बैनर का हिंदी अनुवाद और आकार बदलना',
  'COD orders above ₹5,000: call before dispatch',
  'report for the founders',
  'coupon is not applied on mobile',
  'pictures: move them to the CDN',
  'product pages: add the brewing times',
  'reply templates: have them approved',
  'carts: send the reminder after 3 hours',
  'Meta catalogue: 14 products have no picture',
  'checkout asks twice for the PIN code',
  'packs: take the photographs',
  'reviews: answer those with three stars',
];
/** 10 campaigns and 13 tasks share no divisor, so that no title comes twice. */
const titleOf = (n: number) => `${CAMPAIGNS[n % CAMPAIGNS.length]} ${TASKS[n % TASKS.length]}`;
const STATES = [
  { name: 'To Do', statusCategory: { key: 'new' } },
  { name: 'In review', statusCategory: { key: 'indeterminate' } },
  { name: 'Done', statusCategory: { key: 'done' } },
];
const ISSUES = 130;
const keyOf = (n: number) => `CK-${n + 1}`;

const issue = (n: number, now: Date) => ({
  id: String(10_000 + n),
  key: keyOf(n),
  self: `https://api.atlassian.com/rest/api/3/issue/${10_000 + n}`,
  fields: {
    summary: DEMO_ISSUES[keyOf(n)] ?? titleOf(n),
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
    labels: [] as readonly string[],
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
        const label = /labels = "([^"]*)"/.exec(jql)?.[1];
        if (label !== undefined)
          return { issues: issuesOf(stage.things).filter(({ fields }) => fields.labels.includes(label)), isLast: true };
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
    serveWrites(app, stage);
  },
};

type NewIssue = {
  readonly fields?: {
    readonly project?: { readonly key?: string };
    readonly issuetype?: { readonly name?: string };
    readonly summary?: string;
    readonly labels?: readonly string[];
  };
};
type NewComment = {
  readonly body?: unknown;
  readonly properties?: readonly { readonly key: string; readonly value: unknown }[];
};
type Kept = NewComment & { readonly id: string; readonly issue: string; readonly created: string };

/** Issues and comments that are added. What was added is noted, so that a test can count it. */
function serveWrites(app: FastifyInstance, stage: Stage): void {
  const base = '/ex/jira/:cloudId/rest/api/3';
  const comments: Kept[] = [];
  let made = 0;

  /** Null when the answer has been given. */
  function writer(request: FastifyRequest, reply: FastifyReply, scope: string): Granted | null {
    const granted = stage.grantOf(bearerOf(request));
    const { cloudId } = request.params as { readonly cloudId: string };
    if (!granted) void reply.code(401).send({ code: 401, message: 'Unauthorized' });
    else if (!granted.scopes.includes(scope))
      void reply.code(401).send({ code: 401, message: 'Unauthorized; scope does not match' });
    else if (!SITES.some(({ id }) => id === cloudId))
      void reply.code(404).send({ errorMessages: ['No site is there.'], errors: {} });
    else return granted;
    return null;
  }
  const issueOf = (request: FastifyRequest, reply: FastifyReply): SandboxIssue | null => {
    const { issue: wanted } = request.params as { readonly issue: string };
    const found = issuesOf(stage.things).find(({ id, key }) => id === wanted || key === wanted);
    if (!found)
      void reply
        .code(404)
        .send({ errorMessages: ['Issue does not exist or you do not have permission to see it.'], errors: {} });
    return found ?? null;
  };
  const shown = ({ id, body, created, properties }: Kept, withProperties: boolean) => ({
    self: `https://api.atlassian.com${base.replace(':cloudId', SITES[0]!.id)}/comment/${id}`,
    id,
    body,
    created,
    updated: created,
    ...(withProperties ? { properties } : {}),
  });

  app.post<{ Body: NewIssue }>(`${base}/issue`, API, async (request, reply) => {
    if (!writer(request, reply, 'write:jira-work')) return reply;
    const { project, issuetype, summary, labels = [] } = request.body.fields ?? {};
    if (project?.key !== 'CK')
      return reply.code(400).send({ errorMessages: [], errors: { project: 'Specify a valid project ID or key' } });
    if (!['Task', 'Bug', 'Story'].includes(issuetype?.name ?? ''))
      return reply.code(400).send({ errorMessages: [], errors: { issuetype: 'Specify a valid issue type' } });
    made += 1;
    const n = 1000 + made;
    const like = issue(n, stage.now());
    const updated = stage.now().toISOString().replace('Z', '+0000');
    const fields = {
      ...like.fields,
      summary: summary ?? '',
      assignee: null,
      status: STATES[0],
      updated,
      duedate: null,
      labels,
    };
    stage.things.put(ISSUES_OF_SITES, like.id, { ...like, fields });
    stage.note('jira', 'issue', { id: like.id, key: like.key, summary });
    return reply.code(201).send({ id: like.id, key: like.key, self: like.self });
  });

  app.post<{ Body: NewComment }>(`${base}/issue/:issue/comment`, API, async (request, reply) => {
    if (!writer(request, reply, 'write:jira-work')) return reply;
    const found = issueOf(request, reply);
    if (!found) return reply;
    made += 1;
    const kept = { ...request.body, id: String(50_000 + made), issue: found.id, created: stage.now().toISOString() };
    comments.unshift(kept);
    stage.note('jira', 'comment', { id: kept.id, issue: found.id });
    return reply.code(201).send(shown(kept, false));
  });

  app.get<{ Querystring: { startAt?: string; maxResults?: string } }>(
    `${base}/issue/:issue/comment`,
    API,
    async (request, reply) => {
      if (!writer(request, reply, 'read:jira-work')) return reply;
      const found = issueOf(request, reply);
      if (!found) return reply;
      const all = comments.filter(({ issue: of }) => of === found.id);
      const startAt = Number(request.query.startAt ?? 0);
      const maxResults = Math.min(Number(request.query.maxResults ?? 100), 100);
      const page = all.slice(startAt, startAt + maxResults).map(one => shown(one, false));
      return { startAt, maxResults, total: all.length, comments: page };
    },
  );

  app.post<{ Body: { ids: readonly number[] }; Querystring: { expand?: string } }>(
    `${base}/comment/list`,
    API,
    async (request, reply) => {
      if (!writer(request, reply, 'read:jira-work')) return reply;
      const { ids } = request.body;
      const values = comments
        .filter(({ id }) => ids.includes(Number(id)))
        .map(one => shown(one, request.query.expand === 'properties'));
      return { startAt: 0, maxResults: 1_048_576, total: values.length, isLast: true, values };
    },
  );
}
