import { DEFAULT_AGENCY_SETTINGS } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { PASSWORD, TOTP } from '../../../test/world.ts';
import { withSystem } from '../../platform/db/index.ts';
import { currentCode } from '../identity/index.ts';

let kit: Kit;
let owner: Person;
beforeEach(async () => {
  kit = await createKit({ ASTRIX_REGION: 'AWS ap-south-1 (Mumbai)' });
  owner = await kit.as('owner');
});
afterEach(() => kit.close());

const save = (change: Partial<typeof DEFAULT_AGENCY_SETTINGS>, version = 0, person = owner) =>
  person.send('agencies.save-settings', { body: { ...DEFAULT_AGENCY_SETTINGS, ...change, version } });
const view = () => owner.call('agencies.settings');
const agent = () => kit.world.agencies[0].people.agent;
/** A sign-in of the agent on a machine of this kind, as far as it comes: its status and, where it is refused, why. */
async function signIn(device: string, platform = 'linux'): Promise<{ status: number; detail: string }> {
  const key = Buffer.from(device.padEnd(32, '.')).toString('base64url');
  const begun = await kit.world.inject({
    method: 'POST',
    url: '/v1/auth/sign-in',
    payload: { email: agent().email, password: PASSWORD, device: { name: device, platform, key } },
  });
  kit.world.clock.advance(30);
  const { code } = await currentCode(TOTP, kit.world.clock.now());
  const reply = await kit.world.inject({
    method: 'POST',
    url: '/v1/auth/totp',
    payload: { challenge: begun.json().challenge, code },
  });
  return { status: reply.statusCode, detail: reply.json().detail ?? '' };
}

describe('the settings of an agency', () => {
  test('are those of the product until somebody chooses, and say where the data lies', async () => {
    expect(await view()).toEqual({
      settings: DEFAULT_AGENCY_SETTINGS,
      version: 0,
      updatedAt: null,
      region: 'AWS ap-south-1 (Mumbai)',
    });
  });

  test('are changed from the newest version alone, and the audit says which fields', async () => {
    expect((await save({ sessionIdleHours: 2 })).json()).toMatchObject({
      version: 1,
      settings: { sessionIdleHours: 2 },
    });
    expect((await save({ sessionIdleHours: 4 })).json().code).toBe('changed_meanwhile');
    const both = await Promise.all([save({ sessionIdleHours: 3 }, 1), save({ sessionIdleHours: 5 }, 1)]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const rows = await withSystem(kit.world.db, 'telemetry', tx =>
      tx.selectFrom('audit_log').select('detail').where('event', '=', 'settings.agency').execute(),
    );
    expect(rows.map(({ detail }) => detail)).toEqual([
      { version: 1, fields: 'sessionIdleHours' },
      { version: 2, fields: 'sessionIdleHours' },
    ]);
  });

  test.each([
    ['an idle time longer than the product allows', { sessionIdleHours: 9 }],
    ['a life longer than the product allows', { sessionLifeDays: 31 }],
    ['a life of admins longer than the product allows', { privilegedLifeHours: 13 }],
    ['a longer time without the server', { offlineLeaseDays: 4 }],
    ['no device at all', { devicesPerPerson: 0 }],
    ['no system at all', { platforms: [] }],
    ['a system twice', { platforms: ['linux', 'linux'] }],
    ['nobody who may export', { exportRoles: [] }],
    ['admins and no owner who may export', { exportRoles: ['admin'] }],
    ['an agent who may export', { exportRoles: ['owner', 'agent'] }],
    ['a delay that nobody offers', { recoveryDelayHours: 1 }],
  ])('AU-06: do not take %s', async (_, change) => {
    expect((await save(change as never)).statusCode).toBe(400);
    expect((await view()).version).toBe(0);
  });

  test('AU-12: are changed by owners and admins who have just proved themselves', async () => {
    expect((await save({}, 0, await kit.as('manager'))).statusCode).toBe(403);
    const admin = await kit.as('admin');
    kit.world.clock.advance(301);
    expect((await save({}, 0, admin)).json().code).toBe('step_up_needed');
    expect((await save({}, 0, await kit.as('admin'))).statusCode).toBe(200);
  });
});

describe('each setting is held', () => {
  test('AU-06: a session ends after the idle time and the life that the agency chose', async () => {
    await save({ sessionIdleHours: 1, privilegedLifeHours: 2 });
    const { refreshToken } = await kit.world.signIn(kit.world.agencies[0].people.admin);
    const row = await withSystem(kit.world.db, 'telemetry', tx =>
      tx.selectFrom('sessions').selectAll().orderBy('created_at', 'desc').limit(1).executeTakeFirstOrThrow(),
    );
    expect(refreshToken).toBeTruthy();
    expect((row.idle_until.getTime() - row.created_at.getTime()) / 3_600_000).toBe(1);
    expect((row.ends_at.getTime() - row.created_at.getTime()) / 3_600_000).toBe(2);
  });

  test('a person signs in on as many devices as the agency allows, also when two are at it at once', async () => {
    await save({ devicesPerPerson: 1 });
    expect((await signIn('laptop')).status).toBe(200);
    expect(await signIn('desktop')).toMatchObject({ status: 403, detail: expect.stringMatching(/allows 1 device /) });
    // The same device again is no other one.
    expect((await signIn('laptop')).status).toBe(200);
    await withSystem(kit.world.db, 'demo-seed', tx =>
      tx.updateTable('sessions').set({ ended_at: kit.world.clock.now(), end_reason: 'signed-out' }).execute(),
    );
    expect((await signIn('desktop')).status).toBe(200);
  });

  test('nobody signs in on a system that the agency does not allow', async () => {
    await save({ platforms: ['darwin', 'win32'] });
    expect(await signIn('penguin')).toMatchObject({ status: 403, detail: expect.stringMatching(/kind of computer/) });
    expect((await signIn('mac', 'darwin')).status).toBe(200);
  });

  test('a recovery waits for as long as the agency chose', async () => {
    await save({ recoveryDelayHours: 0 });
    const { readyAt } = await owner.call('people.start-recovery', { params: { personId: agent().id } });
    expect(readyAt).toBe(kit.world.clock.now().toISOString());
  });

  test('AZ-10: no more invitations go out than the agency chose', async () => {
    await save({ invitationsPerDay: 1 });
    const invite = (email: string) =>
      owner.send('people.invite', { body: { email, role: 'agent', clientIds: [], teamIds: [] } });
    expect((await invite('one@agency.example')).statusCode).toBeLessThan(300);
    expect((await invite('two@agency.example')).statusCode).toBe(429);
  });

  test('LC-08: consoles of the agency get the lease, and those of another agency do not', async () => {
    await save({ offlineLeaseDays: 1 });
    const rules = async (person: Person) =>
      (await person.get('/v1/sync?collections=console-rules')).body
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
        .filter(({ t }) => t === 'rows')
        .flatMap(({ rows }) => rows);
    expect(await rules(await kit.as('analyst'))).toMatchObject([{ id: kit.world.agencies[0].id, offlineLeaseDays: 1 }]);
    expect(await rules(await kit.as('owner', { agency: 1 }))).toEqual([]);
  });
});
