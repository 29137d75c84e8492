import type { z } from 'zod';
import { isOfAgency } from './audience.ts';
import type { Collection } from './collection.ts';
import { declarationFaults } from './declaration-faults.ts';
import type { Feature } from './feature.ts';
import * as features from './features.ts';
import type { Role } from './roles.ts';
import type { RouteSpec } from './route.ts';
import type { WriteDefinition } from './write.ts';

type Features = typeof features;
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type Flat<T> = { readonly [K in keyof T]: T[K] };
type Prefixed<N extends string, T> = { readonly [K in keyof T & string as `${N}.${K}`]: T[K] };

type Each<Key extends keyof Feature> = { [F in keyof Features]: Features[F][Key] }[keyof Features];
type EachPrefixed<Key extends keyof Feature> = {
  [F in keyof Features]: Prefixed<Features[F]['name'], Features[F][Key]>;
}[keyof Features];

export type Routes = Flat<Intersection<EachPrefixed<'routes'>>>;
export type RouteName = keyof Routes;
export type Permissions = Flat<Intersection<Each<'permissions'>>>;
export type Permission = keyof Permissions & string;
export type Collections = Flat<Intersection<Each<'collections'>>>;
export type CollectionName = keyof Collections & string;
export type RowOf<C extends CollectionName> = Collections[C] extends Collection<infer R> ? z.output<R> : never;
export type Writes = Flat<Intersection<EachPrefixed<'writes'>>>;
export type WriteName = keyof Writes & string;
export type FeatureName = Features[keyof Features]['name'];
/** The collections that one feature declares. */
export type CollectionsOf<N extends FeatureName> = keyof Extract<
  Features[keyof Features],
  { readonly name: N }
>['collections'] &
  CollectionName;
/** Everything a route says about itself; the backend refuses to boot with one that does not (AZ-01). */
export type RouteDefinition = Omit<RouteSpec, 'permission'> & {
  readonly id: string;
  readonly permission: Permission | null;
};
/** What the window sends for a write. */
export type WriteArgs<W extends WriteName> = Writes[W] extends { readonly args: infer A extends z.ZodType }
  ? z.input<A>
  : never;

export const FEATURES: readonly Feature[] = Object.values(features);

/** What people call each feature that a client can do without, by the feature's name. */
export const OPTIONAL_FEATURES: Readonly<Record<string, string>> = Object.fromEntries(
  FEATURES.flatMap(({ name, optional }) => (optional === null ? [] : [[name, optional]])),
);

const faults = declarationFaults(FEATURES);
if (faults.length > 0) throw new Error(`The features are not declared completely:\n- ${faults.join('\n- ')}`);

/** Folds one part of every feature into one table. Two features that claim one name stop the start. */
function fold<T>(what: string, entriesOf: (feature: Feature) => readonly (readonly [string, T])[]): Record<string, T> {
  const table: Record<string, T> = {};
  for (const feature of FEATURES)
    for (const [name, value] of entriesOf(feature)) {
      if (Object.hasOwn(table, name)) throw new Error(`Two features declare the ${what} ${name}.`);
      table[name] = value;
    }
  return table;
}

const prefixed = <T>(name: string, part: Readonly<Record<string, T>>) =>
  Object.entries(part).map(([key, value]) => [`${name}.${key}`, value] as const);

/** Every route of the backend by its id. */
export const ROUTES = fold<RouteSpec>('route', ({ name, routes }) => prefixed(name, routes)) as unknown as Routes;

/** Permission matrix: default deny. The server enforces it; the console reads it to decide what to show. */
export const PERMISSIONS = fold<readonly Role[]>('permission', ({ permissions }) =>
  Object.entries(permissions),
) as unknown as Permissions;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

/** What consoles keep in their cache. Only these shapes can be written to it (LC-05). */
export const COLLECTIONS = fold<Collection>('collection', ({ collections }) =>
  Object.entries(collections),
) as unknown as Collections;
export const COLLECTION_NAMES = Object.keys(COLLECTIONS) as CollectionName[];
export const isCollection = (name: string): name is CollectionName => Object.hasOwn(COLLECTIONS, name);
/** The declaration without the types of its own rows, for code that folds over all. */
export const collectionOf = (name: CollectionName): Collection => COLLECTIONS[name] as unknown as Collection;

/** Every change that can wait in an outbox, by the id of the route that carries it. */
export const WRITES = fold<WriteDefinition>('write', ({ name, writes }) => prefixed(name, writes)) as unknown as Writes;
export const WRITE_NAMES = Object.keys(WRITES) as WriteName[];
export const isWrite = (name: string): name is WriteName => Object.hasOwn(WRITES, name);
export const writeOf = (name: WriteName): WriteDefinition => WRITES[name] as unknown as WriteDefinition;

/** Whether consoles of the role keep the collection. */
export const roleKeeps = (role: Role, name: CollectionName): boolean =>
  collectionOf(name).audience !== 'agency' || isOfAgency(role);

export function roleMay(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

export function permissionsOf(role: Role): Permission[] {
  return PERMISSION_NAMES.filter(permission => roleMay(role, permission));
}
