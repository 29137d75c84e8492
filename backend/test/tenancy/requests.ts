import { randomUUID } from 'node:crypto';
import { ROUTES, type RouteDefinition, type RouteName } from '@astrix/contract';
import type { InjectOptions, LightMyRequestResponse as Response } from 'fastify';
import { type ModuleSamples, SAMPLES } from '../kit/samples.ts';
import type { World } from '../world.ts';
import type { Ids } from './house.ts';

export type NamedRoute = readonly [name: RouteName, route: RouteDefinition];
export const ALL_ROUTES = Object.entries(ROUTES) as NamedRoute[];
export const SESSION_ROUTES = ALL_ROUTES.filter(([, route]) => route.auth === 'session');

const BODIES: Required<ModuleSamples>['bodies'] = Object.assign({}, ...SAMPLES.map(({ bodies }) => bodies));
const QUERIES: Required<ModuleSamples>['queries'] = Object.assign({}, ...SAMPLES.map(({ queries }) => queries));
/** Parameters of a path that name no row. */
const WORDS: Readonly<Record<string, string>> = Object.assign({}, ...SAMPLES.map(({ words }) => words));
/** Fields of a body that hold an id which the writer makes. */
export const MADE: readonly string[] = SAMPLES.flatMap(({ made }) => made ?? []);

const samplesOf = (routeId: string) => `backend/src/modules/${routeId.split('.')[0]}/samples.ts`;

export function bodyFor(name: RouteName, route: RouteDefinition, ids: Ids, now: Date) {
  if (!route.body) return undefined;
  const make = BODIES[name];
  if (!make) throw new Error(`The route ${name} takes a body. Add one to bodies['${name}'] in ${samplesOf(name)}.`);
  const body = make(ids, now);
  route.body.parse(body);
  return body;
}

export const queryFor = (name: RouteName, ids: Ids, now: Date): Record<string, string> =>
  QUERIES[name]?.(ids, now) ?? {};

export const paramNames = (route: RouteDefinition): string[] =>
  [...route.path.matchAll(/:(\w+)/g)].map(match => match[1]!).filter(name => !(name in WORDS));

/** Fields of a body that name a row of somebody. */
export const idFields = (body: Record<string, unknown> | undefined): string[] =>
  Object.keys(body ?? {}).filter(key => (key.endsWith('Id') && key !== 'accountId') || key === 'subject');

export type Parts = { path: Ids; query: Record<string, string>; body: Record<string, unknown> | undefined };

/** The request of a route out of its parts, with whatever it needs to pass the checks before its handler. */
export function requestOf(route: RouteDefinition, parts: Parts, token: string | null): InjectOptions {
  const url = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const id = WORDS[name] ?? parts.path[name];
    if (!id)
      throw new Error(
        `The path of ${route.id} names ${name}. Plant it, or add it to words, in ${samplesOf(route.id)}.`,
      );
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

/** What must be equal between two answers: everything except the reference of the request, its place in an order, and the ids that were asked for. */
export function shapeOf(answer: Answer, asked: readonly string[]): string {
  let text = answer.text
    .replace(/"reference":"[^"]*"/, '"reference":"*"')
    .replace(/"cursor":"[^"]*"/g, '"cursor":"*"')
    .replace(/"seq":\d+/g, '"seq":0');
  for (const id of asked) text = text.replaceAll(id, '<asked>');
  return `${answer.status} ${answer.headers['content-type']} ${text}`;
}
