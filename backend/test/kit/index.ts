import type { Role } from '@astrix/contract';
import { createWorld, type World, type WorldParts } from '../world.ts';
import { type Customer, type CustomerOptions, createCustomer } from './customer.ts';
import { type Person, signInAs } from './person.ts';
import { type Provider, providerOf } from './provider.ts';

export type { Customer, Written } from './customer.ts';
export type { Person } from './person.ts';

/** Which agency and which of its clients; the first of each without it. */
export type Where = { readonly agency?: 0 | 1; readonly client?: 0 | 1 | 2 };

/** What a test of a module works with. docs/guides/add-a-module.md says where such a test goes. */
export type Kit = {
  readonly world: World;
  /** Signs in. The clock of the world moves on by a code; the access token works for 15 minutes on it. One sign-in at a time. */
  readonly as: (role: Role, where?: Where) => Promise<Person>;
  readonly customer: (options?: CustomerOptions & Where) => Customer;
  readonly provider: Provider;
  readonly close: () => Promise<void>;
};

/** Words over a world that is started already. */
export function kitOver(world: World): Kit {
  return {
    world,
    as: (role, { agency = 0, client = 0 } = {}) => {
      const { people, clients } = world.agencies[agency];
      return signInAs(world, people[role], clients[client].id);
    },
    customer: ({ agency = 0, client = 0, ...options } = {}) =>
      createCustomer(world, world.agencies[agency].clients[client], options),
    provider: providerOf(world.whatsapp),
    close: world.close,
  };
}

/**
 * A started backend on the engine in use, with people, customers and a provider. It runs as an api: no worker acts behind the test.
 * `{ ASTRIX_ROLE: 'all' }` starts the workers as well.
 */
export const createKit = async (overrides: Record<string, string> = {}, parts: WorldParts = {}): Promise<Kit> =>
  kitOver(await createWorld({ ASTRIX_ROLE: 'api', ...overrides }, parts));
