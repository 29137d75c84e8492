import { permissionsOf, ROLES, SessionView } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../../test/kit/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { withSystem } from '../../../platform/db/index.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await createKit();
});
afterAll(() => kit.close());

const sessionOf = async (person: Person) => (await person.call('identity.me')).sessionId;
const listed = async (person: Person, all?: 'true') =>
  (await person.call('identity.list-sessions', { query: all ? { all } : {} })).sessions;
const end = (person: Person, sessionId: string) => person.call('identity.end-session', { params: { sessionId } });
const refusedEnd = async (person: Person, sessionId: string) =>
  (await person.refused('identity.end-session', { params: { sessionId } })).code;
const isSignedIn = async (person: Person) => (await person.send('identity.me')).statusCode === 200;
const audited = (sessionId: string) =>
  withSystem(kit.world.db, 'telemetry', tx =>
    tx
      .selectFrom('audit_log')
      .select(['event', 'actor_id'])
      .where('subject_id', '=', sessionId)
      .where('event', '!=', 'session.start')
      .execute(),
  );

describe('me', () => {
  test.each(ROLES)('AZ-04: tells the %s who they are and what they may do', async role => {
    const person = await kit.as(role, { agency: 1 });
    const { id, people } = kit.world.agencies[1];
    expect(await person.call('identity.me')).toMatchObject({
      person: { id: people[role].id, name: `${role} of 2`, role },
      agency: { id, name: 'Agency 2' },
      permissions: permissionsOf(role),
    });
  });
});

describe('list-sessions', () => {
  test('AU-07: shows a person their own sessions, the newest first, and marks the one that asks', async () => {
    const first = await kit.as('manager');
    const second = await kit.as('manager');
    await kit.as('agent');
    const sessions = await listed(second);
    expect(sessions.map(row => SessionView.parse(row))).toEqual(sessions);
    expect(sessions.map(({ id, current }) => [id, current])).toEqual([
      [await sessionOf(second), true],
      [await sessionOf(first), false],
    ]);
    expect(sessions[0]).toMatchObject({ personId: second.id, personName: 'manager of 1', deviceName: 'Test laptop' });
  });

  test('AU-07: shows owners and admins those of everybody in their agency, and nobody else', async () => {
    const agent = await kit.as('agent');
    const stranger = await kit.as('agent', { agency: 1 });
    for (const role of ['owner', 'admin'] as const) {
      const ids = (await listed(await kit.as(role), 'true')).map(({ id }) => id);
      expect(ids).toContain(await sessionOf(agent));
      expect(ids).not.toContain(await sessionOf(stranger));
    }
    for (const role of ['manager', 'agent', 'analyst', 'client'] as const) {
      const person = await kit.as(role);
      expect((await person.refused('identity.list-sessions', { query: { all: 'true' } })).code, role).toBe('forbidden');
    }
  });

  test('AU-06: leaves out what has ended and what has not been used for eight hours', async () => {
    const idle = await kit.as('analyst', { agency: 1 });
    const idleId = await sessionOf(idle);
    kit.world.clock.advance(8 * 3600 - 60);
    const ended = await kit.as('analyst', { agency: 1 });
    const endedId = await sessionOf(ended);
    const here = await kit.as('analyst', { agency: 1 });
    await end(here, endedId);
    expect((await listed(here)).map(({ id }) => id)).toEqual([await sessionOf(here)]);
    expect([endedId, idleId]).not.toContain(await sessionOf(here));
  });
});

describe('end-session and sign-out', () => {
  test('AU-07: end a session from the next request on, and the other sessions of the person go on', async () => {
    const [lost, here] = [await kit.as('agent'), await kit.as('agent')];
    const lostId = await sessionOf(lost);
    await end(here, lostId);
    expect([await isSignedIn(lost), await isSignedIn(here)]).toEqual([false, true]);
    const hereId = await sessionOf(here);
    await here.call('identity.sign-out');
    expect(await isSignedIn(here)).toBe(false);
    expect(await audited(lostId)).toEqual([{ event: 'session.revoke', actor_id: here.id }]);
    expect(await audited(hereId)).toEqual([{ event: 'session.end', actor_id: here.id }]);
  });

  test('AU-07: are for the sessions of oneself, and for owners and admins for those of the agency', async () => {
    const victim = await kit.as('manager');
    const victimId = await sessionOf(victim);
    const stranger = await kit.as('owner', { agency: 1 });
    for (const person of [await kit.as('agent'), await kit.as('client'), stranger])
      expect(await refusedEnd(person, victimId)).toBe('not_found');
    expect(await isSignedIn(victim)).toBe(true);
    const admin = await kit.as('admin');
    await end(admin, victimId);
    expect(await isSignedIn(victim)).toBe(false);
    expect(await refusedEnd(admin, newId())).toBe('not_found');
  });

  test('AL-01: ending what has ended is no error, and the audit log says that nothing was ended', async () => {
    const [lost, here] = [await kit.as('agent'), await kit.as('agent')];
    const id = await sessionOf(lost);
    await end(here, id);
    await end(here, id);
    const details = await withSystem(kit.world.db, 'telemetry', tx =>
      tx
        .selectFrom('audit_log')
        .select('detail')
        .where('subject_id', '=', id)
        .where('event', '=', 'session.revoke')
        .orderBy('seq')
        .execute(),
    );
    expect(details.map(({ detail }) => detail)).toEqual([{ ended: true }, { ended: false }]);
  });
});
