import { newId, ROUTES, type RouteDefinition } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { sampleRow } from '../testkit/sample-row.ts';
import { routeHandlers } from './routes.ts';
import { rowHandlers } from './rows.ts';
import { writeHandlers } from './writes.ts';

const CLIENT = newId();
const OTHER = newId();
const all = { status: null, after: null, limit: 10 };
const person = sampleRow('people', 'Asha', { id: newId() });

/** Names that are not declared, among them what every object has. */
const UNKNOWN = ['', 'parcels', 'constructor', '__proto__', 'toString', 'people; drop table rows', '../people'];

describe('SH-14: rows cross by the name and in the shape of their collection', () => {
  const over = (rows: unknown[]) =>
    rowHandlers(() => ({
      rows: async () => ({ rows, next: null }),
      row: async () => rows[0] ?? null,
      searchRows: async () => [],
    }));

  test('a declared one is read', async () => {
    const read = await over([person])['rows.list']({ collection: 'people', clientId: null, ...all });
    expect(read).toEqual({ rows: [person], next: null });
    expect(await over([])['rows.get']({ collection: 'people', clientId: null, id: newId() })).toBeNull();
  });

  test.each([...UNKNOWN, 'messages', 'clients'])('%j is refused before the cache is asked', async collection => {
    const asked = rowHandlers(() => {
      throw new Error('the cache was asked');
    });
    const refused = { error: { code: 'bad_argument' } };
    await expect(asked['rows.list']({ collection, clientId: null, ...all })).rejects.toMatchObject(refused);
    await expect(asked['rows.get']({ collection, clientId: null, id: newId() })).rejects.toMatchObject(refused);
  });

  test('a row with a key too many, or in the shape of another collection, does not cross', async () => {
    for (const row of [
      { ...person, phone: '+91 98765 43210' },
      sampleRow('notes', 'x', { clientId: CLIENT }),
      null,
      'text',
    ]) {
      const refused = { error: { code: 'bad_result' } };
      await expect(over([row])['rows.list']({ collection: 'people', clientId: null, ...all })).rejects.toMatchObject(
        refused,
      );
    }
  });
});

describe('SH-13: the window asks only the routes that are open to it', () => {
  const called: unknown[] = [];
  const client = {
    call: async (...args: unknown[]) => {
      called.push(args);
      return { ok: true, value: { switches: [] } };
    },
  } as never;
  const demandClient = async (clientId: string) => {
    if (clientId !== CLIENT) throw new Error('You do not have access to this');
  };
  const { 'routes.read': read, 'routes.change': change } = routeHandlers({ client, slowClient: client, demandClient });
  const routes = Object.values(ROUTES) as readonly RouteDefinition[];
  const closed = routes.filter(route => route.window !== true).map(route => route.id);
  const refused = { error: { code: 'bad_argument' } };

  test('every route that gives out or takes tokens, streams or signatures is closed', () => {
    const never = routes.filter(
      route => route.auth !== 'session' || route.replyKind !== undefined || route.dataClasses.includes('credentials'),
    );
    // What a form holds and what is typed in at a provider pass through once, by a route that says so.
    const passing = [
      ...['connections.connect-key', 'connections.rotate-webhook'],
      // Passwords, codes and new authenticators of the person who is signed in, and links that are shown once to be passed on.
      ...['identity.step-up', 'identity.change-password', 'identity.begin-totp', 'identity.confirm-totp'],
      ...['identity.renew-recovery-codes', 'web-sign-in.set-provider', 'web-sign-in.add-passkey'],
      ...['people.invite', 'people.resend-invitation', 'people.start-recovery'],
    ];
    expect(never.filter(route => route.window && !passing.includes(route.id))).toEqual([]);
  });

  test.each([...closed, ...UNKNOWN])('%j is refused and nothing leaves', async route => {
    await expect(read({ route, params: {}, query: {} })).rejects.toMatchObject(refused);
    await expect(change({ route, clientId: CLIENT, params: {}, query: {} })).rejects.toMatchObject(refused);
    expect(called).toEqual([]);
  });

  test('a read is not made as a change, nor a change as a read', async () => {
    await expect(
      change({ route: 'connections.switches', clientId: CLIENT, params: {}, query: {} }),
    ).rejects.toMatchObject(refused);
    await expect(read({ route: 'connections.set-switch', params: {}, query: {} })).rejects.toMatchObject(refused);
    expect(called).toEqual([]);
  });

  test('parameters, query and body are checked against the route', async () => {
    const wrong = [
      () => read({ route: 'connections.list', params: { clientId: 'nobody' }, query: {} }),
      () => read({ route: 'connections.list', params: { clientId: CLIENT, admin: '1' }, query: {} }),
      () => read({ route: 'connections.list', params: { clientId: CLIENT }, query: { all: '1' } }),
      () => change({ route: 'connections.set-switch', clientId: CLIENT, params: {}, query: {}, body: { off: true } }),
      () =>
        change({
          route: 'connections.check',
          clientId: CLIENT,
          params: { clientId: CLIENT, connectionId: newId() },
          query: {},
          body: {},
        }),
    ];
    for (const ask of wrong) await expect(ask()).rejects.toMatchObject(refused);
    expect(called).toEqual([]);
  });

  test('SH-21: a change names a client that this person has, and its path names no other', async () => {
    const params = { clientId: OTHER, connectionId: newId() };
    const ask = (clientId: string) => change({ route: 'connections.check', clientId, params, query: {} });
    await expect(ask(OTHER)).rejects.toThrow('do not have access');
    await expect(ask(CLIENT)).rejects.toThrow('another client');
    expect(called).toEqual([]);
  });

  test('SH-21: without a client only routes of the agency are open', async () => {
    const params = { clientId: CLIENT, connectionId: newId() };
    await expect(change({ route: 'connections.check', clientId: null, params, query: {} })).rejects.toMatchObject(
      refused,
    );
    expect(called).toEqual([]);
    const archive = { route: 'clients.archive', params: { clientId: OTHER }, query: {}, body: { archived: true } };
    // The answer has another shape, so that the request has been made.
    await expect(change({ ...archive, clientId: null })).rejects.toMatchObject({ error: { code: 'bad_result' } });
    expect(called.splice(0)).toHaveLength(1);
  });

  test('a refused form names its fields', async () => {
    const ask = change({ route: 'clients.create', clientId: null, params: {}, query: {}, body: { name: '' } });
    await expect(ask).rejects.toMatchObject({
      error: { fields: expect.arrayContaining([expect.objectContaining({ path: 'name' })]) },
    });
  });

  test('an answer in another shape does not cross', async () => {
    expect(await read({ route: 'connections.switches', params: {}, query: {} })).toEqual({ switches: [] });
    const asked = read({ route: 'connections.provider-access', params: {}, query: {} });
    await expect(asked).rejects.toMatchObject({ error: { code: 'bad_result' } });
  });
});

