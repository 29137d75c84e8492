import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  COLLECTION_NAMES,
  type CollectionName,
  collectionOf,
  FIRST_COLLECTIONS,
  lenient,
  ROUTES,
  type RouteDefinition,
  type RouteName,
  SyncLine,
} from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeptContract, KeptRoute } from '../../../tools/keep-contract.ts';
import { newId } from '../../src/kernel/ids.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { exampleOf } from '../contract/official/example.ts';
import { judge } from '../contract/official/schema.ts';
import { createHouse, type House } from '../tenancy/house.ts';
import { ask, bodyFor, requestOf } from '../tenancy/requests.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'contract', 'previous');
/**
 * Fields of 0.1.0 that got their present names before any agency had installed that version. It is read under these names; every other
 * difference is a break. A version that was installed gets no entry here.
 */
const RENAMED_BEFORE_RELEASE: Readonly<Record<string, string>> = {
  standing: 'availability',
  standingNote: 'availabilityNote',
  through: 'bundledWith',
  trouble: 'fault',
};
const renamed = (text: string): string =>
  text.replaceAll(
    /"(standing|standingNote|through|trouble)"/g,
    (_, name: string) => `"${RENAMED_BEFORE_RELEASE[name]}"`,
  );
/** Ids of routes that moved to another module. An id is a name inside of a version: consoles and servers find each other by the address. */
const MOVED: Readonly<Record<string, RouteName>> = { 'connections.data': 'previews.read' };
const nowCalled = (id: string): RouteName => MOVED[id] ?? (id as RouteName);
/** In 0.1.0 the names of permissions were a closed list, before any agency had installed it. It is read as the open list that it became. */
const opened = (text: string): string =>
  text.replaceAll(/("permissions":\{"type":"array","items":\{"type":"string"),"enum":\[[^\]]*\]/g, '$1');
const PREVIOUS = readdirSync(FOLDER).map(file => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  return JSON.parse(file === '0.1.0.json' ? opened(renamed(text)) : text) as KeptContract;
});

const how = { resolve: () => undefined, closed: false, direction: 'reply' } as const;
type Schema = Parameters<typeof judge>[0];
/** A console drops keys that it does not know (contract/lenient.ts), so what it reads may have more of them. */
const readable = <S>(schema: S): S =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  );
const faultsOf = (schema: unknown, value: unknown, at: string): string[] =>
  judge(schema as Schema, value, at, how).map(fault => `${fault.at}: ${fault.says}`);

/** The part of a body that a caller of that version knows. */
function known(body: Record<string, unknown>, schema: Record<string, unknown> | null): Record<string, unknown> {
  const names = new Set(Object.keys((schema?.properties ?? {}) as object));
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
}

let house: House;
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' });
});
afterAll(() => house.close());

