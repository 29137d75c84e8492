import '../testkit/fake-window.ts';
import { COLLECTION_NAMES } from '@astrix/contract';
import { QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import type { ClientView } from '../../shared/ipc.ts';

/** A person of whom every permission is true, so that every query of a screen is made. */
vi.mock('../lib/app-state.ts', () => ({
  useAppState: (select: (state: object) => unknown) =>
    select({
      account: { status: 'signed-in', personId: 'p', permissions: { includes: () => true } },
      settings: null,
      sync: null,
    }),
  useMay: () => true,
  useOnline: () => true,
}));

const { forgetOtherClients, queryClient } = await import('../lib/queries.ts');
const { rowsKey } = await import('../lib/rows.ts');
const { REGISTRY } = await import('./registry.ts');

const CHAI = '01990000-0000-7c00-8000-000000000001';
const LOOM = '01990000-0000-7c00-8000-000000000002';
const ROW = '01990000-0000-7c00-8000-0000000000aa';

const clientOf = (id: string): ClientView => ({
  ...{
    id,
    name: id,
    initials: 'XX',
    hue: 'teal',
    shade: 'middle',
    shape: 'square',
    replyAs: id,
    status: 'active',
    logo: null,
    featuresOff: [],
    retention: 'days-30',
    createdAt: '2026-11-01T00:00:00.000Z',
  },
  ...{ lastUsedAt: null, unread: 0, failed: 0, closing: 0, waiting: 0, muted: false },
});

/** Draws a screen and its count as the window does, so that every query that they begin with is in the cache. */
function draw({ Screen, count }: (typeof REGISTRY.screens)[number], clientId: string): void {
  const Count = () => {
    count?.use(clientId);
    return null;
  };
  const props = { client: clientOf(clientId), at: ROW, open: () => undefined };
  renderToString(
    createElement(QueryClientProvider, { client: queryClient }, createElement(Screen, props), createElement(Count)),
  );
}

const cached = () => queryClient.getQueryCache().getAll();
const naming = (clientId: string) => cached().filter(({ queryKey }) => JSON.stringify(queryKey).includes(clientId));

afterEach(() => queryClient.clear());

test.each(COLLECTION_NAMES)('SH-21: no row of %s stays when another client is opened', collection => {
  const mine = [
    rowsKey(collection, LOOM, 'all'),
    rowsKey(collection, LOOM, 'one', ROW),
    rowsKey(collection, null, 'all'),
  ];
  const others = [rowsKey(collection, CHAI, 'all'), rowsKey(collection, CHAI, 'list', null), rowsKey(collection, CHAI)];
  for (const key of [...mine, ...others]) queryClient.setQueryData(key, [{ id: ROW }]);

  forgetOtherClients(LOOM);

  expect(cached().map(({ queryKey }) => queryKey)).toEqual(mine);
});

test.each(REGISTRY.screens)(
  'SH-21: of what $id asked for a client nothing stays when another one is opened',
  screen => {
    draw(screen, CHAI);
    draw(screen, LOOM);
    const ofLoom = naming(LOOM).length;
    expect(naming(CHAI).length).toBe(ofLoom);
    expect(ofLoom).toBeGreaterThan(0);

    forgetOtherClients(LOOM);

    expect(naming(CHAI)).toEqual([]);
    expect(naming(LOOM)).toHaveLength(ofLoom);
  },
);

test.each(REGISTRY.agencyScreens)('$id of the agency begins with queries of the agency', ({ Screen }) => {
  renderToString(
    createElement(
      QueryClientProvider,
      { client: queryClient },
      createElement(Screen, { at: null, open: () => undefined }),
    ),
  );
  for (const { queryKey } of cached()) expect(queryKey[0]).toBe('agency');
});

test('on a screen of the agency nothing of any client stays', () => {
  for (const id of [CHAI, LOOM]) queryClient.setQueryData(rowsKey('contacts', id, 'all'), []);
  queryClient.setQueryData(rowsKey('people', null, 'all'), []);
  forgetOtherClients(null);
  expect(cached().map(({ queryKey }) => queryKey)).toEqual([rowsKey('people', null, 'all')]);
});

test.each(REGISTRY.screens)('every query of $id says first whose data it holds', screen => {
  draw(screen, CHAI);
  for (const { queryKey } of cached()) {
    if (JSON.stringify(queryKey).includes(CHAI)) expect(queryKey.slice(0, 2)).toEqual(['client', CHAI]);
    else expect(queryKey[0]).toBe('agency');
  }
});
