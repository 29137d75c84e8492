import type { Capability, Feature } from '@astrix/contract';
import { readOf } from '../providers/provider.ts';
import { PROVIDERS } from '../providers/registry.ts';
import type { Module } from './define-module.ts';

type Named = Module & { readonly name: string };

/** Refuses modules that do not match the contract's features, with every missing piece and the file where it belongs. */
export function demandComplete(features: readonly Feature[], modules: readonly Named[]): void {
  const faults = [
    ...features.flatMap(feature => featureFaults(feature, modules)),
    ...modules.flatMap(module => moduleFaults(module, features)),
  ];
  if (faults.length > 0)
    throw new Error(`The modules do not match the contract:\n${faults.map(fault => `- ${fault}`).join('\n')}`);
}

/** A provider brings its rows without being told which. */
const isListed = (capability: Capability): boolean =>
  Object.values(PROVIDERS).some(({ manifest }) => {
    const range = readOf(manifest, capability)?.range;
    return range !== undefined && range.kind !== 'look-up';
  });

const moduleFile = (name: string) => `backend/src/modules/${name}/index.ts`;
const featureFile = (name: string) => `contract/${name}/index.ts`;

function featureFaults({ name, routes, collections }: Feature, modules: readonly Named[]): string[] {
  const found = modules.filter(module => module.name === name);
  const routeIds = Object.values(routes).map(({ id }) => id);
  const names = Object.keys(collections);
  if (found.length > 1) return [`Two modules are named ${name}. Rename one of them in backend/src/modules.ts.`];
  const [module] = found;
  if (!module) {
    if (routeIds.length === 0 && names.length === 0) return [];
    return [`The feature ${name} has no module. Add ${moduleFile(name)} and its line in backend/src/modules.ts.`];
  }
  return [
    ...routeIds
      .filter(id => !Object.hasOwn(module.handlers ?? {}, id))
      .map(id => `The route ${id} has no handler. Add handlers['${id}'] to ${moduleFile(name)}.`),
    ...names
      .filter(collection => !Object.hasOwn(module.readers ?? {}, collection))
      .map(
        collection => `The collection ${collection} has no reader. Add readers.${collection} to ${moduleFile(name)}.`,
      ),
  ];
}

function moduleFaults(
  { name, handlers = {}, readers = {}, imports = {}, pages = [] }: Named,
  features: readonly Feature[],
): string[] {
  const feature = features.find(one => one.name === name);
  if (!feature)
    return [`The module ${name} has no feature. Add ${featureFile(name)} and its line in contract/features.ts.`];
  const routeIds = new Set(Object.values(feature.routes).map(({ id }) => id));
  return [
    ...(Object.keys(imports) as Capability[])
      .filter(capability => !isListed(capability))
      .map(
        capability =>
          `The module ${name} imports ${capability}, which no provider lists. Remove it from ${moduleFile(name)}.`,
      ),
    ...pages
      .filter(({ id }) => !id.startsWith(`${name}.`))
      .map(({ id }) => `The page ${id} of the module ${name} must have an id that begins with ${name}.`),
    ...Object.keys(handlers)
      .filter(id => !routeIds.has(id))
      .map(
        id => `The module ${name} handles ${id}, which is not one of its routes. Declare it in ${featureFile(name)}.`,
      ),
    ...Object.keys(readers)
      .filter(collection => !Object.hasOwn(feature.collections, collection))
      .map(
        collection =>
          `The module ${name} reads ${collection}, which is not one of its collections. Declare it in ${featureFile(name)}.`,
      ),
  ];
}
