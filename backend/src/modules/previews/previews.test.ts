import type { ConnectionView } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ISSUES_OF_SITES } from '../../../sandbox/providers/jira.ts';
import { type Colleague, type ConnectRig, connectRig } from '../../../test/connections/rig.ts';
import { newId } from '../../kernel/ids.ts';

const SEARCH = '/rest/api/3/search/jql';
/** Jira sends 130 issues on two pages. */
const PAGES = 2;
const HOUR = 3600;

let rig: ConnectRig;
let admin: Colleague;
let jira: ConnectionView;
beforeAll(async () => {
  rig = await connectRig({ env: { ASTRIX_ROLE: 'api' } });
  jira = await (await rig.as('admin')).connect('jira', 'chai-katha');
});
beforeEach(async () => {
  rig.sandbox.providers.mend();
  admin = await rig.as('admin');
});
afterAll(() => rig.close());

const now = () => rig.world.clock.now().toISOString();
const down = () => rig.sandbox.providers.trouble('/ex/jira', 'down', 50);
/** How often the provider was asked for issues while `work` ran. */
async function asksOf(work: () => Promise<unknown>): Promise<number> {
  const count = () => rig.sandbox.providers.asked.filter(({ path }) => path.includes(SEARCH)).length;
  const before = count();
  await work();
  return count() - before;
}
const read = (about?: { text?: string; refresh?: boolean }) => admin.read(jira, 'tasks', about);
/** Later, with a token that works then, and as an outage that the circuit breaker has forgotten. */
async function later(seconds: number): Promise<void> {
  rig.world.clock.advance(seconds);
  admin = await rig.as('admin');
}

