import { roleMay } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHouse, forgedToken, type House, type Ids, nobodysIds, phoneOf } from './house.ts';
import { type Ledger, ledgerOfAgency } from './ledger.ts';
import {
  ask,
  bodyFor,
  idFields,
  MADE,
  type NamedRoute,
  type Parts,
  paramNames,
  queryFor,
  requestOf,
  SESSION_ROUTES,
  shapeOf,
} from './requests.ts';

let house: House;
let before: Ledger;
beforeAll(async () => {
  // No worker: nothing but the requests of the test moves a row.
  house = await createHouse({ ASTRIX_ROLE: 'api' });
  before = await ledgerOfAgency(house.world.db, house.world.agencies[1].id);
});
afterAll(() => house.close());

const PRINCIPALS = ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'] as const;
const own = () => house.ids[0]![0]!;
const foreign = () => house.ids[1]![0]!;

const usedUp = () =>
  house.ids[1]!.slice(1).flatMap(({ clientId, conversationId, contactId, messageId, noteId, deadLetterId }) => [
    clientId,
    conversationId,
    contactId,
    messageId,
    noteId,
    deadLetterId,
  ]);
type Made = Readonly<Record<string, string>>;
/** Ids that the writer makes: using one that stands in another agency makes a row of one's own, which is not foreign. */
const madeFor = (nth: number): Made => Object.fromEntries(MADE.map((name, n) => [name, usedUp()[2 * nth + (n % 2)]!]));

/** Nothing that belongs to the second agency may stand in an answer to anybody of the first. */
function expectNothingForeign(text: string, asked: readonly string[]) {
  const { agencies } = house.world;
  const secrets = [
    'mark-of-1-',
    phoneOf(1, 0),
    agencies[1].id,
    ...agencies[1].clients.flatMap(client => [client.id, client.channelId, client.connectionId, client.accountId]),
    ...Object.values(agencies[1].people).flatMap(person => [person.id, person.email]),
    ...house.ids[1]!.flatMap(ids => Object.values(ids) as string[]),
  ].filter(secret => !usedUp().includes(secret));
  for (const secret of secrets) if (!asked.includes(secret)) expect(text).not.toContain(secret);
}

/** One id of the request at a time is somebody else's: in the path, in the query, in the body. */
function variants([name, route]: NamedRoute, strange: Ids, madeWith: Made) {
  const now = house.world.clock.now();
  const parts = (): Parts => ({ path: own(), query: {}, body: bodyFor(name, route, own(), now) });
  const found: { where: string; parts: Parts }[] = [];
  for (const param of paramNames(route)) {
    found.push({ where: `path.${param}`, parts: { ...parts(), path: { ...own(), [param]: strange[param]! } } });
  }
  if (paramNames(route).length > 1) found.push({ where: 'path', parts: { ...parts(), path: strange } });
  const query = queryFor(name, strange, now);
  if (Object.keys(query).length > 0) found.push({ where: 'query', parts: { ...parts(), query } });
  const body = parts().body;
  for (const field of idFields(body)) {
    const made = MADE.find(name => name === field);
    const named = field === 'subject' ? 'spareConnectionId' : field;
    const id = made ? madeWith[made] : (strange[named] ?? strange.messageId);
    found.push({ where: `body.${field}`, parts: { ...parts(), body: { ...body, [field]: id } } });
  }
  return found;
}

const namesAnId = SESSION_ROUTES.filter(
  ([name, route]) => paramNames(route).length > 0 || Object.keys(queryFor(name, nobodysIds(), new Date(0))).length > 0,
);

describe('AZ-02: an id of another agency answers like the id of nobody, and nothing over there moves', () => {
  for (const [nth, role] of PRINCIPALS.entries()) {
    test(`${role}: ${namesAnId.length} routes, each id of each in path, query and body`, async () => {
      const token = house.tokenOf({ agency: 0, role });
      let compared = 0;
      for (const [name, route] of namesAnId) {
        const theirs = variants([name, route], foreign(), madeFor(nth));
        const nobodys = variants([name, route], nobodysIds(), nobodysIds());
        for (const [i, { where, parts }] of theirs.entries()) {
          const nothing = nobodys[i]!.parts;
          const asked = (of: Parts) => JSON.stringify([of.path, of.query, of.body]).match(/[0-9a-f-]{36}/g) ?? [];
          const there = await ask(house.world, route, requestOf(route, nothing, token));
          const here = await ask(house.world, route, requestOf(route, parts, token));
          expect(shapeOf(here, asked(parts)), `${name} ${where}`).toBe(shapeOf(there, asked(nothing)));
          expect(here.status, `${name} ${where}`).toBeLessThan(500);
          // AZ-08: what is forbidden does not even exist; a role that may do nothing of the kind is told so before any id is looked at.
          if (where.startsWith('path'))
            expect(here.status, `${name} ${where}`).toBe(roleMay(role, route.permission!) ? 404 : 403);
          expectNothingForeign(here.text, asked(parts));
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(namesAnId.length);
      expect(await ledgerOfAgency(house.world.db, house.world.agencies[1].id)).toEqual(before);
    });
  }

  test('nobody: without a session, or with one that was never given, every route refuses in the same words', async () => {
    const answers = new Set<string>();
    for (const [name, route] of SESSION_ROUTES) {
      for (const ids of [own(), nobodysIds()]) {
        for (const token of [null, forgedToken()]) {
          const parts = { path: ids, query: {}, body: bodyFor(name, route, ids, house.world.clock.now()) };
          answers.add(shapeOf(await ask(house.world, route, requestOf(route, parts, token)), []));
        }
      }
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toMatch(/^401 application\/problem\+json/);
  });

  test('AZ-06: nothing that a person can list or pull belongs to the other agency', async () => {
    for (const role of PRINCIPALS) {
      for (const [name, route] of SESSION_ROUTES.filter(([, route]) => route.method === 'GET')) {
        const parts = { path: own(), query: {}, body: undefined };
        const answer = await ask(house.world, route, requestOf(route, parts, house.tokenOf({ agency: 0, role })));
        expect([200, 403], `${role} ${name}`).toContain(answer.status);
        expectNothingForeign(answer.text, []);
      }
    }
  });

  test('the ledger notices a single changed row', async () => {
    const { db, agencies } = house.world;
    const headers = { authorization: `Bearer ${house.tokenOf({ agency: 1, role: 'agent' })}` };
    const url = `/v1/clients/${foreign().clientId}/notification-preference`;
    const payload = { muted: true, quietFrom: 60, quietTo: 120 };
    expect((await house.world.inject({ method: 'PUT', url, headers, payload })).statusCode).toBe(204);
    const after = await ledgerOfAgency(db, agencies[1].id);
    const moved = Object.keys(after).filter(table => after[table] !== before[table]);
    expect(moved).toContain('notification_preferences');
  });
});