describe.each(PREVIOUS)('F-22: a console of version $version', ({ routes, collections }) => {
  test('finds each of its routes at the same address, open to the same callers', () => {
    for (const [id, kept] of Object.entries(routes)) {
      const route = ROUTES[nowCalled(id)] as RouteDefinition | undefined;
      expect(route, `${id} is gone`).toBeDefined();
      expect({ id, method: route!.method, path: route!.path, auth: route!.auth, status: route!.replyStatus }).toEqual({
        ...{ id, method: kept.method, path: kept.path, auth: kept.auth, status: kept.status },
      });
    }
  });

  const asked = Object.entries(routes).filter(
    ([id, kept]) =>
      kept.auth === 'session' && kept.kind === 'json' && !['identity.sign-out', 'identity.end-session'].includes(id),
  );
  test('sends what it always sent, and can read every answer', async () => {
    let read = 0;
    for (const [id, kept] of asked) {
      const route = ROUTES[nowCalled(id)] as RouteDefinition;
      const ids = { ...house.ids[0]![0]! };
      if (/^connections\.(claim|confirm|cancel)$/.test(id))
        ids.attemptId = await house.attemptOf({ agency: 0, role: 'owner' }, 0);
      if (id === 'connections.disconnect') ids.connectionId = ids.spareConnectionId;
      // An owner works on every client.
      if (id === 'conversations.assign') ids.personId = house.world.agencies[0].people.owner.id;
      const sample = bodyFor(nowCalled(id), route, ids, house.world.clock.now());
      const body = sample && known(sample, kept.body);
      if (kept.body) expect(judge(kept.body as Schema, body, id, { ...how, direction: 'request' }), id).toEqual([]);
      const token = house.tokenOf({ agency: 0, role: 'owner' });
      const answer = await ask(house.world, route, requestOf(route, { path: ids, query: {}, body }, token));
      // The form of a provider that has none is refused after all that a version can differ in.
      if (id !== 'connections.connect-key') expect(answer.status, `${id}: ${answer.text}`).toBe(kept.status);
      if (answer.status !== kept.status || kept.status === 204) continue;
      expect(faultsOf(readable(kept.reply), JSON.parse(answer.text), id)).toEqual([]);
      read += 1;
    }
    expect(read).toBeGreaterThan(asked.length / 2);
  });

  test('names no collections, gets those it knows and no others, and can read every row', async () => {
    const [agency] = house.world.agencies;
    await withSystem(house.world.db, 'demo-seed', tx =>
      sql`insert into changes (agency_id, collection, row_id, client_id, op, xid, seq)
        values (${agency.id}, 'parcels', ${newId()}, ${agency.clients[0].id}, 'put', '3'::xid8, 1)`.execute(tx),
    );
    const token = house.tokenOf({ agency: 0, role: 'owner' });
    const reply = await house.world.inject({ url: '/v1/sync', headers: { authorization: `Bearer ${token}` } });
    const lines = reply.body
      .trim()
      .split('\n')
      .map(line => SyncLine.parse(JSON.parse(line)));
    expect(lines.at(-1)?.t).toBe('end');
    const seen = new Set<string>();
    for (const line of lines) {
      if (line.t !== 'rows' && line.t !== 'gone') continue;
      expect(Object.keys(collections)).toContain(line.c);
      seen.add(line.c);
      if (line.t === 'rows')
        for (const row of line.rows) expect(faultsOf(readable(collections[line.c]), row, line.c)).toEqual([]);
    }
    expect([...seen].sort()).toEqual(Object.keys(collections).sort());
  });
});

test('F-22: what is sent to a console that names no collections is what the first version kept', () => {
  expect(Object.keys(PREVIOUS.find(({ version }) => version === '0.1.0')!.collections).sort()).toEqual(
    [...FIRST_COLLECTIONS].sort(),
  );
  expect(FIRST_COLLECTIONS.filter(name => !(COLLECTION_NAMES as string[]).includes(name))).toEqual([]);
});

describe.each(PREVIOUS)('F-22: a server of version $version', ({ routes, collections }) => {
  const answering = Object.entries(routes).filter(([, kept]) => kept.kind === 'json' && kept.status !== 204);
  const example = (schema: unknown) => exampleOf(schema as never, how);

  test.each(answering)('%s: its reply can be read', async (id, kept: KeptRoute) => {
    const reply = example(kept.reply);
    expect(judge(kept.reply as Schema, reply, id, how), 'the example is one of that version').toEqual([]);
    const client = createClient({
      baseUrl: 'http://127.0.0.1:1',
      accessToken: async () => 'a-token-of-the-session',
      fetch: async () =>
        new Response(JSON.stringify(reply), { status: kept.status, headers: { 'content-type': 'application/json' } }),
    });
    const ids = new Proxy({}, { get: () => newId() });
    const answer = await client.call(nowCalled(id) as 'clients.get', { params: ids as { clientId: string } });
    expect(answer, id).toMatchObject({ ok: true });
  });

  test.each(Object.entries(collections))('its rows of %s can be read', (name, schema) => {
    const read = lenient(collectionOf(name as CollectionName).row).safeParse(example(schema));
    expect(read.error?.issues ?? []).toEqual([]);
  });
});
