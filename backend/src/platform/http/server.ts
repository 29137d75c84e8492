import type { Problem } from '@astrix/contract';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { sha256 } from '../crypto/index.ts';
import { type Log, type Metrics, nameOf } from '../telemetry/index.ts';
import { BODY_LIMITS, type BodyLimits, createBodyBudget } from './body-budget.ts';
import { networkOf } from './network.ts';
import { problemOf } from './problem.ts';

export type ServerOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Addresses of the proxy whose X-Forwarded-* headers are believed; nobody's otherwise (AZ-11). */
  readonly trustedProxies: readonly string[];
  /** Answers only requests that name this machine as their host: a page elsewhere can point its own name here, but not forge this one. */
  readonly onlyThisMachine?: boolean;
  /** Tests only: less of what BODY_LIMITS and BODY_TIMEOUT_MS allow. */
  readonly bodies?: BodyLimits & { readonly timeoutMs: number };
};

/** How long a request may take to arrive, its body included. The largest one needs 200 KiB a second. */
const BODY_TIMEOUT_MS = 15_000;
/** Consoles keep one connection each for their live stream. */
const MAX_CONNECTIONS = 10_000;
const RETRY_SECONDS = 5;

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** An empty server: how bytes come in, how errors go out, what is logged. Routes are registered onto it. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { log, metrics, trustedProxies, onlyThisMachine = false, bodies } = options;
  const timeoutMs = bodies?.timeoutMs ?? BODY_TIMEOUT_MS;
  const app = Fastify({
    logger: false,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => newId(),
    requestTimeout: timeoutMs,
    // Node looks for late requests every 30 s by itself, and takes the longer of both times for the body.
    http: { headersTimeout: timeoutMs, connectionsCheckingInterval: Math.ceil(timeoutMs / 10) },
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // An address that cannot be decoded reaches no route and no hook.
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id).headers(SECURITY_HEADERS);
      answerProblem(reply, problemOf(error, request.id));
    },
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false, caseSensitive: true },
  });

  // Bodies arrive as bytes; each route decides what they may be. The type is checked there, exactly.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));

  app.server.maxConnections = MAX_CONNECTIONS;
  boundBodies(app, bodies ?? BODY_LIMITS);

  // A route that came around the contract has no limit, no permission and no audit.
  app.addHook('onRoute', route => {
    if (!route.config?.routeId) throw new Error(`The route ${route.url} is not declared in the contract.`);
  });
  // Hooks with a callback: a promise for each request costs more than what these do.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.headers(SECURITY_HEADERS);
    if (onlyThisMachine && !THIS_MACHINE.test(request.headers.host ?? '')) return done(new AppError('not_found'));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const route = request.routeOptions.config.routeId ?? 'unknown';
    const actor = (request as { actorId?: string }).actorId;
    metrics.requests.inc({ route, status: String(reply.statusCode) });
    metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1000);
    if (QUIET.has(route)) return;
    log.info('request', {
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      actor: actor ? sha256(actor).toString('hex').slice(0, 12) : undefined,
      requestId: request.id,
    });
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    // Somebody who hung up in the middle of a request is no fault of ours, and hears no answer.
    const hungUp = request.raw.destroyed && !request.raw.complete;
    if (problem.code === 'internal' && !hungUp)
      log.error('request failed', {
        route: request.routeOptions.config.routeId ?? 'unknown',
        requestId: request.id,
        error: nameOf(error),
      });
    if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds));
    // A person looks at this in a browser, where there is no program to read the problem.
    const { browser, refuse } = request.routeOptions.config;
    if (refuse) return refuse(reply, problem);
    if (browser)
      return reply
        .code(problem.status)
        .type('text/plain; charset=utf-8')
        .send(`${problem.title}.\n${problem.detail}\n`);
    return answerProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const known = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).some(
      method => method !== request.method && app.findRoute({ method, url: pathOf(request.url) }) !== null,
    );
    return answerProblem(reply, problemOf(new AppError(known ? 'method_not_allowed' : 'not_found'), request.id));
  });
  return app;
}

/** In bytes. As many of these as there may be bodies are still within what a network may hold. */
const SMALL_BODY = 32_768;

/** Refuses a body with 503 as soon as it goes over the budget: before its signature or its session, nobody is known to deserve the memory. */
function boundBodies(app: FastifyInstance, limits: BodyLimits): void {
  const budget = createBodyBudget(limits);
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (!hasBody(request)) return done(null, payload);
    const refusal = () => {
      // What is still to come of the body is not read.
      reply.header('connection', 'close');
      return new AppError('unavailable', { retryAfterSeconds: RETRY_SECONDS });
    };
    const held = budget.begin(networkOf(request.ip));
    if (held === null) return done(refusal());
    reply.raw.once('close', held.release);
    const told = Number(request.headers['content-length']);
    // A small body of a known length is counted at once: to listen to each would cost more than to read it.
    if (told <= SMALL_BODY) return held.take(told) ? done(null, payload) : done(refusal());
    const count = (chunk: Buffer) => {
      if (held.take(chunk.length)) return;
      payload.off('data', count);
      payload.emit('error', refusal());
    };
    // Whoever reads the body may have stopped listening by then.
    payload.on('error', () => undefined).on('data', count);
    reply.raw.once('close', () => payload.off('data', count));
    done(null, payload);
  });
}

const THIS_MACHINE = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const answerProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply.code(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));

/** One line for each webhook or probe would drown what matters; they are counted instead. */
const QUIET = new Set([
  'webhooks.whatsapp',
  'webhooks.app',
  'webhooks.connection',
  'http.health',
  'http.ready',
  'http.metrics',
]);

const pathOf = (url: string) => url.split('?', 1)[0] ?? '/';

declare module 'fastify' {
  interface FastifyContextConfig {
    routeId?: string;
    browser?: boolean;
    /** Draws a refusal as a page. */
    refuse?: (reply: FastifyReply, problem: Problem) => FastifyReply;
  }
}
