import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';

let kit: Kit | null = null;
let owner: Person;
beforeEach(async () => {
  await kit?.close();
  kit = await createKit();
  owner = await kit.as('owner');
});
afterAll(() => kit?.close());

const idOf = (role: 'owner' | 'agent' | 'manager' | 'client', agency: 0 | 1 = 0) =>
  kit!.world.agencies[agency].people[role].id;
const clientId = (n: 0 | 1 | 2, agency: 0 | 1 = 0) => kit!.world.agencies[agency].clients[n].id;
const create = (personIds: string[], clientIds: string[], name = 'Night shift') =>
  owner.call('people.create-team', { body: { name, personIds, clientIds } });
const change = (teamId: string, personIds: string[], clientIds: string[]) =>
  owner.call('people.change-team', { params: { teamId }, body: { name: 'Night shift', personIds, clientIds } });
const seenBy = async (person: Person) => (await person.call('clients.list')).clients.map(({ id }) => id).sort();
const all = (...ns: (0 | 1 | 2)[]) => ns.map(n => clientId(n)).sort();

describe('B5: teams with their clients', () => {
  test('AU-08: give their people their clients, and take them again, on the next request', async () => {
    const agent = await kit!.as('agent');
    expect(await seenBy(agent)).toEqual(all(0, 1));
    const team = await create([idOf('agent'), idOf('manager')], [clientId(2)]);
    expect(await seenBy(agent)).toEqual(all(0, 1, 2));
    await change(team.id, [idOf('agent')], [clientId(1)]);
    expect(await seenBy(agent)).toEqual(all(0, 1));
    await change(team.id, [], [clientId(2)]);
    expect(await seenBy(agent)).toEqual(all(0, 1));
  });

  test('leave what was given by name, and keep what is taken away by name', async () => {
    const agent = await kit!.as('agent');
    const team = await create([idOf('agent')], [clientId(1), clientId(2)]);
    const body = { clientIds: [] };
    await owner.call('people.set-clients', { params: { personId: agent.id }, body });
    expect(await seenBy(agent)).toEqual(all(1, 2));
    await owner.call('clients.grant-access', { clientId: clientId(2), params: { personId: agent.id } });
    await owner.call('people.remove-team', { params: { teamId: team.id } });
    expect(await seenBy(agent)).toEqual(all(2));
    expect((await owner.call('people.list-teams')).teams).toEqual([]);
  });

  test('hold nobody of another agency and no staff of a client, and no client of elsewhere', async () => {
    const refused = (personIds: string[], clientIds: string[]) =>
      owner.refused('people.create-team', { body: { name: 'Odd', personIds, clientIds } });
    expect((await refused([idOf('agent', 1)], [])).code).toBe('not_found');
    expect((await refused([], [clientId(0, 1)])).code).toBe('not_found');
    expect((await refused([idOf('client')], [clientId(0)])).code).toBe('invalid_request');
    await create([], []);
    const body = { name: 'NIGHT SHIFT', personIds: [], clientIds: [] };
    expect((await owner.refused('people.create-team', { body })).code).toBe('name_taken');
  });

  test('end with an off-boarding, and are named in an invitation', async () => {
    const team = await create([idOf('agent')], [clientId(2)]);
    await owner.call('people.off-board', { params: { personId: idOf('agent') }, body: { handTo: null } });
    expect((await owner.call('people.list-teams')).teams[0]?.personIds).toEqual([]);
    const invite = (teamIds: string[], role: 'agent' | 'client' = 'agent') =>
      owner.send('people.invite', {
        body: { email: `${role}${teamIds.length}@x.example`, role, clientIds: [clientId(0)], teamIds },
      });
    expect((await invite([team.id])).statusCode).toBe(201);
    expect((await invite([clientId(0)])).json().code).toBe('not_found');
    expect((await invite([team.id], 'client')).json().code).toBe('invalid_request');
  });
});
