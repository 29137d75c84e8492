import { randomUUID } from 'node:crypto';
import { Problem, type ReplyOf, ROUTES, type RouteDefinition, type RouteName, type Routes } from '@astrix/contract';
import type { InjectOptions, LightMyRequestResponse as Response } from 'fastify';
import type { z } from 'zod';
import type { TestPerson, World } from '../world.ts';

type Part<N extends RouteName, K extends 'params' | 'query' | 'body'> = Routes[N] extends {
  readonly [P in K]: infer S extends z.ZodType;
}
  ? z.input<S>
  : never;
type Params<N extends RouteName> = Omit<Part<N, 'params'>, 'clientId'>;
type With<K extends string, T> = [T] extends [never]
  ? unknown
  : Record<never, never> extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T };

/** What a call of a route needs beside its name. The client in the path is the person's own unless `clientId` names another. */
export type CallParts<N extends RouteName> = With<'params', Params<N>> &
  With<'query', Part<N, 'query'>> &
  With<'body', Part<N, 'body'>> & {
    readonly clientId?: string;
    /** The idempotency key; a new one for each call without it. */
    readonly key?: string;
  };
type Args<N extends RouteName> =
  Record<never, never> extends CallParts<N> ? [name: N, parts?: CallParts<N>] : [name: N, parts: CallParts<N>];

/** A signed-in person of an agency who works on one of its clients. */
export type Person = {
  readonly id: string;
  readonly token: string;
  readonly clientId: string;
  /** A path without a leading slash is one of the client: `connections` is `/v1/clients/<clientId>/connections`. */
  readonly get: (path: string) => Promise<Response>;
  readonly post: (path: string, body?: unknown) => Promise<Response>;
  readonly put: (path: string, body?: unknown) => Promise<Response>;
  /** Sends a request of a route as it is declared, and returns whatever is answered. */
  readonly send: <N extends RouteName>(...args: Args<N>) => Promise<Response>;
  /** The reply of a route, by its id. Throws when it is refused. */
  readonly call: <N extends RouteName>(...args: Args<N>) => Promise<ReplyOf<Routes[N]>>;
  /** The refusal of a route, by its id. Throws when it is answered. */
  readonly refused: <N extends RouteName>(...args: Args<N>) => Promise<Problem>;
};

type AnyParts = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly clientId?: string;
  readonly key?: string;
};

/** Signs a person in by password and code; the clock of the world moves on by a code. */
export async function signInAs(world: World, person: TestPerson, clientId: string): Promise<Person> {
  const token = await world.tokenOf(person);
  const authorization = `Bearer ${token}`;
  const urlOf = (path: string) => (path.startsWith('/') ? path : `/v1/clients/${clientId}/${path}`);
  const inject = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) =>
    world.inject({
      method,
      url: urlOf(path),
      headers: { authorization },
      ...(body === undefined ? {} : { payload: body as object }),
    });

  const send = (name: RouteName, parts: AnyParts = {}): Promise<Response> => {
    const request = requestOf(ROUTES[name] as RouteDefinition, { clientId, ...parts });
    return world.inject({ ...request, headers: { authorization, ...request.headers } });
  };

  return {
    id: person.id,
    token,
    clientId,
    get: path => inject('GET', path),
    post: (path, body) => inject('POST', path, body),
    put: (path, body) => inject('PUT', path, body),
    send: send as Person['send'],
    call: (async (name: RouteName, parts?: AnyParts) => {
      const reply = await send(name, parts);
      if (reply.statusCode >= 300) throw new Error(`${name} was refused with ${reply.statusCode}: ${reply.body}`);
      return reply.statusCode === 204 ? null : reply.json();
    }) as Person['call'],
    refused: (async (name: RouteName, parts?: AnyParts) => {
      const reply = await send(name, parts);
      if (reply.statusCode < 400) throw new Error(`${name} was answered with ${reply.statusCode}: ${reply.body}`);
      return Problem.parse(reply.json());
    }) as Person['refused'],
  };
}

/** The request of a route from its parts, with the idempotency key that the route asks for. */
function requestOf(route: RouteDefinition, parts: AnyParts & { readonly clientId: string }): InjectOptions {
  const params: Readonly<Record<string, string>> = { clientId: parts.clientId, ...parts.params };
  const url = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`The path of ${route.id} needs the parameter ${name}.`);
    return encodeURIComponent(value);
  });
  const query = Object.entries(parts.query ?? {}).filter(([, value]) => value !== undefined);
  return {
    method: route.method,
    url,
    query: Object.fromEntries(query.map(([name, value]) => [name, String(value)])),
    headers: route.idempotency === 'key' ? { 'idempotency-key': parts.key ?? randomUUID() } : {},
    ...(parts.body === undefined ? {} : { payload: parts.body }),
  };
}
