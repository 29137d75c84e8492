import { CLIENT_MARKS, NO_PROFILE, WEEKDAYS } from '@astrix/contract';
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
  // Whatever the test before left.
  await owner.call('clients.archive', { body: { archived: false } });
});
afterAll(() => kit.close());

let made = 0;
const fresh = () => ({ name: `Shop ${++made}`, initials: 'SH', replyAs: 'The shop' });
const create = async (more: object = {}) => owner.call('clients.create', { body: { ...fresh(), ...more } });
const listed = async (person: Person) => (await person.call('clients.list')).clients.map(({ id }) => id);
const audited = (event: string) =>
  withSystem(kit.world.db, 'telemetry', tx =>
    tx.selectFrom('audit_log').select(['client_id', 'detail']).where('event', '=', event).execute(),
  );

describe('a new client', () => {
  test('has a mark that no other has, and is seen by whoever reaches all clients', async () => {
    const client = await create();
    const { clients } = await owner.call('clients.list');
    const marks = clients.map(({ hue, shade, shape }) => `${hue} ${shade} ${shape}`);
    expect(new Set(marks).size).toBe(marks.length);
    expect(client).toMatchObject({ status: 'active', logo: null, featuresOff: [], retention: 'days-30' });
    expect(await listed(await kit.as('admin'))).toContain(client.id);
    expect(await listed(await kit.as('agent'))).not.toContain(client.id);
    expect((await audited('client.create')).at(-1)?.client_id).toBe(client.id);
  });

  test('is one alone under a name that fifty requests ask for at once', async () => {
    const body = fresh();
    const replies = await Promise.all(Array.from({ length: 50 }, () => owner.send('clients.create', { body })));
    const statuses = replies.map(({ statusCode }) => statusCode);
    expect(statuses.filter(status => status === 201)).toHaveLength(1);
    expect(new Set(statuses.filter(status => status !== 201))).toEqual(new Set([409]));
    kit.world.clock.advance(60);
  });

  test('is one alone under a whole mark that many requests ask for at once', async () => {
    const { clients } = await owner.call('clients.list');
    const free = CLIENT_MARKS.find(
      mark =>
        !clients.some(({ hue, shade, shape }) => hue === mark.hue && shade === mark.shade && shape === mark.shape),
    )!;
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => owner.send('clients.create', { body: { ...fresh(), ...free } })),
    );
    expect(replies.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    expect(replies.find(({ statusCode }) => statusCode !== 201)!.json().code).toBe('client_mark_taken');
    kit.world.clock.advance(60);
  });

  test('is refused with a mark that does not exist', async () => {
    const taken = CLIENT_MARKS.map(({ hue, shade, shape }) => `${hue} ${shade} ${shape}`);
    const odd = (['circle', 'square', 'leaf', 'arch', 'shield', 'hexagon'] as const)
      .map(shape => ({ hue: 'indigo' as const, shade: 'middle' as const, shape }))
      .find(({ hue, shade, shape }) => !taken.includes(`${hue} ${shade} ${shape}`))!;
    expect(await owner.refused('clients.create', { body: { ...fresh(), ...odd } })).toMatchObject({
      code: 'invalid_request',
    });
  });

  test.each([
    ['in other letters', 'MITTI ROAST', 'Mitti Roast'],
    ['with blanks', 'Mitti  Bazaar', 'MittiBazaar'],
    ['in full width', 'Ｎeem', 'Neem'],
    ['with a Cyrillic letter', 'Chаi Kathа', 'Chai Katha'],
    ['in two ways to write one letter', 'Cafe\u0301', 'Caf\u00e9'],
  ])('is refused under a name that looks like another one %s', async (_, first, second) => {
    await create({ name: first });
    const problem = await owner.refused('clients.create', { body: { ...fresh(), name: second } });
    expect(problem.code).toBe('client_name_taken');
  });

  test('may differ by a vowel sign alone, which is another word', async () => {
    await create({ name: 'कमल' });
    await expect(create({ name: 'कमला' })).resolves.toMatchObject({ name: 'कमला' });
  });

  test.each([
    ['nothing', '   '],
    ['an invisible letter', 'Ne\u200bem'],
    ['a turned direction', 'Neem \u202egnp.exe'],
    ['more than 120 characters', 'N'.repeat(121)],
  ])('is refused with %s for a name', async (_, name) => {
    expect((await owner.refused('clients.create', { body: { ...fresh(), name } })).code).toBe('invalid_request');
  });

  test.each([
    ['no picture', 'data:image/svg+xml;base64,PHN2Zz4='],
    ['an address', 'https://evil.example/logo.png'],
    ['too large', `data:image/png;base64,${'A'.repeat(24_001)}`],
  ])('is refused with a logo that is %s', async (_, logo) => {
    expect((await owner.refused('clients.create', { body: { ...fresh(), logo } })).code).toBe('invalid_request');
  });
});