describe('SH-21: a write names its declaration, and a subject of the client on screen', () => {
  const kept: unknown[] = [];
  const { 'writes.make': make } = writeHandlers({
    open: () => ({
      personId: newId(),
      cache: {
        enqueue: async command => {
          kept.push(command);
          return { ...command, label: '', customer: null, state: 'waiting', summary: '', attempts: 0, refusal: null };
        },
        hasRow: async ({ clientId }) => clientId === CLIENT,
        outbox: async () => [],
        retry: async () => undefined,
        discard: async () => undefined,
        restore: async () => null,
      },
      pump: { count: async () => undefined, kick: () => undefined },
    }),
    newId,
    serverNow: () => new Date(0),
    changed: () => undefined,
    onDiskFull: () => undefined,
  });
  const args = { clientId: CLIENT, conversationId: newId(), personId: null };
  const refused = { error: { code: 'bad_argument' } };

  test.each(UNKNOWN)('%j is no write', async write => {
    await expect(make({ write, clientId: CLIENT, args })).rejects.toMatchObject(refused);
    expect(kept).toEqual([]);
  });

  test('arguments that do not fit, and one too many, are refused by name', async () => {
    const write = 'conversations.assign';
    await expect(make({ write, clientId: CLIENT, args: { ...args, personId: 7 } })).rejects.toThrow('personId');
    await expect(make({ write, clientId: CLIENT, args: { ...args, role: 'owner' } })).rejects.toMatchObject(refused);
    // Ids that the writer makes come from main, never from the window.
    const reply = { clientId: CLIENT, conversationId: newId(), text: 'x', replyToId: null, seenInboundId: null };
    const forged = { ...reply, messageId: newId() };
    await expect(make({ write: 'conversations.reply', clientId: CLIENT, args: forged })).rejects.toMatchObject(refused);
    expect(kept).toEqual([]);
  });

  test('the screen of another client, and a subject that is not there, are refused', async () => {
    const write = 'conversations.assign';
    await expect(make({ write, clientId: OTHER, args })).rejects.toThrow('another client');
    await expect(make({ write, clientId: OTHER, args: { ...args, clientId: OTHER } })).rejects.toThrow(
      'do not have access',
    );
    expect(kept).toEqual([]);
    await make({ write, clientId: CLIENT, args });
    expect(kept).toHaveLength(1);
  });
});
