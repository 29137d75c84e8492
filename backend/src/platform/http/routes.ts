import { mustSayStepUp, PERMISSIONS, ROUTES, type Role, type RouteDefinition, shownTo } from '@astrix/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import type { Clock } from '../../kernel/clock.ts';
import { AppError, fail } from '../../kernel/errors.ts';
import type { AuditEntry, AuditTrail } from '../audit/index.ts';
import {
  type Authenticate,
  demandClient,
  demandPermission,
  demandStepUp,
  type FindClient,
  type SessionActor,
} from '../authz/index.ts';
import { equalDigests, equalTexts, sha256 } from '../crypto/index.ts';
import {
  type Actor,
  type AnyTx,
  type Db,
  type SystemReason,
  type SystemTx,
  type TenantTx,
  txNow,
  withSystem,
  withTenant,
} from '../db/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { AuditNote, Handlers } from './handler.ts';
import { checked, isFormType, isJsonType, parseJson } from './json-body.ts';
import { networkOf } from './network.ts';
import { createRateLimit, type RateLimit } from './rate.ts';
import './tables.ts';

export type RouteDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: AuditTrail;
  readonly authenticate: Authenticate;
  /** Whether the tenant of a transaction has a client, for routes that are scoped to one. */
  readonly findClient: FindClient;
  readonly operatorToken: string | null;
  /** Ends every stream when the server drains. */
  readonly draining: AbortSignal;
};

type AnyHandler = (ctx: Record<string, unknown>) => Promise<unknown>;
type Entry = { readonly definition: RouteDefinition; readonly handler: AnyHandler };

const DAYS_OF_KEYS = 7;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Registers every route of the contract. A route without a handler, or a handler without a route, stops the boot (AZ-01). */
export function registerRoutes(
  app: FastifyInstance,
  deps: RouteDeps,
  tables: readonly Handlers[],
  routes: Readonly<Record<string, RouteDefinition>> = ROUTES,
): void {
  const handlers = new Map<string, AnyHandler>();
  for (const [name, handler] of tables.flatMap(table => Object.entries(table))) {
    if (!Object.hasOwn(routes, name))
      throw new Error(`A handler is named ${name}, but the contract has no such route.`);
    if (handlers.has(name)) throw new Error(`The route ${name} has two handlers.`);
    handlers.set(name, handler as unknown as AnyHandler);
  }
  const limit = createRateLimit(deps.clock);
  for (const [name, definition] of Object.entries(routes)) {
    demandDeclared(name, definition);
    const handler = handlers.get(name);
    if (!handler) throw new Error(`The route ${name} (${definition.method} ${definition.path}) has no handler.`);
    const entry = { definition, handler };
    app.route({
      method: definition.method,
      url: definition.path,
      bodyLimit: Math.max(1, definition.bodyLimit),
      exposeHeadRoute: false,
      config: { routeId: definition.id, browser: definition.replyKind === 'redirect' },
      handler: (request, reply) => serve(entry, deps, limit, request, reply),
    });
  }
}

/** The types say it already; this says it for a definition that came around them. */
function demandDeclared(name: string, route: RouteDefinition): void {
  const missing = DECLARED.filter(key => route[key] === undefined);
  if (missing.length > 0) throw new Error(`The route ${name} does not declare ${missing.join(', ')}.`);
  const refuse = (why: string): never => {
    throw new Error(`The route ${name} ${why}.`);
  };
  if (route.auth === 'session' && (route.permission === null || route.scope === 'none'))
    refuse('is for signed-in people but names no permission or no scope');
  if (route.auth !== 'session' && (route.permission !== null || route.scope !== 'none'))
    refuse('names a permission or a scope, and nobody has signed in there');
  if (route.stepUp && route.auth !== 'session') refuse('asks for a step-up, and nobody has signed in there');
  if (route.stepUp === undefined && mustSayStepUp(route)) refuse('does not say whether it needs a step-up');
  if (route.reaches !== undefined && (route.auth !== 'session' || route.idempotency === 'key'))
    refuse('runs outside of a transaction: it must be for signed-in people, and can keep no idempotency key');
  if (route.permission !== null && !Object.hasOwn(PERMISSIONS, route.permission))
    refuse(`names the permission ${route.permission}, which no role has`);
  if (route.scope === 'client' && !route.path.includes(':clientId'))
    refuse('is scoped to a client but has no :clientId in its path');
  if (route.path.includes('/:') !== (route.params !== undefined)) refuse('has a path that does not match its params');
  if (route.dataClasses.length === 0) refuse('carries no data class');
  if (!(route.ratePerMinute > 0) || !(route.bodyLimit >= 0)) refuse('has no usable rate or body limit');
}