describe('a change of a client', () => {
  test('keeps what it does not name, and gives no name or mark twice', async () => {
    const [one, two] = [await create(), await create()];
    const changed = await owner.call('clients.update', { clientId: one.id, body: { replyAs: 'The other shop' } });
    expect(changed).toEqual({ ...one, replyAs: 'The other shop' });
    const { hue, shade, shape } = two;
    const refused = (body: object) => owner.refused('clients.update', { clientId: one.id, body });
    expect((await refused({ name: two.name })).code).toBe('client_name_taken');
    expect((await refused({ hue, shade, shape })).code).toBe('client_mark_taken');
    // Its own name in other letters is still its own.
    const loud = one.name.toUpperCase();
    expect(await owner.call('clients.update', { clientId: one.id, body: { name: loud } })).toMatchObject({
      name: loud,
    });
  });
});

describe('a pause', () => {
  const write = async (person: Person, written: { messageId: string; conversationId: string }) =>
    person.send('conversations.reply', {
      params: { conversationId: written.conversationId },
      body: {
        messageId: newId(),
        text: 'On its way.',
        seenInboundId: written.messageId,
        writtenAt: kit.world.clock.now().toISOString(),
      },
    });
  const pause = (paused: boolean) => owner.call('clients.pause', { body: { paused } });

  test('keeps what arrives, and nobody writes', async () => {
    const asha = kit.customer();
    await pause(true);
    const written = await asha.writes('Hello?');
    const agent = await kit.as('agent');
    expect((await write(agent, written)).json().code).toBe('client_paused');
    const { messages } = await agent.call('conversations.list-messages', {
      params: { conversationId: written.conversationId },
    });
    expect(messages.map(({ text }) => text)).toEqual(['Hello?']);
    await pause(false);
    expect((await write(agent, written)).statusCode).toBe(202);
  });
});

describe('an archived client', () => {
  test('is in no list, feed or route, keeps what arrives, and comes back as it was', async () => {
    const archive = (archived: boolean) => owner.call('clients.archive', { body: { archived } });
    const before = await owner.call('clients.get');
    const asha = kit.customer();
    const written = await asha.writes('Before');
    await archive(true);
    expect(await listed(owner)).not.toContain(owner.clientId);
    for (const route of ['clients.get', 'conversations.list'] as const)
      expect((await owner.send(route)).statusCode).toBe(404);
    const feed = await owner.get('/v1/sync');
    expect(feed.body).not.toContain(before.name);
    expect(feed.body).not.toContain(written.conversationId);
    await asha.writes('Meanwhile');
    const { clients } = await owner.call('clients.directory');
    expect(clients.find(({ id }) => id === owner.clientId)).toMatchObject({ status: 'archived', deleteAt: null });
    await archive(false);
    expect(await owner.call('clients.get')).toEqual(before);
    const { messages } = await owner.call('conversations.list-messages', {
      params: { conversationId: written.conversationId },
    });
    expect(messages.map(({ text }) => text).sort()).toEqual(['Before', 'Meanwhile']);
  });
});

describe('a feature that is off', () => {
  test('answers so, for this client alone', async () => {
    await owner.call('clients.set-features', { body: { off: ['conversations'] } });
    expect((await owner.refused('conversations.list')).code).toBe('feature_off');
    const other = kit.world.agencies[0].clients[1].id;
    expect((await owner.send('conversations.list', { clientId: other })).statusCode).toBe(200);
    await owner.call('clients.set-features', { body: { off: [] } });
    expect((await owner.send('conversations.list')).statusCode).toBe(200);
  });

  test('is one that exists and that a client can do without', async () => {
    for (const off of [['inbox'], ['clients'], ['constructor']])
      expect((await owner.refused('clients.set-features', { body: { off } })).code).toBe('invalid_request');
  });
});

describe('a profile', () => {
  const hours = Object.fromEntries(WEEKDAYS.map(day => [day, [{ from: '10:00', to: '19:00' }]])) as never;

  test('is replaced as a whole, and never from an older version', async () => {
    const { id: clientId } = await create();
    const save = (version: number, part: object) =>
      owner.send('clients.save-profile', { clientId, body: { ...NO_PROFILE, ...part, version } });
    const first = (await save(0, { hours, languages: ['hi', 'en', 'hi'] })).json();
    expect(first).toMatchObject({ id: clientId, clientId, version: 1, languages: ['hi', 'en'] });
    expect((await save(0, {})).json().code).toBe('changed_meanwhile');
    expect((await save(1, {})).json()).toMatchObject({ version: 2, hours: null, languages: [] });
    const both = await Promise.all([save(2, { languages: ['hi'] }), save(2, { languages: ['ta'] })]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  });

  test('reaches the consoles of those who work on the client, and of nobody else', async () => {
    const third = kit.world.agencies[0].clients[2].id;
    await owner.call('clients.save-profile', { clientId: third, body: { ...NO_PROFILE, hours, version: 0 } });
    const feed = async (person: Person) => (await person.get('/v1/sync?collections=client-profiles')).body;
    expect(await feed(owner)).toContain(third);
    expect(await feed(await kit.as('agent'))).not.toContain(third);
  });
});