describe('what was read', () => {
  test('is answered without asking the provider for five minutes, whoever reads it', async () => {
    expect(await asksOf(() => read({ refresh: true }))).toBe(PAGES);
    const fetchedAt = now();
    rig.world.clock.advance(200);
    const agent = await rig.as('agent');
    expect(await asksOf(() => agent.read(jira, 'tasks'))).toBe(0);
    expect(await read()).toMatchObject({ fetchedAt, stale: false, total: 130, fault: null });
    rig.world.clock.set(new Date(Date.parse(fetchedAt) + 299_000));
    expect(await asksOf(() => read())).toBe(0);
    rig.world.clock.advance(1);
    expect(await asksOf(() => read())).toBe(PAGES);
  });

  test('is read anew at once when a person asks for it', async () => {
    await read({ refresh: true });
    rig.world.clock.advance(1);
    expect(await asksOf(() => read({ refresh: true }))).toBe(PAGES);
    expect((await read()).fetchedAt).toBe(now());
  });

  test('is read once for all who ask at the same moment', async () => {
    await later(HOUR);
    const people: Colleague[] = [];
    for (const role of ['owner', 'manager', 'agent'] as const) people.push(await rig.as(role));
    let answers: unknown[] = [];
    const asks = await asksOf(async () => {
      answers = await Promise.all([admin, ...people].map(person => person.read(jira, 'tasks')));
    });
    expect(asks).toBe(PAGES);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('a search', () => {
  test('asks the provider each time, and neither takes what is kept nor is kept', async () => {
    const whole = await read({ refresh: true });
    expect(await asksOf(() => read({ text: 'diwali' }))).toBe(1);
    const found = await read({ text: 'diwali' });
    expect(found.total).toBeGreaterThan(0);
    expect(found.total).toBeLessThan(whole.total);
    expect(await asksOf(() => read({ text: 'diwali' }))).toBe(1);
    expect(await read()).toEqual(whole);
  });

  test('that fails shows no rows: what is kept does not answer it', async () => {
    await read({ refresh: true });
    down();
    expect(await read({ text: 'diwali' })).toMatchObject({ rows: [], total: 0, fetchedAt: null, stale: true });
    rig.sandbox.providers.mend();
    await later(HOUR);
  });
});

describe('F-07: a provider that does not answer', () => {
  test('leaves what was read before, with its age and a reason', async () => {
    const good = await read({ refresh: true });
    await later(HOUR);
    down();
    const stale = await read();
    expect(stale).toEqual({
      ...good,
      stale: true,
      fault: { code: 'unreachable', reason: 'Jira is not responding.', next: expect.any(String) },
    });
    rig.sandbox.providers.mend();
    await later(HOUR);
    expect(await read()).toMatchObject({ stale: false, fault: null, total: 130 });
  });

  test('RT-06: leaves nothing of what was read a day ago', async () => {
    const { fetchedAt } = await read({ refresh: true });
    rig.world.clock.set(new Date(Date.parse(fetchedAt!) + 24 * HOUR * 1000 - 60_000));
    admin = await rig.as('admin');
    down();
    expect(await read()).toMatchObject({ stale: true, total: 130, fetchedAt });
    rig.world.clock.set(new Date(Date.parse(fetchedAt!) + 24 * HOUR * 1000));
    expect(await read()).toMatchObject({ stale: true, rows: [], total: 0, fetchedAt: null });
    rig.sandbox.providers.mend();
    await later(HOUR);
  });
});

describe('a row that cannot be read', () => {
  const odd = {
    id: '99001',
    key: 'CK-9001',
    self: 'https://api.atlassian.com/rest/api/3/issue/99001',
    fields: { summary: 'No project', updated: '2026-11-30T10:00:00.000+0000', project: {} },
  };

  test('is left out and told with its reason, also of what is kept, and the others are shown', async () => {
    const good = await read({ refresh: true });
    expect(good).toMatchObject({ total: 130 });
    expect(good).not.toHaveProperty('gaps');
    const { things } = rig.sandbox.providers;
    things.put(ISSUES_OF_SITES, odd.id, { ...odd, fields: { ...odd.fields, updated: now().replace('Z', '+0000') } });
    const gaps = [{ kind: 'row-left-out', rows: 1, why: 'Jira sent them in a form that it does not document.' }];
    const partial = await read({ refresh: true });
    expect(partial).toMatchObject({ total: 130, stale: false, fault: null, gaps });
    expect(partial.rows).toEqual(good.rows);
    expect(await read()).toEqual(partial);
    down();
    await later(HOUR);
    expect(await read()).toMatchObject({ total: 130, stale: true, gaps });
    things.clear();
    rig.sandbox.providers.mend();
    await later(HOUR);
    expect(await read({ refresh: true })).not.toHaveProperty('gaps');
  });
});

describe('a switch', () => {
  const flip = (off: boolean) =>
    admin.put('/v1/switches', { scope: 'connection', subject: jira.id, off, reason: 'a drill', revoke: false });

  test('refuses reads, and says nothing about the provider', async () => {
    await read({ refresh: true });
    const { health } = await admin.one(jira.id);
    expect((await flip(true)).statusCode).toBeLessThan(300);
    expect(
      await asksOf(async () =>
        expect((await admin.get(`connections/${jira.id}/data/tasks`)).json().code).toBe('switched_off'),
      ),
    ).toBe(0);
    expect(await admin.one(jira.id)).toMatchObject({ off: true, status: 'active', health });
    expect((await flip(false)).statusCode).toBeLessThan(300);
    expect(await read()).toMatchObject({ stale: false, total: 130 });
  });
});

describe('a read is refused', () => {
  const code = async (path: string, person = admin) => (await person.get(path)).json().code;

  test.each([
    ['a capability that the provider does not have', 'orders'],
    ['a capability that does not exist', 'weather'],
  ])('for %s', async (_what, capability) => {
    expect(['not_found', 'invalid_request']).toContain(await code(`connections/${jira.id}/data/${capability}`));
  });

  test('for a connection of another client, and for one that does not exist', async () => {
    const there = await rig.as('admin', { client: 1 });
    expect(await code(`connections/${jira.id}/data/tasks`, there)).toBe('not_found');
    expect(await code(`connections/${newId()}/data/tasks`)).toBe('not_found');
  });

  test('for a connection that has ended', async () => {
    const there = await rig.as('admin', { client: 2 });
    const short = await there.connect('jira', 'agency-internal');
    expect(await there.read(short, 'tasks')).toMatchObject({ total: 130 });
    await there.disconnect(short);
    expect(await code(`connections/${short.id}/data/tasks`, there)).toBe('connection_unusable');
  });

  test('without the text that a capability needs', async () => {
    const reply = await admin.byKey('delhivery', { environment: 'production', token: 'a'.repeat(40) });
    expect(reply.statusCode).toBe(201);
    const problem = (await admin.get(`connections/${reply.json().id}/data/shipments`)).json();
    expect(problem).toMatchObject({ code: 'invalid_request', fields: [{ path: 'query.text' }] });
  });
});
