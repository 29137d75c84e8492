import type { Role } from '@astrix/contract';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { withSystem } from '../../platform/db/index.ts';
import { currentCode } from '../identity/index.ts';

let kit: Kit | null = null;
beforeEach(async () => {
  await kit?.close();
  kit = await createKit();
});
afterAll(() => kit?.close());

const house = () => kit!.world.agencies[0];
const idOf = (role: Role) => house().people[role].id;
const clientId = (n: 0 | 1 | 2) => house().clients[n].id;
const status = async (person: Person) => (await person.send('identity.me')).statusCode;
const clientsOf = async (person: Person) => (await person.call('clients.list')).clients.map(({ id }) => id).sort();
const about = (role: Role) => ({ params: { personId: idOf(role) } });
const changeRole = (by: Person, of: Role, role: Role) =>
  by.send('people.change-role', { ...about(of), body: { role } });
const audited = (event: string) =>
  withSystem(kit!.world.db, 'telemetry', tx =>
    tx.selectFrom('audit_log').select(['subject_id', 'actor_id', 'detail']).where('event', '=', event).execute(),
  );

describe('people.list', () => {
  test('A9: says role, clients, factors, status and when somebody was last seen, and nothing that proves anybody', async () => {
    await kit!.as('agent');
    const owner = await kit!.as('owner');
    const { people } = await owner.call('people.list');
    expect(people).toHaveLength(6);
    const agent = people.find(({ id }) => id === idOf('agent'))!;
    expect(agent).toMatchObject({
      ...{ email: 'agent@agency1.example', role: 'agent', status: 'active', factors: { totp: 1, passkeys: 0 } },
      ...{ recovery: null, lastSeenAt: expect.any(String) },
    });
    expect([...agent.clientIds!].sort()).toEqual([clientId(0), clientId(1)].sort());
    expect(people.find(({ id }) => id === owner.id)!.clientIds).toBeNull();
    expect(JSON.stringify(people)).not.toMatch(/argon2|sealed|hash/);
  });

  test('A11: a manager sees who works on their clients, and the owners and admins', async () => {
    const owner = await kit!.as('owner');
    await owner.call('people.set-clients', { ...about('analyst'), body: { clientIds: [clientId(2)] } });
    const ids = (await (await kit!.as('manager')).call('people.list')).people.map(({ id }) => id);
    expect(ids.sort()).toEqual((['owner', 'admin', 'manager', 'agent', 'client'] as const).map(idOf).sort());
  });
});

describe('AU-08: a change holds on the next request', () => {
  test('of the role: an admin who becomes an agent reaches only given clients, in a session and a stream that are open', async () => {
    const owner = await kit!.as('owner');
    const admin = await kit!.as('admin');
    const live = await kit!.world.inject({
      url: '/v1/live',
      headers: { authorization: `Bearer ${admin.token}` },
      payloadAsStream: true,
    });
    const heard: string[] = [];
    live.stream().on('data', chunk => heard.push(String(chunk)));
    expect(await clientsOf(admin)).toHaveLength(3);
    expect((await changeRole(owner, 'admin', 'agent')).statusCode).toBe(200);
    expect(await clientsOf(admin)).toEqual([]);
    expect((await admin.send('people.list')).statusCode).toBe(403);
    await expect.poll(() => heard.join('')).toContain('event: moved');
    const pull = await kit!.world.inject({ url: '/v1/sync', headers: { authorization: `Bearer ${admin.token}` } });
    expect(pull.body).not.toContain('Client 1.3');
    live.stream().destroy();
    expect(await audited('membership.role')).toMatchObject([
      { subject_id: idOf('admin'), actor_id: owner.id, detail: { from: 'admin', to: 'agent' } },
    ]);
  });

  test('of the clients', async () => {
    const owner = await kit!.as('owner');
    const agent = await kit!.as('agent');
    await owner.call('people.set-clients', { ...about('agent'), body: { clientIds: [clientId(2)] } });
    expect(await clientsOf(agent)).toEqual([clientId(2)]);
    const foreign = { ...about('agent'), body: { clientIds: [kit!.world.agencies[1].clients[0].id] } };
    expect((await owner.refused('people.set-clients', foreign)).code).toBe('not_found');
    expect(await clientsOf(agent)).toEqual([clientId(2)]);
  });
});

describe('AZ-04: who may change whom', () => {
  test('an admin raises neither themselves nor others above, and touches no owner', async () => {
    const admin = await kit!.as('admin');
    for (const role of ['owner', 'admin', 'agent'] as const)
      expect((await changeRole(admin, 'admin', role)).json().code, `self to ${role}`).toBe('role_refused');
    for (const role of ['owner', 'admin'] as const)
      expect((await changeRole(admin, 'agent', role)).json().code, `agent to ${role}`).toBe('role_refused');
    expect((await changeRole(admin, 'owner', 'agent')).json().code).toBe('role_refused');
    for (const route of ['people.suspend', 'people.start-recovery'] as const)
      expect((await admin.send(route, about('owner'))).statusCode).toBeGreaterThanOrEqual(403);
    expect((await changeRole(admin, 'agent', 'manager')).statusCode).toBe(200);
  });

  test('staff of a client become no staff of the agency, nor the other way', async () => {
    const owner = await kit!.as('owner');
    expect((await changeRole(owner, 'client', 'agent')).json().code).toBe('role_refused');
    expect((await changeRole(owner, 'agent', 'client')).json().code).toBe('role_refused');
  });

  test('the last owner leaves in no way', async () => {
    const owner = await kit!.as('owner');
    expect((await owner.refused('people.suspend', about('owner'))).code).toBe('last_owner');
    expect((await owner.refused('people.off-board', { ...about('owner'), body: { handTo: null } })).code).toBe(
      'last_owner',
    );
    expect((await changeRole(owner, 'owner', 'agent')).json().code).toBe('role_refused');
    expect(await status(owner)).toBe(200);
  });

  test('AU-12: a role is changed only within five minutes of a proof', async () => {
    const owner = await kit!.as('owner');
    kit!.world.clock.advance(301);
    expect((await changeRole(owner, 'agent', 'manager')).json().code).toBe('step_up_needed');
    const { code } = await currentCode('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', kit!.world.clock.now());
    await owner.call('identity.step-up', { body: { code } });
    expect((await changeRole(owner, 'agent', 'manager')).statusCode).toBe(200);
  });
});

