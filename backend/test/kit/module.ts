import { defineFeature, type Feature } from '@astrix/contract';
import type { Module, ModuleDefinition, Services } from '../../src/composition/index.ts';

/** A module that exists in one test, beside those of the product. Its parts are what the test is about. */
export type KitModule = {
  readonly extra: { readonly modules: readonly ModuleDefinition[]; readonly features: readonly Feature[] };
  /** What it was created from: the services that every module gets. */
  readonly services: () => Services;
};

export function kitModule(parts: (services: Services) => Module = () => ({})): KitModule {
  let given: Services | null = null;
  const create = (services: Services): Module => {
    given = services;
    return parts(services);
  };
  return {
    extra: { modules: [{ name: 'kit', create }], features: [defineFeature('kit', {})] },
    services() {
      if (given === null) throw new Error('the module of the test has not been created yet');
      return given;
    },
  };
}
