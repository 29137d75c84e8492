import { PersonRow, ROLES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { withSystem } from '../../platform/db/index.ts';
import { disableMember } from '../identity/index.ts';

let kit: Kit;
let owner: Person;
beforeAll(async () => {
  kit = await createKit();
  owner = await kit.as('owner');
});
afterAll(() => kit.close());

const peopleOf = async (person: Person) => (await person.call('agencies.list-people')).people;

describe('list-people', () => {
  test('shows every member of the agency by name, in the shape of the contract, and nobody of another agency', async () => {
    const people = await peopleOf(owner);
    expect(people.map(row => PersonRow.parse(row))).toEqual(people);
    expect(people.map(({ id }) => id).sort()).toEqual(ROLES.map(role => kit.world.agencies[0].people[role].id).sort());
    expect(people.map(({ name }) => name)).toEqual(people.map(({ name }) => name).toSorted());
    expect(people.find(({ role }) => role === 'agent')).toEqual({
      id: kit.world.agencies[0].people.agent.id,
      name: 'agent of 1',
      initials: 'AO',
      role: 'agent',
      active: true,
    });
    expect(JSON.stringify(people)).not.toMatch(/@|password|totp/);
  });

  test.each(ROLES)('answers the %s the same', async role => {
    expect(await peopleOf(await kit.as(role, { agency: 1 }))).toHaveLength(ROLES.length);
  });

  test('keeps who has left, as inactive: what they wrote still names them', async () => {
    const { id } = kit.world.agencies[0].people.analyst;
    await withSystem(kit.world.db, 'demo-seed', tx => disableMember(tx, kit.world.agencies[0].id, id));
    const people = await peopleOf(owner);
    expect(people.filter(({ active }) => !active).map(person => person.id)).toEqual([id]);
    expect(people).toHaveLength(ROLES.length);
  });
});