describe('AU-09: leaving', () => {
  test('suspended: refused at once and on every device, and back as before when restored', async () => {
    const owner = await kit!.as('owner');
    const agent = await kit!.as('agent');
    const person = await owner.call('people.suspend', about('agent'));
    expect(person).toMatchObject({ status: 'suspended', clientIds: expect.any(Array) });
    expect(await status(agent)).toBe(401);
    await expect(kit!.as('agent')).rejects.toThrow();
    await owner.call('people.restore', about('agent'));
    expect(await clientsOf(await kit!.as('agent'))).toHaveLength(2);
  });

  test('off-boarded: everything ends in one transaction, conversations go to a colleague, and a report says so', async () => {
    const customers = [kit!.customer(), kit!.customer({ client: 1 })];
    const agent = await kit!.as('agent');
    for (const [n, customer] of customers.entries()) {
      const { conversationId } = await customer.writes('Hello');
      const parts = { clientId: clientId(n as 0 | 1), params: { conversationId }, body: { personId: agent.id } };
      await agent.call('conversations.assign', parts);
    }
    const owner = await kit!.as('owner');
    await owner.call('people.set-clients', { ...about('manager'), body: { clientIds: [clientId(0)] } });
    const bad = { ...about('agent'), body: { handTo: idOf('analyst') } };
    expect((await owner.refused('people.off-board', bad)).code).toBe('invalid_request');
    expect(await status(agent)).toBe(200);
    const report = await owner.call('people.off-board', { ...about('agent'), body: { handTo: idOf('manager') } });
    expect(report).toMatchObject({
      ...{ personId: agent.id, sessions: 1, devices: 1, clients: 2, factors: 1, invitations: 0 },
      conversations: { handedOver: 1, unassigned: 1 },
    });
    expect(await status(agent)).toBe(401);
    await expect(kit!.as('agent')).rejects.toThrow();
    expect((await owner.refused('people.restore', about('agent'))).code).toBe('not_found');
    expect((await owner.call('people.list')).people.find(({ id }) => id === agent.id)).toMatchObject({
      status: 'left',
      clientIds: [],
    });
    expect(await audited('membership.off-board')).toMatchObject([{ subject_id: agent.id, actor_id: owner.id }]);
  });

  test('an invitation that they sent dies with them', async () => {
    const admin = await kit!.as('admin');
    const body = { email: 'new@agency.example', role: 'agent' as const, clientIds: [], teamIds: [] };
    const { invitation } = await admin.call('people.invite', { body });
    const owner = await kit!.as('owner');
    const report = await owner.call('people.off-board', { ...about('admin'), body: { handTo: null } });
    expect(report.invitations).toBe(1);
    const { invitations } = await owner.call('people.list-invitations');
    expect(invitations.find(({ id }) => id === invitation.id)).toMatchObject({ state: 'revoked' });
  });
});

describe('ownership', () => {
  test('moves when two people have agreed, and the old owner steps down if that was offered', async () => {
    const owner = await kit!.as('owner');
    await owner.call('people.offer-ownership', { ...about('admin'), body: { stepsDown: true } });
    expect((await owner.call('people.list')).people.find(({ id }) => id === idOf('admin'))!.role).toBe('admin');
    const agent = await kit!.as('agent');
    expect((await agent.refused('people.accept-ownership')).code).toBe('proposal_ended');
    expect((await agent.refused('people.withdraw-ownership')).code).toBe('not_found');
    const admin = await kit!.as('admin');
    await admin.call('people.accept-ownership');
    const { people, offer } = await admin.call('people.list');
    expect(people.filter(({ role }) => role === 'owner').map(({ id }) => id)).toEqual([idOf('admin')]);
    expect(people.find(({ id }) => id === owner.id)!.role).toBe('admin');
    expect(offer).toBeNull();
    expect((await admin.refused('people.accept-ownership')).code).toBe('proposal_ended');
  });

  test('stays after 72 hours, after a withdrawal, and is offered to nobody who is not there', async () => {
    let owner = await kit!.as('owner');
    const offer = () => owner.call('people.offer-ownership', { ...about('admin'), body: { stepsDown: false } });
    await offer();
    kit!.world.clock.advance(72 * 3600);
    expect((await (await kit!.as('admin')).refused('people.accept-ownership')).code).toBe('proposal_ended');
    owner = await kit!.as('owner');
    await offer();
    await owner.call('people.withdraw-ownership');
    expect((await (await kit!.as('admin')).refused('people.accept-ownership')).code).toBe('proposal_ended');
    const body = { stepsDown: false };
    expect((await owner.refused('people.offer-ownership', { params: { personId: newId() }, body })).code).toBe(
      'not_found',
    );
    expect((await owner.refused('people.offer-ownership', { ...about('client'), body })).code).toBe('role_refused');
  });
});
