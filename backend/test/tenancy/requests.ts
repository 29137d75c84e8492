import { randomUUID } from 'node:crypto';
import { ROUTES, type RouteDefinition, type RouteName } from '@astrix/contract';
import type { InjectOptions, Response } from 'light-my-request';
import { newId } from '../../src/kernel/ids.ts';
import type { World } from '../world.ts';
import type { Ids } from './house.ts';
import { RECEIPT, SITE } from './house-connections.ts';

export type NamedRoute = readonly [name: RouteName, route: RouteDefinition];
export const ALL_ROUTES = Object.entries(ROUTES) as NamedRoute[];
export const SESSION_ROUTES = ALL_ROUTES.filter(([, route]) => route.auth === 'session');

/**
 * A valid body for each route that takes one. `fresh` is a new id; a route that is added to the contract without a line here stops
 * the suites (AZ-01).
 */
const BODIES: { readonly [name: string]: (ids: Ids, now: Date) => Record<string, unknown> } = {
  'identity.sign-in': () => ({
    email: 'nobody@agency.example',
    password: 'not a password',
    device: { name: 'x', platform: 'linux', key: 'A'.repeat(43) },
  }),
  'identity.verify-totp': () => ({ challenge: 'x'.repeat(43), code: '123456' }),
  'identity.refresh': () => ({ refreshToken: 'x'.repeat(43), deviceKey: 'A'.repeat(43) }),
  'conversations.reply': (ids, now) => ({
    messageId: newId(),
    text: 'It arrives tomorrow.',
    replyToId: ids.messageId,
    seenInboundId: ids.messageId,
    writtenAt: now.toISOString(),
  }),
  'conversations.add-note': () => ({ noteId: newId(), text: 'Call back.' }),
  'conversations.assign': ids => ({ personId: ids.personId }),
  'conversations.change-tags': () => ({ add: ['vip'], remove: ['old'] }),
  'conversations.snooze': (_, now) => ({ until: new Date(now.getTime() + 3_600_000).toISOString() }),
  'conversations.set-status': () => ({ status: 'closed' }),
  'conversations.mark-read': ids => ({ upToId: ids.messageId }),
  'contacts.set-opt-out': () => ({ optedOut: false, reason: 'asked on the phone' }),
  'notifications.set-preference': () => ({ muted: true, quietFrom: null, quietTo: null }),
  'connections.start': ids => ({
    provider: 'jira',
    shared: false,
    connectionId: ids.connectionId,
    loopbackPort: 45_454,
  }),
  'connections.claim': () => ({ receipt: RECEIPT }),
  'connections.confirm': () => ({ receipt: RECEIPT, accountId: SITE }),
  // Answered before any key leaves: what a form is sent to stands in the tests of connections.
  'connections.connect-key': ids => ({ provider: 'jira', shared: false, connectionId: ids.connectionId, fields: {} }),
  'connections.set-switch': ids => ({
    scope: 'connection',
    subject: ids.spareConnectionId,
    off: true,
    reason: 'a drill',
    revoke: false,
  }),
  'connections.set-provider-access': () => ({ denied: ['canva'] }),
};

/** Parameters of a path that name no row. */
const WORDS: Readonly<Record<string, string>> = {
  provider: 'jira',
  capability: 'tasks',
  endpoint: 'A'.repeat(43),
  code: 'A'.repeat(32),
};

/** Query parameters that can carry an id of somebody. */
const QUERIES: { readonly [name: string]: (ids: Ids, now: Date) => Record<string, string> } = {
  'sync.pull': ids => ({ backfill: ids.clientId }),
  'conversations.list': (ids, now) => ({ after: `${now.getTime() + 1}.${ids.conversationId}` }),
  'conversations.list-messages': (ids, now) => ({ before: `${now.getTime() + 1}.${ids.messageId}` }),
  'identity.list-sessions': () => ({ all: 'false' }),
  'webhooks.list-dead-letters': ids => ({ after: ids.deadLetterId }),
};

export function bodyFor(name: RouteName, route: RouteDefinition, ids: Ids, now: Date) {
  if (!route.body) return undefined;
  const make = BODIES[name];
  if (!make) throw new Error(`The route ${name} takes a body, and these suites do not know one. Add it to BODIES.`);
  const body = make(ids, now);
  route.body.parse(body);
  return body;
}

export const queryFor = (name: RouteName, ids: Ids, now: Date): Record<string, string> =>
  QUERIES[name]?.(ids, now) ?? {};

export const paramNames = (route: RouteDefinition): (keyof Ids)[] =>
  [...route.path.matchAll(/:(\w+)/g)].map(match => match[1] as keyof Ids).filter(name => !(name in WORDS));

/** Fields of a body that name a row of somebody. */
export const idFields = (body: Record<string, unknown> | undefined): string[] =>
  Object.keys(body ?? {}).filter(key => (key.endsWith('Id') && key !== 'accountId') || key === 'subject');

export type Parts = { path: Ids; query: Record<string, string>; body: Record<string, unknown> | undefined };

/** The request of a route out of its parts, with whatever it needs to pass the checks before its handler. */
export function requestOf(route: RouteDefinition, parts: Parts, token: string | null): InjectOptions {
  const url = route.path.replace(/:(\w+)/g, (_, name: keyof Ids) => {
    const id = WORDS[name] ?? parts.path[name];
    if (!id) throw new Error(`The path of ${route.id} names ${name}, and these suites do not know one. Add it to Ids.`);
    return id;
  });
  return {
    method: route.method,
    url,
    query: parts.query,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(route.idempotency === 'key' ? { 'idempotency-key': randomUUID() } : {}),
    },
    ...(parts.body === undefined ? {} : { payload: parts.body }),
  };
}

export type Answer = { readonly status: number; readonly text: string; readonly headers: Response['headers'] };

/** Asks, and reads the reply; of an endless stream its first event. */
export async function ask(world: World, route: RouteDefinition, request: InjectOptions): Promise<Answer> {
  if (route.replyKind !== 'events') {
    const reply = await world.inject(request);
    return { status: reply.statusCode, text: reply.body, headers: reply.headers };
  }
  const reply = await world.inject({ ...request, payloadAsStream: true });
  let text = '';
  const stream = reply.stream();
  for await (const chunk of stream) {
    text += String(chunk);
    if (reply.statusCode === 200) break;
  }
  return { status: reply.statusCode, text, headers: reply.headers };
}

/** What must be equal between two answers: everything except the reference of the request and the ids that were asked for. */
export function shapeOf(answer: Answer, asked: readonly string[]): string {
  let text = answer.text.replace(/"reference":"[^"]*"/, '"reference":"*"').replace(/"cursor":"[^"]*"/g, '"cursor":"*"');
  for (const id of asked) text = text.replaceAll(id, '<asked>');
  return `${answer.status} ${answer.headers['content-type']} ${text}`;
}
