import { COLLECTIONS, type Feature, ROUTES, type RouteDefinition } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import * as listed from '../modules.ts';
import { demandComplete } from './check-features.ts';
import { defineModule, type Module } from './define-module.ts';
import { seedsInOrder } from './demo.ts';
import { importersOf } from './imports.ts';
import { createPortBoard, type Ports } from './ports.ts';

type Named = Module & { readonly name: string };

const never = () => Promise.reject(new Error('not called'));
const reader = async () => [];

const parcels: Feature = {
  name: 'parcels',
  optional: null,
  permissions: {},
  collections: { parcels: COLLECTIONS.clients as never },
  routes: { list: { ...(ROUTES['clients.list'] as RouteDefinition), id: 'parcels.list' } },
  writes: {},
};
const whole: Named = {
  name: 'parcels',
  handlers: { 'parcels.list': never } as never,
  readers: { parcels: reader } as never,
};

describe('modules that do not match the contract stop the boot, and the message names the missing piece and its file', () => {
  test('a feature with its module', () => {
    expect(() => demandComplete([parcels], [whole])).not.toThrow();
  });

  const WRONG: readonly (readonly [string, readonly Feature[], readonly Named[], string])[] = [
    [
      'a feature without a module',
      [parcels],
      [],
      'The feature parcels has no module. Add backend/src/modules/parcels/index.ts and its line in backend/src/modules.ts.',
    ],
    [
      'a module without a feature',
      [],
      [whole],
      'The module parcels has no feature. Add contract/parcels/index.ts and its line in contract/features.ts.',
    ],
    [
      'a route without a handler',
      [parcels],
      [{ ...whole, handlers: {} }],
      "The route parcels.list has no handler. Add handlers['parcels.list'] to backend/src/modules/parcels/index.ts.",
    ],
    [
      'a collection without a reader',
      [parcels],
      [{ ...whole, readers: {} }],
      'The collection parcels has no reader. Add readers.parcels to backend/src/modules/parcels/index.ts.',
    ],
    [
      'a reader without a collection',
      [{ ...parcels, collections: {} }],
      [whole],
      'The module parcels reads parcels, which is not one of its collections. Declare it in contract/parcels/index.ts.',
    ],
    [
      'a handler without a route',
      [{ ...parcels, routes: {} }],
      [whole],
      'The module parcels handles parcels.list, which is not one of its routes. Declare it in contract/parcels/index.ts.',
    ],
    [
      'an import of what no provider lists',
      [parcels],
      [{ ...whole, imports: { tasks: never, shipments: never } }],
      'The module parcels imports shipments, which no provider lists. Remove it from backend/src/modules/parcels/index.ts.',
    ],
    [
      'two modules of one name',
      [parcels],
      [whole, whole],
      'Two modules are named parcels. Rename one of them in backend/src/modules.ts.',
    ],
  ];
  for (const [what, features, modules, message] of WRONG)
    test(what, () => {
      expect(() => demandComplete(features, modules)).toThrow(`\n- ${message}`);
    });

  test('every fault is named at once', () => {
    expect(() => demandComplete([parcels], [{ name: 'parcels' }])).toThrow(/parcels\.list.*\n.*readers\.parcels/);
  });
});

test('the importers of one capability run in the order of their modules’ names', async () => {
  const ran: string[] = [];
  const importer = (name: string) => async () => void ran.push(name);
  const found = importersOf([
    { name: 'zebra', imports: { tasks: importer('zebra') } },
    { name: 'silent' },
    { name: 'ant', imports: { tasks: importer('ant'), orders: importer('ant orders') } },
  ]);
  for (const one of found.get('tasks') ?? []) await one({} as never, {} as never);
  expect(ran).toEqual(['ant', 'zebra']);
  expect([...found.keys()].sort()).toEqual(['orders', 'tasks']);
});

test('each module is listed under its own name, as a variable is spelled', () => {
  const spelled = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  for (const [name, definition] of Object.entries(listed)) expect(spelled(definition.name)).toBe(name);
});

test('a module that lacks a handler or a reader of its feature does not compile', () => {
  const wrong = [
    // @ts-expect-error the feature has a route
    defineModule({ name: 'notifications', create: () => ({ readers: { notificationPreferences: reader } }) }),
    // @ts-expect-error the feature has a collection
    defineModule({ name: 'notifications', create: () => ({ handlers: { 'notifications.set-preference': never } }) }),
    // @ts-expect-error the contract has no such feature
    defineModule({ name: 'parcels', create: () => ({}) }),
  ];
  expect(wrong).toHaveLength(3);
});

describe('ports', () => {
  const all: Ports = {
    authenticate: async () => null,
    watchSession: () => () => undefined,
    reachOf: async () => 'all' as const,
    hasAgencies: async () => false,
    allowsWay: async () => true,
    agencySettings: async () => {
      throw new Error('not asked for');
    },
    findClient: async () => ({ featuresOff: [] }),
    liveConnections: async () => [],
    mayCall: async () => true,
    openConnection: async () => ({ kind: 'refused', reason: 'disconnected' }),
    demandReadable: async () => ({ agencyId: '', provider: '' }),
    readConnection: async () => ({ kind: 'failed', fault: { code: 'none', reason: '', next: '' } }),
    act: async () => ({ kind: 'unknown', fault: { code: 'none', reason: '', next: '' } }),
    findCalledAddress: async () => null,
    connectedAccount: async () => null,
  };

  test('a port is usable by whoever took it before its module existed', async () => {
    const board = createPortBoard();
    const { mayCall } = board.ports;
    const connection = { agencyId: '', clientId: null, connectionId: '', actorId: null };
    expect(() => mayCall(connection, 'jira')).toThrow('The port mayCall was used before the modules were connected.');
    board.connect([{ name: 'a', provides: all }]);
    expect(await mayCall(connection, 'jira')).toBe(true);
  });

  test('a port without a module, or with two, stops the boot', () => {
    const { authenticate, ...others } = all;
    expect(() => createPortBoard().connect([{ name: 'a', provides: others }])).toThrow(
      'No module provides the port authenticate. Add provides.authenticate to the module identity.',
    );
    const twice = [
      { name: 'a', provides: all },
      { name: 'b', provides: { authenticate } },
    ];
    expect(() => createPortBoard().connect(twice)).toThrow(
      'Two modules provide the port authenticate; b is the second.',
    );
  });
});

describe('seeds of the demo', () => {
  const seed = (name: string, ...after: string[]) => ({ name, seed: { after, run: async () => undefined } });
  const order = (...modules: Parameters<typeof seedsInOrder>[0]) => {
    const names = new Map(modules.map(({ name, seed: one }) => [one, name]));
    return seedsInOrder(modules).map(one => names.get(one));
  };

  test('each runs after those that it needs, whatever the order of the list', () => {
    const modules = [seed('c', 'b'), { name: 'none' }, seed('a'), seed('b', 'a', 'none')];
    expect(order(...modules)).toEqual(['a', 'b', 'c']);
    expect(order(...modules.toReversed())).toEqual(['a', 'b', 'c']);
  });

  test('one that needs a module that is not there, and two that need each other, are refused', () => {
    expect(() => order(seed('a', 'b'))).toThrow('The seed of a comes after b, and there is no such module.');
    expect(() => order(seed('a', 'b'), seed('b', 'a'))).toThrow('come after each other');
  });
});
