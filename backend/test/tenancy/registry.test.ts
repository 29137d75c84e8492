import { PERMISSIONS, ROLES, ROUTES, type Role, type RouteDefinition } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Handlers, registerRoutes } from '../../src/platform/http/index.ts';
import { createServer } from '../../src/platform/http/server.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import { createWorld, type World } from '../world.ts';
import { nobodysIds } from './house.ts';
import { ALL_ROUTES, bodyFor, paramNames } from './requests.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Whoever may call without a session, written down by hand: a route that becomes public by accident is not on it. */
const WITHOUT_SESSION = {
  public: [
    'GET /data-deletion/:code',
    'GET /health',
    'GET /oauth/callback/:provider',
    'GET /ready',
    'GET /v1/demo/people',
    'GET /v1/meta',
    'POST /v1/auth/exchange',
    'POST /v1/auth/recovery-code',
    'POST /v1/auth/refresh',
    'POST /v1/auth/sign-in',
    'POST /v1/auth/totp',
  ],
  provider: [
    'GET /webhooks/app/:provider',
    'GET /webhooks/whatsapp',
    'POST /webhooks/app/:provider',
    'POST /webhooks/connection/:endpoint',
    'POST /webhooks/meta/data-deletion',
    'POST /webhooks/meta/deauthorize',
    'POST /webhooks/whatsapp',
  ],
  operator: ['GET /metrics'],
} as const;

/** Registers one route under the name of one that exists, on an empty server. */
function boot(change: Partial<Record<keyof RouteDefinition, unknown>>, handlers: Handlers = { 'identity.me': never }) {
  const server = createServer({ log: silentLog, metrics: createMetrics(), trustedProxies: [] });
  const deps = {
    db: world.db,
    clock: world.clock,
    log: silentLog,
    audit: world.app.audit,
    authenticate: async () => null,
    findClient: async () => null,
    operatorToken: null,
    draining: new AbortController().signal,
  };
  registerRoutes(server, deps, [handlers], {
    'identity.me': { ...ROUTES['identity.me'], ...change } as RouteDefinition,
  });
  return server;
}
const never = () => Promise.reject(new Error('not called'));

describe('AZ-01: every route says everything about itself, or the server does not start', () => {
  test('one that does starts', () => {
    expect(() => boot({})).not.toThrow();
  });

  const REQUIRED = Object.keys(ROUTES['identity.me']) as (keyof RouteDefinition)[];
  for (const key of REQUIRED)
    test(`without ${key} it stops`, () => {
      expect(() => boot({ [key]: undefined })).toThrow(/does not declare/);
    });

  const WRONG: readonly (readonly [string, Partial<RouteDefinition> | Record<string, unknown>])[] = [
    ['a session without a permission', { permission: null }],
    ['a session without a scope', { scope: 'none' }],
    ['a permission that no role has', { permission: 'everything' }],
    ['a permission where nobody signed in', { auth: 'public', scope: 'none' }],
    ['a scope where nobody signed in', { auth: 'public', permission: null }],
    ['a client scope without a client', { scope: 'client' }],
    ['ids in the path that nobody checks', { path: '/v1/me/:clientId' }],
    ['no data class', { dataClasses: [] }],
    ['a step-up where nobody signed in', { auth: 'public', scope: 'none', permission: null, stepUp: true }],
    ['no word about a step-up for a change of factors', { method: 'POST', audit: 'factor.remove' }],
    ['no rate', { ratePerMinute: 0 }],
    ['a rate that is no number', { ratePerMinute: Number.NaN }],
    ['a body limit below nothing', { bodyLimit: -1 }],
  ];
  for (const [what, change] of WRONG)
    test(`${what}: it stops`, () => {
      expect(() => boot(change)).toThrow(/^The route identity\.me /);
    });

  test('a route without a handler, or a handler without a route: it stops', () => {
    expect(() => boot({}, {})).toThrow('has no handler');
    expect(() => boot({}, { 'identity.me': never, 'agencies.list-people': never })).toThrow('no such route');
  });

  test('a route that came around the contract stops it', () => {
    const server = boot({});
    expect(() => server.get('/v1/backdoor', async () => 'in')).toThrow('not declared in the contract');
    expect(() => server.route({ method: 'GET', url: '/v1/other', handler: async () => 'in' })).toThrow('not declared');
  });

  test('who may call without a session is exactly the list above', () => {
    const open = ALL_ROUTES.filter(([, route]) => route.auth !== 'session');
    const found = Object.fromEntries(
      [...Map.groupBy(open, ([, route]) => route.auth)].map(([auth, routes]) => [
        auth,
        routes.map(([, { method, path }]) => `${method} ${path}`).sort(),
      ]),
    );
    expect(found).toEqual(WITHOUT_SESSION);
  });

  test('nobody who reads can write: a write names a permission that fewer roles have, or is about oneself', () => {
    const own = new Set(['session.own', 'notification.own', 'passkey.own']);
    for (const [name, route] of ALL_ROUTES) {
      if (route.auth !== 'session' || route.method === 'GET') continue;
      const roles: readonly Role[] = PERMISSIONS[route.permission!];
      expect(own.has(route.permission!) || roles.length < ROLES.length, name).toBe(true);
      expect(roles, name).not.toHaveLength(0);
    }
  });

  test('AL-01: every write of a person declares its audit event, unless it changes nothing that others see', () => {
    const untraced = ALL_ROUTES.filter(
      ([, route]) => route.auth === 'session' && route.method !== 'GET' && route.audit === null,
    );
    expect(untraced.map(([name]) => name)).toEqual([
      'conversations.mark-read',
      'conversations.mark-unread',
      'notifications.set-preference',
    ]);
  });

  test('ids and addresses are unique, and these suites know a request for each route', () => {
    expect(new Set(ALL_ROUTES.map(([, route]) => route.id)).size).toBe(ALL_ROUTES.length);
    expect(new Set(ALL_ROUTES.map(([, route]) => `${route.method} ${route.path}`)).size).toBe(ALL_ROUTES.length);
    for (const [name, route] of ALL_ROUTES) {
      bodyFor(name, route, nobodysIds(), world.clock.now());
      for (const param of paramNames(route)) expect(nobodysIds(), name).toHaveProperty(param);
    }
  });
});
