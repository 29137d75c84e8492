import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorld, type World } from '../../../../test/world.ts';
import { withSystem } from '../../../platform/db/index.ts';
import { addMember, placesOf, suspendPerson } from '../index.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const asOperator = <T>(work: Parameters<typeof withSystem<T>>[2]) => withSystem(world.db, 'operator', work);
const me = (token: string) => world.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } });

test('AU-09: a person who is suspended by the operator is out on the next request, in that agency alone', async () => {
  const [one, two] = world.agencies;
  const { agent } = one.people;
  const token = await world.tokenOf(agent);
  await asOperator(tx => addMember(tx, two.id, agent.id, 'agent'));
  expect((await me(token)).statusCode).toBe(200);
  const places = await asOperator(tx => placesOf(tx, agent.email));
  expect(places.map(({ agencyId }) => agencyId).sort()).toEqual([one.id, two.id].sort());
  expect(await asOperator(tx => suspendPerson(tx, { agencyId: one.id, personId: agent.id }))).toEqual({
    sessions: 1,
    hasOwner: true,
  });
  expect((await me(token)).statusCode).toBe(401);
  expect((await asOperator(tx => placesOf(tx, agent.email))).map(({ agencyId }) => agencyId)).toEqual([two.id]);
});

test('the operator may suspend the only owner, and is told that nobody is left', async () => {
  const [{ id: agencyId, people }] = world.agencies;
  const { hasOwner } = await asOperator(tx => suspendPerson(tx, { agencyId, personId: people.owner.id }));
  expect(hasOwner).toBe(false);
});