const DECLARED = [
  'id',
  'method',
  'path',
  'summary',
  'auth',
  'scope',
  'permission',
  'dataClasses',
  'ratePerMinute',
  'bodyLimit',
  'idempotency',
  'audit',
  'reply',
  'replyStatus',
  'errors',
] as const satisfies readonly (keyof RouteDefinition)[];

async function serve(
  entry: Entry,
  deps: RouteDeps,
  limit: RateLimit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { definition: route, handler } = entry;
  const base = {
    db: deps.db,
    clock: deps.clock,
    log: deps.log,
    requestId: request.id,
    ip: request.ip,
    headers: request.headers,
  };
  if (route.auth === 'session') return serveSession(entry, deps, limit, request, reply, base);
  limit(networkOf(request.ip), route.id, route.ratePerMinute);
  if (route.auth === 'operator') demandOperator(deps.operatorToken, request);
  const query = checked(route.query, request.query, 'query');
  const params = checked(route.params, request.params, 'path');
  if (route.bodyKind === 'raw' || route.bodyKind === 'raw-form') {
    const isRight = route.bodyKind === 'raw' ? isJsonType : isFormType;
    if (!isRight(request.headers['content-type'])) fail('unsupported_media_type');
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return send(route, reply, await handler({ ...base, params, query, rawBody }));
  }
  const body = bodyOf(route, request);
  return send(route, reply, await handler({ ...base, params, query, body }));
}

async function serveSession(
  { definition: route, handler }: Entry,
  deps: RouteDeps,
  limit: RateLimit,
  request: FastifyRequest,
  reply: FastifyReply,
  base: Record<string, unknown>,
): Promise<unknown> {
  const actor = await authenticated(deps.authenticate, limit, request);
  (request as { actorId?: string }).actorId = actor.personId;
  limit(actor.sessionId, route.id, route.ratePerMinute);
  demandPermission(actor, route.permission!);
  if (route.stepUp) demandStepUp(actor, deps.clock.now());
  const params = checked(route.params, request.params, 'path');
  if (route.scope === 'client') demandClient(actor, String((params as { clientId: string }).clientId));
  const query = checked(route.query, request.query, 'query');

  if (route.replyKind === 'ndjson' || route.replyKind === 'events') {
    const gone = new AbortController();
    request.raw.once('close', () => gone.abort());
    reply.raw.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, deps.draining]);
    await handler({ ...base, params, query, actor, reply, signal });
    return reply;
  }

  const body = bodyOf(route, request);
  const clientId = route.scope === 'client' ? String((params as { clientId: string }).clientId) : null;
  const audited = { route, actor, clientId };
  const demandIt = async (tx: TenantTx) => {
    if (clientId === null) return;
    // RLS policies hide clients of other agencies, so an id of another agency and an unknown id are answered alike.
    const client = (await deps.findClient(tx, clientId)) ?? fail('not_found');
    if (client.featuresOff.includes(featureOf(route))) fail('feature_off');
  };
  if (route.reaches !== undefined) {
    await withTenant(deps.db, actor, demandIt);
    let written = false;
    const writing = (tx: AnyTx) => async (note: AuditNote) => {
      await deps.audit.write(tx, entryOf(note, audited, request.id));
      written = true;
    };
    const within = (work: (tx: TenantTx, audit: ReturnType<typeof writing>) => Promise<unknown>) =>
      withTenant(deps.db, actor, tx => work(tx, writing(tx)));
    const across = (
      reason: SystemReason,
      work: (tx: SystemTx, audit: ReturnType<typeof writing>) => Promise<unknown>,
    ) => withSystem(deps.db, reason, tx => work(tx, writing(tx)));
    const answer = await handler({ ...base, params, query, body, actor, within, across });
    demandAudited(route, written);
    return send(route, reply, answer, actor.role);
  }
  const key = route.idempotency === 'key' ? idempotencyKey(request) : null;
  const value = await withTenant(deps.db, actor, async tx => {
    await demandIt(tx);
    const hash = sha256(canonicalJson({ route: route.id, params, body }));
    const earlier = key === null ? null : await storedReply(tx, actor, key, hash);
    if (earlier) return earlier.reply;
    let written = false;
    const audit = async (note: AuditNote) => {
      written = true;
      await deps.audit.write(tx, entryOf(note, audited, request.id));
    };
    const answer = await handler({ ...base, params, query, body, actor, tx, audit });
    demandAudited(route, written);
    if (key !== null) await storeReply(tx, actor, key, hash, route, answer);
    return answer;
  });
  return send(route, reply, value, actor.role);
}

