import type { ActResult } from '@astrix/contract';
import { z } from 'zod';
import { type Failed, json, type Query } from '../../platform/egress/index.ts';
import { type Act, actOutcome, type Found } from '../act.ts';
import type { Api, Connector } from '../provider.ts';
import { documentOf, quoted } from './map.ts';

const HOST = 'api.atlassian.com';
const REST = '/ex/jira/{cloudId}/rest/api/3';
/** What Jira calls a task where nobody has said another kind. */
const USUAL_KIND = 'Task';
/** The property of a comment that holds the key of its act. */
const PROPERTY = 'astrix-act';
/** A label, since nothing else can be found by a search of everybody's projects. */
const labelOf = (key: string) => `astrix-${key}`;

/** The search index follows changes with a delay of minutes. */
const INDEXED_AFTER_SECONDS = 900;
/** Comments are read from where they are written; this is for a request that is still on its way. */
const COMMENTED_AFTER_SECONDS = 120;

const Id = z.string().regex(/^\d{1,20}$/);
const Key = z.string().regex(/^[A-Z][A-Z0-9_]{0,50}-\d{1,12}$/);
const Created = z.object({ id: Id, key: Key });
const Marked = z.object({ issues: z.array(Created).max(5000) });
const Comment = z.object({ id: Id });
const CommentPage = z.object({ comments: z.array(Comment).max(5000), total: z.int().min(0) });
const Properties = z.array(z.object({ key: z.string().max(255), value: z.unknown() })).optional();
const CommentList = z.object({ values: z.array(Comment.extend({ properties: Properties })).max(5000) });

/** A path below the site of the connection. */
const under = (api: Api, path: `/${string}`, parameters: Readonly<Record<string, string>> = {}) =>
  ({ host: HOST, path: `${REST}${path}`, parameters: { cloudId: api.account!.id, ...parameters } }) as const;

const taskAt = (api: Api, { id, key }: z.output<typeof Created>): ActResult<'tasks.create'> => ({
  id,
  key,
  url: `${api.account!.settings.url}/browse/${key}`,
});

const create: Act<'tasks.create'> = {
  effect: 'write',
  needs: ['write:jira-work'],
  once: {
    by: 'look-up',
    visibleAfterSeconds: INDEXED_AFTER_SECONDS,
    async find(api, { project }, key): Promise<Found<ActResult<'tasks.create'>>> {
      const jql = `project = ${quoted(project)} AND labels = ${quoted(labelOf(key))}`;
      const found = await api.call({
        method: 'POST',
        ...under(api, '/search/jql'),
        body: { json: { jql, maxResults: 1, fields: ['summary'] } },
        effect: 'read',
        reply: json(Marked),
      });
      if (found.kind !== 'ok') return found;
      const [issue] = found.data.issues;
      return issue ? { kind: 'found', result: taskAt(api, issue) } : { kind: 'absent' };
    },
  },
  async run(api, { project, title, text, kind }, key) {
    const made = await api.call({
      method: 'POST',
      ...under(api, '/issue'),
      body: {
        json: {
          fields: {
            project: { key: project },
            issuetype: { name: kind ?? USUAL_KIND },
            summary: title,
            ...(text === '' ? {} : { description: documentOf(text) }),
            labels: [labelOf(key)],
          },
        },
      },
      effect: 'write',
      reply: json(Created),
    });
    return actOutcome(made, issue => taskAt(api, issue));
  },
};

const PAGE = 100;
const MAX_PAGES = 20;
const tooMany: Failed = { kind: 'malformed', reason: 'too-many-pages', stale: true, status: 200 };

/** Ids of the comments of an issue, newest first, one page. */
const commentsOf = (api: Api, taskId: string, query: Query) =>
  api.call({
    method: 'GET',
    ...under(api, '/issue/{issue}/comment', { issue: taskId }),
    query,
    effect: 'read',
    reply: json(CommentPage),
  });

async function findComment(api: Api, taskId: string, key: string): Promise<Found<ActResult<'tasks.comment'>>> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const at = page * PAGE;
    const told = await commentsOf(api, taskId, { orderBy: '-created', startAt: at, maxResults: PAGE });
    if (told.kind !== 'ok') return told;
    const ids = told.data.comments.map(({ id }) => Number(id));
    if (ids.length === 0) return { kind: 'absent' };
    const marked = await api.call({
      method: 'POST',
      ...under(api, '/comment/list'),
      query: { expand: 'properties' },
      body: { json: { ids } },
      effect: 'read',
      reply: json(CommentList),
    });
    if (marked.kind !== 'ok') return marked;
    const mine = marked.data.values.find(({ properties }) =>
      properties?.some(property => property.key === PROPERTY && property.value === key),
    );
    if (mine) return { kind: 'found', result: { id: mine.id } };
    if (at + ids.length >= told.data.total) return { kind: 'absent' };
  }
  return tooMany;
}

const comment: Act<'tasks.comment'> = {
  effect: 'write',
  needs: ['write:jira-work'],
  once: {
    by: 'look-up',
    visibleAfterSeconds: COMMENTED_AFTER_SECONDS,
    find: (api, { taskId }, key) => findComment(api, taskId, key),
  },
  async run(api, { taskId, text }, key) {
    const made = await api.call({
      method: 'POST',
      ...under(api, '/issue/{issue}/comment', { issue: taskId }),
      body: { json: { body: documentOf(text), properties: [{ key: PROPERTY, value: key }] } },
      effect: 'write',
      reply: json(Comment),
    });
    return actOutcome(made, ({ id }) => ({ id }));
  },
};

export const jiraActs: NonNullable<Connector['acts']> = { 'tasks.create': create, 'tasks.comment': comment };
