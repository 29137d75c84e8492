import type { Collection } from './collection.ts';
import type { Role } from './roles.ts';
import type { RouteSpec } from './route.ts';
import type { WriteDefinition } from './write.ts';

/** A feature as it is declared. Backend, SDK, console and window derive everything that they list from it. */
export type Feature = {
  readonly name: string;
  /** What people call the feature where they switch it off for a client; null for one that every client has. */
  readonly optional: string | null;
  readonly permissions: Readonly<Record<string, readonly Role[]>>;
  readonly collections: Readonly<Record<string, Collection>>;
  readonly routes: Readonly<Record<string, RouteSpec & { readonly id: string }>>;
  readonly writes: Readonly<Record<string, WriteDefinition>>;
};

type Spec<P, C, R, W> = {
  /** Set where a client can do without the feature: what people call it. Its client routes are refused while it is off. */
  readonly optional?: string;
  /** Default deny: each permission names the roles that have it. */
  readonly permissions?: P;
  readonly collections?: C;
  readonly routes?: R;
  /** By the key of the route that carries each. */
  readonly writes?: W;
};

type Named<N extends string, R> = { readonly [K in keyof R & string]: R[K] & { readonly id: `${N}.${K}` } };

/**
 * Declares a feature once. `name` is the name of its folder in the contract, in the backend's modules and in the window's features. A
 * route's id is `<name>.<key>`; its permission is one that the feature declares itself.
 */
export function defineFeature<
  const N extends string,
  const P extends Readonly<Record<string, readonly Role[]>> = Record<never, readonly Role[]>,
  const C extends Readonly<Record<string, Collection>> = Record<never, Collection>,
  const R extends Readonly<Record<string, RouteSpec & { readonly permission: (keyof P & string) | null }>> = Record<
    never,
    RouteSpec & { readonly permission: null }
  >,
  const W extends { readonly [K in keyof R]?: WriteDefinition } = Record<never, WriteDefinition>,
>(
  name: N,
  spec: Spec<P, C, R, W>,
): {
  readonly name: N;
  readonly optional: string | null;
  readonly permissions: P;
  readonly collections: C;
  readonly routes: Named<N, R>;
  readonly writes: W;
} {
  const routes = Object.entries(spec.routes ?? {}).map(([key, route]) => [
    key,
    { ...(route as RouteSpec), id: `${name}.${key}` },
  ]);
  return {
    name,
    optional: spec.optional ?? null,
    permissions: spec.permissions ?? ({} as P),
    collections: spec.collections ?? ({} as C),
    routes: Object.fromEntries(routes) as Named<N, R>,
    writes: spec.writes ?? ({} as W),
  };
}
