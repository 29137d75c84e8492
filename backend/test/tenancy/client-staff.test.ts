import { randomUUID } from 'node:crypto';
import { COLLECTION_NAMES, COLLECTIONS, type CollectionName } from '@astrix/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMember, createPerson, grantAccess } from '../../src/modules/identity/index.ts';
import { keyringFrom, sha256 } from '../../src/platform/crypto/index.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { createHouse, type House } from './house.ts';
import { ask, requestOf, SESSION_ROUTES } from './requests.ts';

const TAG = 'slow-payer';
const RIVAL = { name: 'Chief of the rival', email: 'chief@rival.example' };

let house: House;
let rivalId: string;
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' });
  const [agency] = house.world.agencies;
  rivalId = await withSystem(house.world.db, 'demo-seed', async tx => {
    const keyring = keyringFrom(sha256('the rival needs none'));
    const id = await createPerson(tx, keyring, { ...RIVAL, passwordHash: 'none', totp: null });
    await addMember(tx, agency.id, id, 'client');
    await grantAccess(tx, agency.id, agency.clients[1].id, id);
    return id;
  });
  const { clientId, conversationId } = ids();
  const reply = await house.world.inject({
    method: 'PUT',
    url: `/v1/clients/${clientId}/conversations/${conversationId}/tags`,
    headers: { ...as('agent'), 'idempotency-key': randomUUID() },
    payload: { add: [TAG], remove: [] },
  });
  expect(reply.statusCode).toBe(200);
});
afterAll(() => house.close());

const ids = () => house.ids[0]![0]!;
const token = (role: 'agent' | 'client') => house.tokenOf({ agency: 0, role });
const as = (role: 'agent' | 'client') => ({ authorization: `Bearer ${token(role)}` });
type Line = {
  t: string;
  c?: CollectionName;
  ids?: string[];
  rows?: { id: string }[];
  cursor?: string;
  reset?: boolean;
};
async function pulled(
  role: 'agent' | 'client',
  since?: string,
): Promise<{ text: string; lines: Line[]; cursor: string }> {
  const query = { collections: COLLECTION_NAMES.join(','), ...(since ? { since } : {}) };
  const { body } = await house.world.inject({ url: '/v1/sync', query, headers: as(role) });
  const lines = body
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
  return { text: body, lines, cursor: lines.at(-1)!.cursor! };
}
const notesOf = (agency: string) =>
  withSystem(house.world.db, 'telemetry', tx =>
    tx.selectFrom('notes').select(['id', 'text']).where('agency_id', '=', agency).execute(),
  );

/** What the staff of a client must not find in any answer. */
async function hidden(): Promise<string[]> {
  const notes = await notesOf(house.world.agencies[0].id);
  expect(notes.length).toBeGreaterThan(2);
  return [TAG, rivalId, ...Object.values(RIVAL), ...notes.flatMap(({ id, text }) => [id, text])];
}

test('AZ-05: no route and no feed gives the staff of a client a note, an internal field or a person of another client', async () => {
  const texts = new Map<string, string>();
  for (const [name, route] of SESSION_ROUTES.filter(([, { method }]) => method === 'GET')) {
    const streamed = route.replyKind === 'ndjson' || route.replyKind === 'events';
    if (streamed) continue;
    const request = requestOf(route, { path: ids(), query: {}, body: undefined }, token('client'));
    texts.set(name, (await ask(house.world, route, request)).text);
  }
  texts.set('a pull', (await pulled('client')).text);
  for (const word of await hidden())
    for (const [where, text] of texts) expect(text.includes(word), `${word} stands in ${where}`).toBe(false);
});

test('AZ-05: the agency gets all of it, so that the test above looks for something that is there', async () => {
  const { text } = await pulled('agent');
  const { clientId, conversationId } = ids();
  const thread = await house.world.inject({
    url: `/v1/clients/${clientId}/conversations/${conversationId}/messages`,
    headers: as('agent'),
  });
  expect(thread.json().notes.length).toBeGreaterThan(0);
  for (const word of [TAG, rivalId, RIVAL.name, thread.json().notes[0].text]) expect(text).toContain(word);
});

test('AZ-05: of the people the staff of a client get the agency and those of their own client', async () => {
  const { people } = (await house.world.inject({ url: '/v1/people', headers: as('client') })).json();
  const [agency] = house.world.agencies;
  const own = Object.values(agency.people).map(({ id }) => id);
  expect(people.map((person: { id: string }) => person.id).sort()).toEqual([...own].sort());
});

test('AZ-05: a pull names no row of a collection that is for the agency alone, also not as gone', async () => {
  const { lines } = await pulled('client');
  const kept = COLLECTION_NAMES.filter(name => COLLECTIONS[name].audience === 'agency');
  expect(kept.length).toBeGreaterThan(0);
  expect(lines.filter(({ c }) => c !== undefined && kept.includes(c))).toEqual([]);
});

test('AU-08, AZ-05: somebody who begins to work for the same client is seen from the next pull on', async () => {
  const [agency] = house.world.agencies;
  const { cursor } = await pulled('client');
  await withSystem(house.world.db, 'demo-seed', tx => grantAccess(tx, agency.id, agency.clients[0].id, rivalId));
  await expect.poll(async () => (await pulled('client', cursor)).text).toContain(RIVAL.name);
  await withSystem(house.world.db, 'demo-seed', tx =>
    tx
      .deleteFrom('client_access')
      .where('client_id', '=', agency.clients[0].id)
      .where('person_id', '=', rivalId)
      .execute(),
  );
  expect((await pulled('client')).text).not.toContain(rivalId);
});

test('AU-08, AZ-05: a console begins anew when its person changes between agency and client, and drops what it had', async () => {
  const [agency] = house.world.agencies;
  const setRole = (role: 'agent' | 'client') =>
    withSystem(house.world.db, 'demo-seed', tx =>
      tx.updateTable('memberships').set({ role }).where('person_id', '=', agency.people.agent.id).execute(),
    );
  const before = await pulled('agent');
  expect((await pulled('agent', before.cursor)).lines[0]!.reset).toBe(false);
  await setRole('client');
  const after = await pulled('agent', before.cursor);
  expect(after.lines[0]!.reset).toBe(true);
  expect(after.text).not.toContain(TAG);
  await setRole('agent');
  expect((await pulled('agent', after.cursor)).lines[0]!.reset).toBe(true);
});
