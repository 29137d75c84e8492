import { QueryClient } from '@tanstack/react-query';
import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import type { ChangeRoute, ReadRoute } from './routes.ts';

const asked: { channel: string; args: unknown }[] = [];
const channel = (name: string, answer: unknown) => async (args: unknown) => {
  asked.push({ channel: name, args });
  return { ok: true, value: answer };
};
const row = { id: 'row-1' };

vi.mock('./bridge.ts', () => ({
  ask: async (reply: Promise<{ value: unknown }>) => (await reply).value,
  bridge: {
    rows: { list: channel('rows.list', { rows: [row], next: 'page-2' }), get: channel('rows.get', row) },
    writes: { make: channel('writes.make', { id: 'item-1' }) },
    routes: { read: channel('routes.read', { receipts: [] }), change: channel('routes.change', null) },
  },
}));

const { concerns } = await import('./query-keys.ts');
const { change, readRoute, routeQuery, routesKey } = await import('./routes.ts');
const { allRows, oneRow } = await import('./rows.ts');
const { write } = await import('./write.ts');

const CHAI = 'chai-katha';
const queries = new QueryClient();
const callOf = async (work: () => Promise<unknown>) => {
  asked.length = 0;
  await work();
  expect(asked).toHaveLength(1);
  return asked[0];
};

describe('rows', () => {
  test('of a client are read under the client, and its topic concerns them', async () => {
    const call = await callOf(() => queries.fetchQuery(allRows('contacts', CHAI)));
    expect(call).toEqual({
      channel: 'rows.list',
      args: { collection: 'contacts', clientId: CHAI, status: null, after: null, limit: 500 },
    });
    for (const { queryKey } of [allRows('contacts', CHAI), oneRow('contacts', CHAI, 'row-1')]) {
      expect(concerns(`rows:contacts:${CHAI}`, queryKey)).toBe(true);
      expect(concerns('rows:contacts:another-client', queryKey)).toBe(false);
    }
  });

  test('of the agency are read without a client', async () => {
    const call = await callOf(() => queries.fetchQuery(oneRow('people', null, 'person-1')));
    expect(call).toEqual({ channel: 'rows.get', args: { collection: 'people', clientId: null, id: 'person-1' } });
    expect(concerns('rows:people:*', oneRow('people', null, 'person-1').queryKey)).toBe(true);
  });
});

test('SH-21: a write names the client of its arguments', async () => {
  const args = { clientId: CHAI, conversationId: 'conversation-1', personId: null };
  const call = await callOf(() => write('conversations.assign', args));
  expect(call).toEqual({ channel: 'writes.make', args: { write: 'conversations.assign', clientId: CHAI, args } });
});

describe('routes', () => {
  test('are asked with text, and without what was left out', async () => {
    const call = await callOf(() =>
      readRoute('previews.read', {
        params: { clientId: CHAI, connectionId: 'connection-1', capability: 'orders' },
        query: { text: 'AWB 1', refresh: undefined },
      }),
    );
    expect(call?.args).toEqual({
      route: 'previews.read',
      params: { clientId: CHAI, connectionId: 'connection-1', capability: 'orders' },
      query: { text: 'AWB 1' },
    });
  });

  test('are kept under the client of their path, else under the agency', () => {
    const data = routeQuery('previews.read', {
      params: { clientId: CHAI, connectionId: 'connection-1', capability: 'orders' },
      query: { text: 'AWB 1' },
    });
    const prefix = routesKey('previews', CHAI, 'read', 'connection-1', 'orders');
    expect(data.queryKey).toEqual([...prefix, { text: 'AWB 1' }]);
    expect(prefix.slice(0, 2)).toEqual(['client', CHAI]);
    expect(routeQuery('connections.switches', {}).queryKey[0]).toBe('agency');
  });

  test('SH-21: a change names the client on screen beside its path', async () => {
    const body = { denied: [] };
    const call = await callOf(() =>
      change('connections.set-provider-access', CHAI, { params: { personId: 'person-1' }, body }),
    );
    expect(call).toEqual({
      channel: 'routes.change',
      args: {
        route: 'connections.set-provider-access',
        clientId: CHAI,
        params: { personId: 'person-1' },
        query: {},
        body,
      },
    });
    const bare = await callOf(() =>
      change('connections.check', CHAI, { params: { clientId: CHAI, connectionId: 'connection-1' } }),
    );
    expect(bare?.args).not.toHaveProperty('body');
  });
});

test('what the declarations do not have does not compile', () => {
  expectTypeOf<'undeclared'>().not.toExtend<Parameters<typeof allRows>[0]>();
  expectTypeOf<'connections.switches'>().toExtend<ReadRoute>();
  expectTypeOf<'connections.switches'>().not.toExtend<ChangeRoute>();
  expectTypeOf<'connections.set-switch'>().not.toExtend<ReadRoute>();
  // Its feature does not open it to the window.
  expectTypeOf<'connections.claim'>().not.toExtend<ChangeRoute>();

  const conversation = { clientId: CHAI, conversationId: 'conversation-1' };
  expectTypeOf<typeof conversation>().not.toExtend<Parameters<typeof write<'conversations.assign'>>[1]>();
  const ofClient = { params: { clientId: CHAI } };
  expectTypeOf<typeof ofClient>().not.toExtend<Parameters<typeof change<'connections.check'>>[2]>();
  expectTypeOf<typeof ofClient>().toExtend<Parameters<typeof routeQuery<'connections.list'>>[1]>();
});
