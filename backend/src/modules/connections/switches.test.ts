import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';
import { createSwitches, type Switches } from './switches.ts';

let kit: Kit;
let admin: Person;
beforeAll(async () => {
  kit = await createKit();
  admin = await kit.as('admin');
});
afterAll(() => kit.close());

type Switch = { readonly scope: 'provider' | 'client' | 'connection'; readonly subject: string };
const set = (one: Switch, off: boolean) =>
  admin.call('connections.set-switch', { body: { ...one, off, reason: off ? 'a drill' : '', revoke: false } });
const refused = (one: Switch, reason = 'a drill') =>
  admin.refused('connections.set-switch', { body: { ...one, off: true, reason, revoke: false } });
const callerOf = (agency: 0 | 1, client: 0 | 1 | 2) => {
  const { id, clients } = kit.world.agencies[agency];
  return { agencyId: id, clientId: clients[client].id, connectionId: clients[client].connectionId, actorId: null };
};

describe('set-switch', () => {
  test('is listed with who moved it, when and why; the newest reason holds, and switching on removes it', async () => {
    const jira = { scope: 'provider', subject: 'jira' } as const;
    await set(jira, true);
    kit.world.clock.advance(1);
    const body = { ...jira, off: true, reason: 'keys were lost', revoke: false };
    const { switches, disconnected } = await admin.call('connections.set-switch', { body });
    expect(disconnected).toBe(0);
    expect(switches).toMatchObject([{ ...jira, reason: 'keys were lost', by: admin.id }]);
    expect((await admin.call('connections.switches')).switches).toEqual(switches);
    expect((await set(jira, false)).switches).toEqual([]);
    expect((await set(jira, false)).switches).toEqual([]);
  });

  test('needs a reason, and something that is there: what is unknown or of another agency is not found', async () => {
    expect((await refused({ scope: 'provider', subject: 'jira' }, '')).code).toBe('invalid_request');
    const { clientId, connectionId } = callerOf(1, 0);
    for (const one of [
      { scope: 'provider', subject: 'no-such-provider' },
      { scope: 'client', subject: clientId },
      { scope: 'connection', subject: connectionId },
      { scope: 'connection', subject: newId() },
      { scope: 'client', subject: 'not an id' },
    ] as const)
      expect((await refused(one)).code, one.subject).toBe('not_found');
    expect((await admin.call('connections.switches')).switches).toEqual([]);
  });
});

describe('a process', () => {
  let switches: Switches;
  beforeAll(() => {
    switches = createSwitches(kit.world.db);
  });
  afterEach(() => vi.useRealTimers());

  test.each([
    ['provider', 'whatsapp', [false, false, true]],
    ['client', '', [false, true, true]],
    ['connection', '', [false, true, true]],
  ] as const)(
    'VT-13: does not call what the switch of a %s names, and calls everything else',
    async (scope, provider, expected) => {
      const caller = callerOf(0, 0);
      const subject = { provider, client: caller.clientId, connection: caller.connectionId }[scope];
      const allowed = () => {
        switches.forget();
        return Promise.all([caller, callerOf(0, 1), callerOf(1, 0)].map(one => switches.allowed(one, 'whatsapp')));
      };
      await set({ scope, subject }, true);
      expect(await allowed()).toEqual(expected);
      await set({ scope, subject }, false);
      expect(await allowed()).toEqual([true, true, true]);
    },
  );

  test('VT-13: that misses the notice reads the switches again after 2.5 seconds, half of what is promised', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const caller = callerOf(0, 0);
    switches.forget();
    expect(await switches.allowed(caller, 'whatsapp')).toBe(true);
    await set({ scope: 'provider', subject: 'whatsapp' }, true);
    vi.advanceTimersByTime(2500);
    expect(await switches.allowed(caller, 'whatsapp')).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await switches.allowed(caller, 'whatsapp')).toBe(false);
    await set({ scope: 'provider', subject: 'whatsapp' }, false);
  });

  test('VT-13: that cannot read the switches calls nobody', async () => {
    const broken = createSwitches({
      ...kit.world.db,
      onSystem: () => {
        throw new Error('the database is away');
      },
    });
    await expect(broken.allowed(callerOf(0, 0), 'jira')).rejects.toThrow('the database is away');
  });
});
