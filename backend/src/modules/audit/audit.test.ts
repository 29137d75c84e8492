import { DEFAULT_AGENCY_SETTINGS, ROLES } from '@astrix/contract';
import { AUDIT_EXPORTS_PER_DAY } from '@astrix/contract/audit/index';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';

let kit: Kit;
let owner: Person;
beforeEach(async () => {
  kit = await createKit();
  owner = await kit.as('owner');
});
afterEach(() => kit.close());

type Query = Parameters<typeof listOf>[1];
const listOf = (person: Person, query: object = {}) => person.call('audit.list', { query: query as never });
const sentences = async (query: Query = {}) => (await listOf(owner, query)).entries.map(({ sentence }) => sentence);
const agentId = () => kit.world.agencies[0].people.agent.id;

describe('the page of the audit log', () => {
  test('says in words who did what, newest first', async () => {
    await owner.call('clients.pause', { body: { paused: true } });
    await owner.call('clients.pause', { body: { paused: false } });
    await owner.call('people.change-role', { params: { personId: agentId() }, body: { role: 'analyst' } });
    expect(await sentences({ limit: 4 })).toEqual([
      'owner of 1 changed the role of agent of 1 from agent to analyst.',
      'owner of 1 ended the pause of Client 1.1.',
      'owner of 1 paused Client 1.1.',
      'owner of 1 signed in with password and authenticator code.',
    ]);
    const [newest] = (await listOf(owner, { limit: 1 })).entries;
    expect(newest).toMatchObject({ group: 'people', actor: { id: owner.id, name: 'owner of 1' }, client: null });
  });

  test('says that a sign-in was refused, and for whom', async () => {
    const { email } = kit.world.agencies[0].people.agent;
    await kit.world.inject({
      method: 'POST',
      url: '/v1/auth/sign-in',
      payload: { email, password: 'not it', device: { name: 'x', platform: 'linux', key: 'A'.repeat(43) } },
    });
    await expect
      .poll(() => sentences({ group: 'sign-in', limit: 1 }))
      .toEqual(['A sign-in as agent of 1 was refused: wrong password.']);
  });

  test('filters by person, group, client and time', async () => {
    const [, second] = kit.world.agencies[0].clients;
    await owner.call('clients.pause', { clientId: second.id, body: { paused: true } });
    kit.world.clock.advance(60);
    const from = kit.world.clock.now().toISOString();
    await owner.call('clients.grant-access', { params: { personId: agentId() } });
    expect(await sentences({ clientId: second.id })).toEqual(['owner of 1 paused Client 1.2.']);
    expect(await sentences({ from })).toEqual(['owner of 1 let agent of 1 work on Client 1.1.']);
    expect(await sentences({ to: from, group: 'clients' })).toEqual(['owner of 1 paused Client 1.2.']);
    // Whom it was done to is found as well as who did it.
    expect(await sentences({ personId: agentId(), group: 'clients' })).toEqual([
      'owner of 1 let agent of 1 work on Client 1.1.',
    ]);
  });

  test('comes page after page, without a gap and without a repetition', async () => {
    for (let n = 0; n < 7; n++) await owner.call('clients.pause', { body: { paused: n % 2 === 0 } });
    const all = (await listOf(owner, { limit: 200 })).entries.map(({ id }) => id);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await listOf(owner, { limit: 3, ...(cursor === '' ? {} : { cursor }) });
      paged.push(...page.entries.map(({ id }) => id));
      cursor = page.next;
    }
    expect(paged).toEqual(all);
    for (const cursor of ['x', '-1', '1e9', '1.5'])
      expect((await owner.refused('audit.list', { query: { cursor } })).code).toBe('invalid_request');
  });

  test.each(ROLES)('AZ-04: is for owners and admins, and not for the %s of another role', async role => {
    const reply = await (await kit.as(role)).send('audit.list', { query: {} });
    expect(reply.statusCode).toBe(role === 'owner' || role === 'admin' ? 200 : 403);
  });

  test('AZ-02: holds nothing of another agency, whatever is asked for', async () => {
    const stranger = await kit.as('owner', { agency: 1 });
    await stranger.call('clients.pause', { body: { paused: true } });
    const text = JSON.stringify([
      await listOf(owner, { limit: 200 }),
      await listOf(owner, { clientId: stranger.clientId }),
      await listOf(owner, { personId: stranger.id }),
    ]);
    expect(text).not.toContain(stranger.id);
    expect(text).not.toContain('of 2');
  });

  test('AL-06: names nobody who writes to a client, and none of their words', async () => {
    const asha = kit.customer({ name: 'Asha Rao' });
    const { conversationId, messageId } = await asha.writes('My address is 4 MG Road');
    const agent = await kit.as('agent');
    await agent.call('conversations.reply', {
      params: { conversationId },
      body: {
        messageId: crypto.randomUUID(),
        text: 'Thank you, Asha',
        seenInboundId: messageId,
        writtenAt: kit.world.clock.now().toISOString(),
      },
    });
    const page = await kit.as('owner').then(person => listOf(person, { group: 'work' }));
    expect(page.entries[0]!.sentence).toBe('agent of 1 wrote to a customer of Client 1.1.');
    expect(JSON.stringify(page)).not.toMatch(/Asha|MG Road|9198/);
  });
});

describe('an export', () => {
  test('is a file that a spreadsheet takes, with a name that looks like a formula made harmless', async () => {
    await owner.call('clients.update', { body: { name: '=cmd|calc!A1' } });
    await owner.call('clients.pause', { body: { paused: true } });
    const { csv, rows, complete } = await owner.call('audit.export', { body: { group: 'clients' } });
    const lines = csv.trim().split('\r\n');
    expect({ rows, complete, head: lines[0] }).toEqual({
      rows: 2,
      complete: true,
      head: '\ufeff"Time (UTC)","Who","Client","What happened","Event","Id"'.trim(),
    });
    expect(lines[1]).toContain(`,"owner of 1","'=cmd|calc!A1","owner of 1 paused =cmd|calc!A1.","client.pause",`);
  });

  test('AZ-10: is written down, and refused after ten in a day', async () => {
    for (let n = 0; n < AUDIT_EXPORTS_PER_DAY; n++) {
      await owner.call('audit.export', { body: { group: 'settings' } });
      kit.world.clock.advance(7);
    }
    const refused = await owner.send('audit.export', { body: {} });
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'export_quota']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(80_000);
    expect(await sentences({ group: 'exports' })).toHaveLength(AUDIT_EXPORTS_PER_DAY);
    // The other agency has its own quota.
    expect((await (await kit.as('owner', { agency: 1 })).send('audit.export', { body: {} })).statusCode).toBe(200);
  });

  test('AU-12: needs somebody who has just proved themselves, in a role that the agency lets export', async () => {
    const admin = await kit.as('admin');
    expect((await admin.send('audit.export', { body: {} })).statusCode).toBe(200);
    owner = await kit.as('owner');
    await owner.call('agencies.save-settings', {
      body: { ...DEFAULT_AGENCY_SETTINGS, exportRoles: ['owner'], version: 0 },
    });
    expect((await admin.refused('audit.export', { body: {} })).code).toBe('forbidden');
    expect((await owner.send('audit.export', { body: {} })).statusCode).toBe(200);
    kit.world.clock.advance(301);
    expect((await owner.refused('audit.export', { body: {} })).code).toBe('step_up_needed');
  });
});
