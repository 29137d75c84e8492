import { ClientRow, ROLES } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';

let kit: Kit;
let owner: Person;
beforeAll(async () => {
  kit = await createKit();
});
beforeEach(async () => {
  owner = await kit.as('owner');
});
afterAll(() => kit.close());

const [FIRST, SECOND, THIRD] = [0, 1, 2] as const;
const clientId = (client: 0 | 1 | 2) => kit.world.agencies[0].clients[client].id;
const agentId = () => kit.world.agencies[0].people.agent.id;
const grant = (by: Person, client: 0 | 1 | 2, personId: string) =>
  by.call('clients.grant-access', { clientId: clientId(client), params: { personId } });
const revoke = (by: Person, client: 0 | 1 | 2, personId: string) =>
  by.call('clients.revoke-access', { clientId: clientId(client), params: { personId } });
const listed = async (person: Person) => (await person.call('clients.list')).clients.map(({ id }) => id);
const audited = () =>
  withSystem(kit.world.db, 'telemetry', tx =>
    tx.selectFrom('audit_log').select(['event', 'subject_id', 'client_id']).orderBy('seq').execute(),
  );

describe('the clients that a person sees', () => {
  test.each([
    ['owner', [FIRST, SECOND, THIRD]],
    ['admin', [FIRST, SECOND, THIRD]],
    ['manager', [FIRST, SECOND]],
    ['agent', [FIRST, SECOND]],
    ['analyst', [FIRST, SECOND]],
    ['client', [FIRST]],
  ] as const)('AZ-04: the %s sees exactly those that were given', async (role, clients) => {
    const person = await kit.as(role);
    expect((await listed(person)).sort()).toEqual(clients.map(clientId).sort());
    for (const client of [FIRST, SECOND, THIRD]) {
      const reply = await person.send('clients.get', { clientId: clientId(client) });
      expect(reply.statusCode).toBe(clients.some(one => one === client) ? 200 : 404);
    }
  });

  test('come by name, in the shape of the contract', async () => {
    const { clients } = await owner.call('clients.list');
    expect(clients.map(({ name }) => name)).toEqual(['Client 1.1', 'Client 1.2', 'Client 1.3']);
    expect(clients.map(row => ClientRow.parse(row))).toEqual(clients);
    expect(await owner.call('clients.get')).toEqual(clients[0]);
    expect(clients[0]).toMatchObject({ initials: '11', hue: 'teal', replyAs: 'Client 1.1', status: 'active' });
  });
});

describe('grant-access and revoke-access', () => {
  test('AU-08: hold from the next request on, with the token that the person has', async () => {
    const agent = await kit.as('agent');
    expect(await listed(agent)).not.toContain(clientId(THIRD));
    await grant(owner, THIRD, agent.id);
    expect(await listed(agent)).toContain(clientId(THIRD));
    expect((await agent.send('conversations.list', { clientId: clientId(THIRD) })).statusCode).toBe(200);
    await revoke(owner, THIRD, agent.id);
    expect(await listed(agent)).not.toContain(clientId(THIRD));
    expect((await agent.send('conversations.list', { clientId: clientId(THIRD) })).statusCode).toBe(404);
  });

  test('a second grant changes nothing, and a second revocation finds nothing', async () => {
    await grant(owner, THIRD, agentId());
    await grant(owner, THIRD, agentId());
    await revoke(owner, THIRD, agentId());
    const problem = await owner.refused('clients.revoke-access', {
      clientId: clientId(THIRD),
      params: { personId: agentId() },
    });
    expect(problem.code).toBe('not_found');
  });

  test('AL-01: are written to the audit log with who, whom and where; a refusal is not', async () => {
    const before = await audited();
    await grant(owner, THIRD, agentId());
    await revoke(owner, THIRD, agentId());
    await owner.refused('clients.revoke-access', { clientId: clientId(THIRD), params: { personId: agentId() } });
    const of = { subject_id: agentId(), client_id: clientId(THIRD) };
    expect((await audited()).slice(before.length)).toEqual([
      { event: 'client.access.grant', ...of },
      { event: 'client.access.revoke', ...of },
    ]);
  });

  test('take nobody who is not a member: of another agency, unknown, or disabled', async () => {
    const { id: elsewhere } = kit.world.agencies[1].people.agent;
    const { id: disabled } = kit.world.agencies[0].people.analyst;
    const setDisabled = (at: Date | null) =>
      withSystem(kit.world.db, 'demo-seed', tx =>
        tx.updateTable('memberships').set({ disabled_at: at }).where('person_id', '=', disabled).execute(),
      );
    await setDisabled(kit.world.clock.now());
    for (const personId of [elsewhere, newId(), disabled]) {
      const parts = { clientId: clientId(THIRD), params: { personId } };
      expect((await owner.refused('clients.grant-access', parts)).code).toBe('not_found');
    }
    await setDisabled(null);
    const rows = await withSystem(kit.world.db, 'telemetry', tx =>
      tx.selectFrom('client_access').select('person_id').where('client_id', '=', clientId(THIRD)).execute(),
    );
    expect(rows).toEqual([]);
  });

  test.each(ROLES)('AZ-04: the %s may use them where the role and the client allow it', async role => {
    const person = await kit.as(role);
    const allowed = role === 'owner' || role === 'admin' || role === 'manager';
    const statusAt = async (client: 0 | 1 | 2) => {
      const parts = { clientId: clientId(client), params: { personId: agentId() } };
      return (await person.send('clients.grant-access', parts)).statusCode;
    };
    expect(await statusAt(SECOND)).toBe(allowed ? 204 : 403);
    // A manager works on the first two clients, and gives no access to a third one.
    expect(await statusAt(THIRD)).toBe(role === 'manager' ? 404 : allowed ? 204 : 403);
    if (allowed && role !== 'manager') await revoke(owner, THIRD, agentId());
  });
});
