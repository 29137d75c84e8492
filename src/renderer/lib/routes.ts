import type { RouteName, Routes } from '@astrix/contract';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { ask, bridge } from './bridge.ts';
import { type AgencyKey, agencyKey, type ClientKey, clientKey } from './query-keys.ts';
import { withStepUp } from './step-up.ts';

/** Routes that their feature opens to the window. */
type OpenRoute = { [N in RouteName]: Routes[N] extends { readonly window: true } ? N : never }[RouteName];
export type ReadRoute = { [N in OpenRoute]: Routes[N] extends { readonly method: 'GET' } ? N : never }[OpenRoute];
export type ChangeRoute = Exclude<OpenRoute, ReadRoute>;

type PartOf<N extends RouteName, P extends 'params' | 'query' | 'body'> = Routes[N] extends {
  readonly [K in P]: infer S extends z.ZodType;
}
  ? { readonly [K in P]: z.input<S> }
  : Record<never, never>;
/** What a route is asked with: the parts that it declares and no others. A query is left out where all of it is optional. */
type AskedOf<N extends RouteName> = PartOf<N, 'params'> & Partial<PartOf<N, 'query'>>;
export type AnswerOf<N extends RouteName> = Routes[N] extends { readonly reply: infer S extends z.ZodType }
  ? z.output<S>
  : never;

type Parts = {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
};

/** Path and query as they are written in an address; parts that are undefined are left out. */
const written = (part: Readonly<Record<string, unknown>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(part).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** Begins the keys of everything that a feature's routes answered, for one client or for the agency. */
export const routesKey = (
  feature: string,
  clientId: string | null,
  ...path: readonly unknown[]
): ClientKey | AgencyKey =>
  clientId === null ? agencyKey('routes', feature, ...path) : clientKey(clientId, 'routes', feature, ...path);

/** Asks the server through a route that only reads. Nothing of the answer is kept on this machine. */
export async function readRoute<N extends ReadRoute>(route: N, asked: AskedOf<N>): Promise<AnswerOf<N>> {
  const { params, query } = asked as Parts;
  const answer = await withStepUp(() =>
    ask(bridge.routes.read({ route, params: written(params), query: written(query) })),
  );
  return answer as AnswerOf<N>;
}

/** Query options for a route that only reads. The key holds the client of the path, the feature, the route and what was asked. */
export function routeQuery<N extends ReadRoute>(route: N, asked: AskedOf<N>) {
  const { params = {}, query = {} } = asked as Parts;
  const { clientId = null, ...others } = written(params);
  const [feature = '', name] = route.split('.');
  return queryOptions({
    queryKey: routesKey(feature, clientId, name, ...Object.values(others), written(query)),
    queryFn: () => readRoute(route, asked),
  });
}

/**
 * Changes something at the server at once, so it needs the network. `clientId` is the client on whose screen a person asked for it; null on
 * a screen of the agency. Where the server wants to know that it is still the same person, a dialog asks for a code, and the request is
 * made again.
 */
export async function change<N extends ChangeRoute>(
  route: N,
  clientId: string | null,
  asked: AskedOf<N> & PartOf<N, 'body'>,
): Promise<AnswerOf<N>> {
  const { params, query, body } = asked as Parts & { readonly body?: unknown };
  const answer = await withStepUp(() =>
    ask(
      bridge.routes.change({
        ...{ route, clientId, params: written(params), query: written(query) },
        ...(body === undefined ? {} : { body }),
      }),
    ),
  );
  return answer as AnswerOf<N>;
}
