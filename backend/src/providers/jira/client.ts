import type { TaskFact } from '@astrix/contract';
import { z } from 'zod';
import { type Explain, type Failed, json } from '../../platform/egress/index.ts';
import { offered, onlyReadable, type ReadResult } from '../accounts.ts';
import { bearer } from '../oauth2.ts';
import type { Account, Api, Connector } from '../provider.ts';
import { mapRows, type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { jiraActs } from './acts.ts';
import { IssuePage, quoted, type Site, Sites, taskOf } from './map.ts';

const Refusal = z.union([
  z.object({ code: z.number(), message: z.string() }),
  z.object({ errorMessages: z.array(z.string()).optional(), errors: z.record(z.string(), z.unknown()).optional() }),
]);

/** Jira answers 404 for what may not be seen as well. A gateway that misses a scope says 401; a refresh would not change that. */
const explain: Explain = (body, status) => {
  if (status < 400 || status === 429 || status >= 500) return null;
  const refusal = Refusal.safeParse(body);
  if (!refusal.success) return null;
  const words =
    'message' in refusal.data
      ? refusal.data.message
      : [...(refusal.data.errorMessages ?? []), ...Object.values(refusal.data.errors ?? {}).map(String)].join(' ');
  if (status === 401 && !/scope does not match/i.test(words))
    return { kind: 'reauth', code: 'http-401', reason: words || 'the token is not accepted' };
  return { kind: 'permanent', code: status === 401 ? 'scope' : `http-${status}`, reason: words || `status ${status}` };
};

const PAGE = 100;

/** A site where only Confluence was allowed would refuse every call. Which scopes of Jira are missing is said of the connection. */
const canWork = ({ scopes }: Site) => scopes === undefined || scopes.some(scope => /:.*jira/.test(scope));

/** The sites on which Jira was allowed. A site comes once for each of its products. */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const sites = await api.call({
    method: 'GET',
    host: 'api.atlassian.com',
    path: '/oauth/token/accessible-resources',
    effect: 'read',
    reply: json(Sites),
  });
  if (sites.kind !== 'ok') return sites;
  const found = onlyReadable<Site>({ kind: 'ok', rows: sites.data });
  if (found.kind !== 'ok') return found;
  const rows = found.rows.filter(canWork).map(({ id, name, url }): Account => {
    const { host } = new URL(url);
    return { id, name: name || host, detail: host, settings: { url } };
  });
  return offered(rows, found.unreadable);
}

/** Before Jira existed: a search without bounds is refused, and this bound leaves nothing out. */
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');

/**
 * One page of issues by their last change, newest first. The bounds are milliseconds since 1970: a date as text would be read in the time zone
 * of the person who consented.
 */
async function readTasks(
  api: Api,
  { text, since, until, cursor, limit }: ReadRequest,
): Promise<ReadPage<TaskFact> | Failed> {
  const site = api.account!;
  const words = text === null ? '' : ` AND text ~ ${quoted(text)}`;
  const jql = `updated >= ${since?.getTime() ?? EARLIEST} AND updated <= ${until.getTime()}${words} ORDER BY updated DESC`;
  const page = await api.call({
    method: 'POST',
    host: 'api.atlassian.com',
    path: '/ex/jira/{cloudId}/rest/api/3/search/jql',
    parameters: { cloudId: site.id },
    body: {
      json: {
        jql,
        maxResults: Math.min(limit ?? PAGE, PAGE),
        fields: ['summary', 'status', 'assignee', 'priority', 'project', 'updated', 'duedate'],
        ...(cursor === null ? {} : { nextPageToken: cursor }),
      },
    },
    effect: 'read',
    reply: json(IssuePage),
  });
  if (page.kind !== 'ok') return page;
  const { issues, isLast, nextPageToken } = page.data;
  const facts = mapRows(issues, issue => taskOf(issue, site.settings.url!));
  return readPage(facts, isLast === true ? null : (nextPageToken ?? null));
}

export const jira: Connector = { sign: bearer, explain, identify, reads: { tasks: readTasks }, acts: jiraActs };