/** A route's id begins with the name of its feature. */
const featureOf = ({ id }: RouteDefinition): string => id.split('.')[0]!;

type Audited = { readonly route: RouteDefinition; readonly actor: Actor; readonly clientId: string | null };

const entryOf = (note: AuditNote, { route, actor, clientId }: Audited, requestId: string): AuditEntry => ({
  clientId,
  ...note,
  event: route.audit ?? route.id,
  agencyId: actor.agencyId,
  actorId: actor.personId,
  sessionId: actor.sessionId,
  requestId,
});

function demandAudited(route: RouteDefinition, written: boolean): void {
  if (route.audit !== null && !written)
    throw new Error(`The route ${route.id} promises the audit event ${route.audit} and did not write it.`);
}

/** Of one network in a minute. An office whose consoles wake up together has fewer: each sends a handful before it renews its token. */
const BAD_TOKENS_PER_MINUTE = 300;

/** A token that nobody has costs a look-up, so that the network which sends them is counted before it. A good one is not counted. */
async function authenticated(
  authenticate: Authenticate,
  limit: RateLimit,
  request: FastifyRequest,
): Promise<SessionActor> {
  const token = /^Bearer ([A-Za-z0-9._~-]{20,512})$/.exec(request.headers.authorization ?? '')?.[1];
  if (!token) fail('unauthenticated');
  const giveBack = limit(networkOf(request.ip), '(token)', BAD_TOKENS_PER_MINUTE);
  let isBad = false;
  try {
    const actor = await authenticate(token);
    isBad = actor === null;
    return actor ?? fail('unauthenticated');
  } finally {
    if (!isBad) giveBack();
  }
}

function demandOperator(expected: string | null, request: FastifyRequest): void {
  const given = /^Bearer (\S{1,512})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (expected === null || !equalTexts(given, expected))
    fail('unauthenticated', { detail: 'Send the operator token as a bearer token.' });
}

function bodyOf(route: RouteDefinition, request: FastifyRequest): unknown {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (!route.body) {
    if (bytes.length > 0) fail('invalid_request', { detail: 'This request takes no body.' });
    return undefined;
  }
  if (!isJsonType(request.headers['content-type'])) fail('unsupported_media_type');
  return checked(route.body, parseJson(bytes), 'body');
}

function idempotencyKey(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !UUID.test(key))
    fail('invalid_request', {
      detail: 'Send an Idempotency-Key header with a UUID, and the same one when you repeat the request.',
    });
  return key;
}

/** The same key with the same request answers what was answered; with another request it is refused. Copies of one key wait for each other. */
async function storedReply(tx: TenantTx, actor: Actor, key: string, hash: Buffer): Promise<{ reply: unknown } | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${actor.personId}/${key}`}, 0))`.execute(tx);
  const row = await tx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'reply'])
    .where('agency_id', '=', actor.agencyId)
    .where('person_id', '=', actor.personId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (!row) return null;
  if (!equalDigests(row.request_hash, hash)) throw new AppError('idempotency_mismatch');
  return { reply: row.reply };
}

async function storeReply(
  tx: TenantTx,
  actor: Actor,
  key: string,
  hash: Buffer,
  route: RouteDefinition,
  answer: unknown,
): Promise<void> {
  const now = txNow(tx);
  await tx
    .insertInto('idempotency_keys')
    .values({
      agency_id: actor.agencyId,
      person_id: actor.personId,
      key,
      route: route.id,
      request_hash: hash,
      status: route.replyStatus,
      reply: JSON.stringify(answer ?? null),
      created_at: now,
      expires_at: new Date(now.getTime() + DAYS_OF_KEYS * 86_400_000),
    })
    .execute();
}

/**
 * What leaves is exactly what the contract says: an extra key is a fault of ours, not a gift to the caller, and the staff of a client get no
 * internal field (AZ-05).
 */
function send(route: RouteDefinition, reply: FastifyReply, value: unknown, role: Role | null = null): FastifyReply {
  if (route.replyStatus === 204) return reply.code(204).send();
  const parsed = route.reply.parse(value);
  const answer = role === null ? parsed : shownTo(role, route.reply, parsed);
  if (route.replyKind === 'redirect')
    return reply
      .code(303)
      .header('location', (answer as { location: string }).location)
      .send();
  if (route.replyKind === 'text') return reply.code(route.replyStatus).type('text/plain; charset=utf-8').send(answer);
  return reply.code(route.replyStatus).type('application/json; charset=utf-8').send(JSON.stringify(answer));
}
