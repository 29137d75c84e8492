import type { TaskFact } from '@astrix/contract';
import { z } from 'zod';
import { listOf } from '../accounts.ts';
import { time } from '../fields.ts';
import { clamp } from '../json.ts';
import { rowsOf } from '../read.ts';

const Site = z.object({
  id: z.string().min(1).max(100),
  name: z.string().default(''),
  url: z.url({ protocol: /^https$/ }).max(300),
  scopes: z.array(z.string()).optional(),
});
export type Site = z.output<typeof Site>;
/** accessible-resources: the sites that a grant reaches, one row for each product on a site. */
export const Sites = listOf(Site, 1000);

const Named = z.object({ name: z.string().max(300) });
/** IssueBean, with the fields that are asked for. */
export const Issue = z.object({
  id: z.string().min(1).max(100),
  key: z.string().regex(/^[A-Z][A-Z0-9_]{0,50}-\d{1,12}$/),
  fields: z.object({
    summary: z.string(),
    status: Named.extend({ statusCategory: z.object({ key: z.string().max(40) }) }),
    assignee: z.object({ displayName: z.string().max(300) }).nullish(),
    priority: Named.nullish(),
    project: Named,
    updated: time(),
    duedate: z.iso.date().nullish(),
  }),
});
export type Issue = z.infer<typeof Issue>;

/** POST /rest/api/3/search/jql: no total; `nextPageToken` is absent on the last page. */
export const IssuePage = z.object({
  issues: rowsOf(Issue, 'id', 5000),
  isLast: z.boolean().optional(),
  nextPageToken: z.string().max(4000).optional(),
});

const STAGES: Readonly<Record<string, TaskFact['stage']>> = { new: 'new', indeterminate: 'in-progress', done: 'done' };

/** `site` is the address that people open. A category that is new to us counts as not begun. */
export const taskOf = ({ id, key, fields }: Issue, site: string): TaskFact => ({
  id,
  key,
  title: clamp(fields.summary, 300),
  status: fields.status.name,
  stage: STAGES[fields.status.statusCategory.key] ?? 'new',
  assignee: fields.assignee?.displayName ?? null,
  priority: fields.priority?.name ?? null,
  project: fields.project.name,
  dueOn: fields.duedate ?? null,
  updatedAt: fields.updated,
  url: `${site}/browse/${key}`,
});

/** A JQL string: quoted, so that what a person types can only ever be words. */
export const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[^\P{C}]/gu, ' ')}"`;

/** Plain text in Atlassian Document Format: one paragraph for each line that has words. */
export const documentOf = (text: string) => ({
  type: 'doc',
  version: 1,
  content: text
    .split(/\r?\n/)
    .filter(line => line.trim() !== '')
    .map(line => ({ type: 'paragraph', content: [{ type: 'text', text: line }] })),
});
