import type { Problem } from '@astrix/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../kernel/clock.ts';
import { fail } from '../../kernel/errors.ts';
import type { AuditTrail } from '../audit/index.ts';
import type { Db } from '../db/index.ts';
import { checked, createRateLimit, isFormType, networkOf, problemOf } from '../http/index.ts';
import { type Log, nameOf } from '../telemetry/index.ts';
import { browserOf, demandHost, demandOwnForm, demandToken, demandVisit, digestOf, tokenOf } from './browser.ts';
import type { PageAnswer, PageCtx, PageDefinition, PageSpec } from './define-page.ts';
import { html } from './html.ts';
import { documentOf, type Page, pageHeaders } from './layout.ts';
import { mark } from './parts.ts';

export type PageDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: AuditTrail;
  /** Signs the CSRF tokens. */
  readonly key: Buffer;
  /** Where the pages are reached from outside: what is compared with `Origin`, and what decides about the cookie. */
  readonly publicUrl: () => string;
};

/** Names and keys of a sign-in fit in a tenth of this. */
const BODY_LIMIT = 16_384;
const TOKEN_FIELD = 'csrf';

/** Registers the pages of every module. A page that does not declare itself stops the boot, as a route does (AZ-01). */
export function registerPages(app: FastifyInstance, deps: PageDeps, pages: readonly PageDefinition[]): void {
  const limit = createRateLimit(deps.clock);
  const seen = new Set<string>();
  for (const definition of pages) {
    demandDeclared(definition, seen);
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        return await serve(definition, deps, limit, request, reply);
      } catch (error) {
        const problem = problemOf(error, request.id);
        if (problem.code === 'internal')
          deps.log.error('request failed', { route: definition.id, requestId: request.id, error: nameOf(error) });
        return refuse(reply, problem);
      }
    };
    const config = { routeId: definition.id, refuse };
    app.route({ method: 'GET', url: definition.path, exposeHeadRoute: false, config, handler });
    if (definition.post) app.route({ method: 'POST', url: definition.path, bodyLimit: BODY_LIMIT, config, handler });
  }
  const scripts = new Map(pages.flatMap(({ script }) => (script ? [[script.name, script.source] as const] : [])));
  app.route({
    method: 'GET',
    url: '/pages/:name',
    exposeHeadRoute: false,
    config: { routeId: 'pages.script' },
    handler: async (request, reply) => {
      limit(networkOf(request.ip), 'pages.script', 240);
      const source = scripts.get((request.params as { name: string }).name.replace(/\.js$/, '')) ?? fail('not_found');
      return reply.type('text/javascript; charset=utf-8').send(source);
    },
  });
}

/** The types say it already; this says it for a definition that came around them. */
function demandDeclared(page: PageDefinition, seen: Set<string>): void {
  const refused = (why: string): never => {
    throw new Error(`The page ${page.id ?? page.path} ${why}.`);
  };
  if (!/^[a-z-]+\.[a-z-]+$/.test(page.id ?? '')) refused('has no id such as join.invitation');
  if (seen.has(page.id) || seen.has(page.path)) refused('has an id or a path that another page has');
  seen.add(page.id).add(page.path);
  for (const key of ['summary', 'dataClasses', 'ratePerMinute', 'audit', 'get'] as const)
    if (page[key] === undefined) refused(`does not declare ${key}`);
  if (page.dataClasses.length === 0) refused('carries no data class');
  if (!(page.ratePerMinute > 0)) refused('has no usable rate limit');
  if (page.path.includes('/:') !== (page.params !== undefined)) refused('has a path that does not match its params');
  if ((page.form === undefined) !== (page.post === undefined)) refused('has a form without a handler, or the reverse');
  if (page.path.startsWith('/v1/') || page.path.startsWith('/webhooks/')) refused('has a path of the API');
}

async function serve(
  definition: PageDefinition,
  deps: PageDeps,
  limit: ReturnType<typeof createRateLimit>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const origin = new URL(deps.publicUrl());
  demandHost(origin, request);
  if (request.method === 'POST') demandOwnForm(origin, request);
  else demandVisit(request);
  limit(networkOf(request.ip), definition.id, definition.ratePerMinute);
  const browser = browserOf(origin, request, reply);
  const ctx: PageCtx<PageSpec> = {
    params: checked(definition.params, request.params, 'path') as undefined,
    query: checked(definition.query, request.query, 'query') as undefined,
    db: deps.db,
    clock: deps.clock,
    log: deps.log,
    requestId: request.id,
    ip: request.ip,
    browser: digestOf(browser),
    token: html`<input type="hidden" name="${TOKEN_FIELD}" value="${tokenOf(deps.key, browser)}">`,
    async audit(tx, entry) {
      if (!definition.audit.includes(entry.event))
        throw new Error(`The page ${definition.id} writes the audit event ${entry.event} and does not declare it.`);
      await deps.audit.write(tx, { ...entry, requestId: request.id });
    },
  };
  if (request.method === 'GET') return send(definition, reply, await definition.get(ctx));
  const { [TOKEN_FIELD]: token, ...fields } = formOf(request);
  demandToken(deps.key, browser, token);
  const form = checked(definition.form, fields, 'body');
  if (definition.post === undefined) fail('method_not_allowed');
  return send(definition, reply, await definition.post({ ...ctx, form }));
}

/** Each field once: what is there twice would mean one thing to a check and another to its user. */
function formOf({ headers, body }: FastifyRequest): Record<string, string> {
  if (!isFormType(headers['content-type'])) fail('unsupported_media_type');
  const pairs = [...new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : '')];
  const fields = Object.fromEntries(pairs);
  if (pairs.length !== Object.keys(fields).length || pairs.some(([, value]) => value.includes('\0')))
    fail('invalid_request', { detail: 'The form has a field twice, or a character that cannot be stored.' });
  return fields;
}

function send({ script }: PageDefinition, reply: FastifyReply, answer: PageAnswer): FastifyReply {
  if (answer.kind === 'redirect')
    return reply.code(303).headers(pageHeaders(null)).header('location', answer.to).send();
  if (answer.kind === 'download')
    return reply
      .headers(pageHeaders(null))
      .header('content-disposition', `attachment; filename="${answer.name}"`)
      .type('text/plain; charset=utf-8')
      .send(answer.text);
  return sendPage(reply, answer, script?.name ?? null);
}

const sendPage = (reply: FastifyReply, page: Page, script: string | null): FastifyReply =>
  reply
    .code(page.status ?? 200)
    .headers(pageHeaders(script))
    .type('text/html; charset=utf-8')
    .send(documentOf(page, script));

/** A refusal as a person reads it, in the words of the contract. */
function refuse(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds));
  const body = html`<p class="lead">${problem.detail}</p><p class="meta">Reference: <code>${problem.reference}</code></p>`;
  const page: Page = { kind: 'page', status: problem.status, title: problem.title, body: html`${mark('bad')}${body}` };
  return sendPage(reply, page, null);
}
