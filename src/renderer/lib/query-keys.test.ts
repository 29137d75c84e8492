import { QueryClient } from '@tanstack/react-query';
import { describe, expect, test } from 'vitest';
import { agencyKey, clientKey, clientOf, concerns } from './query-keys.ts';

const CHAI = 'chai-katha';
const LOOM = 'indigo-loom';

describe('a topic concerns', () => {
  test('the rows of its collection for its client, and nothing else', () => {
    const topic = `rows:parcels:${CHAI}`;
    expect(concerns(topic, clientKey(CHAI, 'rows', 'parcels'))).toBe(true);
    expect(concerns(topic, clientKey(CHAI, 'rows', 'parcels', 'parcel-1'))).toBe(true);
    expect(concerns(topic, clientKey(LOOM, 'rows', 'parcels'))).toBe(false);
    expect(concerns(topic, clientKey(CHAI, 'rows', 'contacts'))).toBe(false);
    expect(concerns(topic, clientKey(CHAI, 'inbox', 'list'))).toBe(false);
    expect(concerns(topic, agencyKey('rows', 'parcels'))).toBe(false);
  });

  test('rows of the agency, when it names all clients', () => {
    expect(concerns('rows:people:*', agencyKey('rows', 'people'))).toBe(true);
    expect(concerns('rows:people:*', agencyKey('rows', 'clients'))).toBe(false);
  });

  test('everything of the inbox of its client, but not the thread that is open', () => {
    for (const kind of ['list', 'counts', 'conversation', 'tags'])
      expect(concerns(`inbox:${CHAI}`, clientKey(CHAI, 'inbox', kind))).toBe(true);
    expect(concerns(`inbox:${CHAI}`, clientKey(LOOM, 'inbox', 'list'))).toBe(false);
    expect(concerns(`inbox:${CHAI}`, clientKey(CHAI, 'thread', 'conversation-1'))).toBe(false);
    expect(concerns(`inbox:${CHAI}`, clientKey(CHAI, 'search', 'kettle'))).toBe(false);
  });

  test('one thread of any client, or every thread', () => {
    expect(concerns('thread:conversation-1', clientKey(CHAI, 'thread', 'conversation-1'))).toBe(true);
    expect(concerns('thread:conversation-1', clientKey(LOOM, 'thread', 'conversation-1'))).toBe(true);
    expect(concerns('thread:conversation-1', clientKey(CHAI, 'thread', 'conversation-2'))).toBe(false);
    expect(concerns('thread:*', clientKey(CHAI, 'thread', 'conversation-2'))).toBe(true);
    expect(concerns('thread:*', clientKey(CHAI, 'inbox', 'list'))).toBe(false);
  });

  test('data of the agency, when it names no client', () => {
    expect(concerns('clients', agencyKey('clients'))).toBe(true);
    expect(concerns('outbox', agencyKey('outbox'))).toBe(true);
    expect(concerns('outbox', agencyKey('clients'))).toBe(false);
    expect(concerns('outbox', clientKey(CHAI, 'inbox', 'list'))).toBe(false);
  });
});

test('a key names the client that it belongs to', () => {
  expect(clientOf(clientKey(CHAI, 'inbox'))).toBe(CHAI);
  expect(clientOf(agencyKey('clients'))).toBeNull();
});

test('a query whose key does not say whose data it holds does not compile', () => {
  const queries = new QueryClient();
  // @ts-expect-error: the key begins with neither `client` nor `agency`
  queries.setQueryData(['parcels', CHAI], []);
  // @ts-expect-error: the key begins with `client` and names none
  queries.setQueryData(['client'], []);
  queries.setQueryData(clientKey(CHAI, 'parcels'), []);
  expect(queries.getQueryCache().getAll()).toHaveLength(3);
});
