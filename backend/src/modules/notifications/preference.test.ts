import { NotificationPreferenceRow, ROLES, type SyncLine } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';

let kit: Kit;
let agent: Person;
beforeAll(async () => {
  kit = await createKit();
  agent = await kit.as('agent');
});
afterAll(() => kit.close());

type Preference = { muted: boolean; quietFrom: number | null; quietTo: number | null };
const SILENT = { muted: true, quietFrom: null, quietTo: null };
const set = (person: Person, body: Preference) => person.call('notifications.set-preference', { body });

/** The preferences that a person's console gets. */
async function preferencesOf(person: Person): Promise<NotificationPreferenceRow[]> {
  const { body } = await person.get('/v1/sync?collections=notificationPreferences');
  const lines = body
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as SyncLine);
  return lines.flatMap(line => (line.t === 'rows' ? line.rows : [])).map(row => NotificationPreferenceRow.parse(row));
}

describe('set-preference', () => {
  test('keeps one row for each person and client, and the newest wish is the one that holds', async () => {
    await set(agent, SILENT);
    const [first] = await preferencesOf(agent);
    expect(first).toMatchObject({ clientId: agent.clientId, ...SILENT });
    await set(agent, { muted: false, quietFrom: 1320, quietTo: 420 });
    expect(await preferencesOf(agent)).toEqual([{ ...first, muted: false, quietFrom: 1320, quietTo: 420 }]);
  });

  test('is about one client', async () => {
    const [before] = await preferencesOf(agent);
    const there = await kit.as('agent', { client: 1 });
    await set(there, SILENT);
    const all = await preferencesOf(agent);
    expect(all).toHaveLength(2);
    expect(all).toContainEqual(before);
    expect(all.find(({ clientId }) => clientId === there.clientId)).toMatchObject(SILENT);
  });

  test.each(ROLES)('works for the role %s, and shows nobody the wish of another person', async role => {
    const person = await kit.as(role, { agency: 1 });
    expect(await preferencesOf(person)).toEqual([]);
    await set(person, { muted: false, quietFrom: ROLES.indexOf(role), quietTo: 1439 });
    expect(await preferencesOf(person)).toMatchObject([{ quietFrom: ROLES.indexOf(role), quietTo: 1439 }]);
  });

  test.each([
    ['the first minute of a day', 0, 1],
    ['the last minute of a day', 1438, 1439],
    ['hours over midnight', 1439, 0],
    ['the same minute twice', 600, 600],
  ])('takes quiet hours with %s', async (_what, quietFrom, quietTo) => {
    await set(agent, { muted: false, quietFrom, quietTo });
    const all = await preferencesOf(agent);
    expect(all.find(({ clientId }) => clientId === agent.clientId)).toMatchObject({ quietFrom, quietTo });
  });

  test.each([
    ['a beginning without an end', { muted: false, quietFrom: 60, quietTo: null }],
    ['an end without a beginning', { muted: true, quietFrom: null, quietTo: 60 }],
    ['a minute before the day', { muted: false, quietFrom: -1, quietTo: 60 }],
    ['a minute after the day', { muted: false, quietFrom: 60, quietTo: 1440 }],
    ['half a minute', { muted: false, quietFrom: 0.5, quietTo: 60 }],
  ])('refuses %s, and leaves what was there', async (_what, body) => {
    const before = await preferencesOf(agent);
    const problem = await agent.refused('notifications.set-preference', { body });
    expect([problem.status, problem.code]).toEqual([400, 'invalid_request']);
    expect(await preferencesOf(agent)).toEqual(before);
  });

  test('answers not_found for a client that the person does not work on', async () => {
    const [, , outOfReach] = kit.world.agencies[0].clients;
    const { id: elsewhere } = kit.world.agencies[1].clients[0];
    for (const clientId of [outOfReach.id, elsewhere])
      expect((await agent.refused('notifications.set-preference', { clientId, body: SILENT })).code).toBe('not_found');
  });
});
