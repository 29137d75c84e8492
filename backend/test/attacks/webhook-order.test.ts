import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repeated } from '../../../testkit/repeated.ts';
import { newId } from '../../src/kernel/ids.ts';
import { type SystemTx, withSystem } from '../../src/platform/db/index.ts';
import { ledgerOfAll } from '../tenancy/ledger.ts';
import { createWorld, messagePayload, START, statusPayload, valuePayload, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
  world.clock.set(after(120));
});
afterAll(() => world.close());

const after = (seconds: number) => new Date(START.getTime() + seconds * 1000);
/** One life: whose it is, its incoming and its outgoing message. Each permutation has a customer of its own. */
type Life = { readonly account: string; readonly phone: string; readonly of: string; readonly outgoing: string };
type Event = (life: Life) => object;

const incoming =
  (name: string, seconds: number, more: object): Event =>
  ({ account, phone, of }) =>
    messagePayload(account, { id: `wamid.${of}.${name}`, from: phone, name: 'Asha', at: after(seconds), ...more });
const says = (name: string, seconds: number, text: string) => incoming(name, seconds, { text });
const reacts =
  (name: string, seconds: number, to: (life: Life) => string, emoji: string): Event =>
  life =>
    incoming(name, seconds, { type: 'reaction', reaction: { message_id: to(life), emoji } })(life);
const changes =
  (name: string, seconds: number, type: 'edit' | 'revoke', target: string, text?: string): Event =>
  life =>
    incoming(name, seconds, {
      type,
      [type]: {
        original_message_id: `wamid.${life.of}.${target}`,
        ...(text ? { message: { type: 'text', text: { body: text } } } : {}),
      },
    })(life);
const status =
  (name: string, seconds: number, code?: number): Event =>
  ({ account, phone, of, outgoing }) =>
    statusPayload(account, {
      id: `wamid.${of}.ours`,
      status: name,
      at: after(seconds),
      recipient: phone,
      ours: outgoing,
      ...(code ? { code } : {}),
    });
const prefers =
  (seconds: number, value: 'stop' | 'resume', category?: string): Event =>
  ({ account, phone }) =>
    valuePayload(
      account,
      { user_preferences: [{ wa_id: phone, value, timestamp: String(after(seconds).getTime() / 1000), category }] },
      'user_preferences',
    );
const mine = (name: string) => (life: Life) => `wamid.${life.of}.${name}`;

const LIVES: Readonly<Record<string, readonly Event[]>> = {
  'a message that is edited twice in a second and reacted to twice in a second': [
    says('m', 1, 'first words'),
    changes('e1', 10, 'edit', 'm', 'better words'),
    changes('e2', 10, 'edit', 'm', 'best words'),
    reacts('r1', 20, mine('m'), '👍'),
    reacts('r2', 20, mine('m'), '❤️'),
  ],
  'a message that is edited, taken back, and followed by another': [
    says('m', 1, 'regretted'),
    changes('e', 5, 'edit', 'm', 'regretted more'),
    changes('d', 9, 'revoke', 'm'),
    reacts('r', 12, mine('m'), '😮'),
    says('n', 20, 'never mind'),
  ],
  'a reply that is sent, delivered, read, and reacted to': [
    status('sent', 31),
    status('delivered', 32),
    status('read', 33),
    status('played', 34),
    reacts('r', 35, mine('ours'), '🙏'),
  ],
  'a reply that fails after it was delivered': [
    status('sent', 31),
    status('delivered', 32),
    status('failed', 33, 131_026),
    status('read', 34),
    says('m', 40, 'nothing came'),
  ],
  'stop, start and stop again': [
    says('a', 1, 'hello'),
    says('b', 11, 'STOP'),
    says('c', 21, 'start'),
    says('d', 31, 'बंद करो'),
    says('e', 41, 'START'),
  ],
  'words about marketing and about everything, two of them in the same second': [
    says('a', 1, 'hello'),
    prefers(10, 'stop', 'marketing_messages'),
    prefers(10, 'resume', 'marketing_messages'),
    prefers(20, 'stop'),
    prefers(30, 'resume'),
  ],
};

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((one, at) => permutations(list.toSpliced(at, 1)).map(rest => [one, ...rest]));
}

/** Customers who have written, each with a reply on its way: as the send function leaves it before anything is heard. */
async function begin(names: readonly string[], nth: number): Promise<Life[]> {
  const { accountId: account } = world.agencies[0].clients[0];
  const lives = names.map((of, i) => ({
    account,
    phone: `9190000${String(nth * 1000 + i).padStart(5, '0')}`,
    of,
    outgoing: newId(),
  }));
  await deliverTogether(lives.map(says('before', 0, 'before all')));
  await withSystem(world.db, 'demo-seed', async tx => {
    const rows = await tx
      .selectFrom('messages')
      .selectAll()
      .where('provider_id', 'in', lives.map(mine('before')))
      .execute();
    const ours = rows.map(row => ({
      ...row,
      seq: row.seq + 1,
      id: lives.find(life => mine('before')(life) === row.provider_id)!.outgoing,
      direction: 'out' as const,
      status: 'sending' as const,
      provider_id: null,
      reactions: '[]',
      text: 'our reply',
    }));
    await tx.insertInto('messages').values(ours).execute();
    const theirs = ours.map(row => row.conversation_id);
    await tx.updateTable('conversations').set({ last_seq: 2 }).where('id', 'in', theirs).execute();
  });
  return lives;
}

/** What anybody could tell two lives apart by. Ids, versions and the order of arrival are ours and left out. */
async function stateOf(tx: SystemTx, { of, phone, outgoing }: Life): Promise<string> {
  const contact = await tx
    .selectFrom('contact_identities as i')
    .innerJoin('contacts as c', 'c.id', 'i.contact_id')
    .selectAll('c')
    .where('i.value', '=', phone)
    .executeTakeFirstOrThrow();
  const conversation = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('contact_id', '=', contact.id)
    .executeTakeFirstOrThrow();
  const messages = await tx
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversation.id)
    .orderBy('sent_at')
    .orderBy('direction')
    .execute();
  const state = {
    contact: { ...contact, id: null },
    conversation: {
      ...conversation,
      id: null,
      contact_id: null,
      version: null,
      last_inbound_id: null,
    },
    messages: messages.map(message => ({
      ...message,
      id: message.id === outgoing ? 'ours' : null,
      conversation_id: null,
      version: null,
      seq: null,
    })),
  };
  return JSON.stringify(state, null, 1).replaceAll(`wamid.${of}.`, '');
}

const delivered: object[] = [];
/** One delivery with the events of many customers, as Meta batches them. */
async function deliverTogether(payloads: readonly object[]): Promise<void> {
  delivered.push(...payloads);
  const entry = payloads.flatMap(payload => (payload as { entry: object[] }).entry);
  expect((await world.deliver({ object: 'whatsapp_business_account', entry })).statusCode).toBe(200);
}
const letRetry = async () => {
  for (const seconds of [1, 4, 16, 64]) {
    world.clock.advance(seconds);
    await world.app.runNow('webhooks.process');
  }
};

// Each fourth in every run, all of them under stress.
const EACH = repeated(4, 1);
describe('WH-10, F-19: whatever the order of arrival, the end is the same', () => {
  test.each(Object.entries(LIVES).map(([what, events], n) => [what, events, n] as const))(
    '%s',
    async (_, events, n) => {
      const orders = permutations(events).filter((_, nth) => nth % EACH === 0);
      expect(orders).toHaveLength(120 / EACH);
      const lives = await begin(
        orders.map((_, i) => `life${n}x${i}`),
        n,
      );
      for (let step = 0; step < events.length; step++)
        await deliverTogether(orders.map((order, i) => order[step]!(lives[i]!)));
      await letRetry();
      const left = await withSystem(world.db, 'telemetry', tx =>
        tx.selectFrom('webhook_events').select(['kind', 'state', 'reason']).execute(),
      );
      expect(left).toEqual([]);
      const ends = await withSystem(world.db, 'telemetry', async tx => {
        const found = new Set<string>();
        for (const life of lives)
          found.add((await stateOf(tx, life)).replaceAll(life.phone, '<phone>').replace(/•\d{4}/g, '•'));
        return found;
      });
      const [first, second] = [...ends];
      expect(second ?? first).toBe(first);
      expect(ends.size).toBe(1);
    },
  );
});

describe('WH-08: a delivery that comes again changes nothing, at any age', () => {
  test('every delivery of this file, and notices, identities and preferences, at 6 minutes, 1 hour, 3 and 7 days', async () => {
    const { accountId } = world.agencies[0].clients[0];
    const seconds = String(world.clock.now().getTime() / 1000);
    const dated = (field: string, value: object, time: number) => {
      const payload = valuePayload(accountId, value, field) as { entry: { time?: number }[] };
      payload.entry[0]!.time = time;
      return payload;
    };
    const more = [
      dated('phone_number_quality_update', { event: 'DOWNGRADE', current_limit: 'TIER_50' }, Number(seconds) - 60),
      dated('phone_number_quality_update', { event: 'UPGRADE', current_limit: 'TIER_1K' }, Number(seconds) - 30),
      valuePayload(accountId, { errors: [{ code: 130_429, title: 'Rate limit hit' }] }),
      messagePayload(accountId, {
        id: 'wamid.moved',
        from: '919000000000',
        at: world.clock.now(),
        type: 'system',
        system: { type: 'user_changed_number', wa_id: '919333344444', body: 'changed' },
      }),
      valuePayload(
        accountId,
        { user_id_update: [{ wa_id: '919000001000', user_id: { current: 'IN.AAAA1111' }, timestamp: seconds }] },
        'user_id_update',
      ),
      valuePayload(accountId, { anything: 'new' }, 'a_field_of_tomorrow'),
    ];
    for (const payload of more) await world.deliver(payload);
    delivered.push(...more);
    await letRetry();
    /** The health of receiving says that deliveries arrive, copies included. Nothing else may move. */
    const effects = async () => ({ ...(await ledgerOfAll(world.db)), connection_health: null });
    const before = await effects();
    const letters = () =>
      withSystem(world.db, 'telemetry', tx => tx.selectFrom('webhook_events').select('id').orderBy('seq').execute());
    const dead = await letters();
    // A twelfth of the permutations says as much as all of them.
    const again = delivered.filter((payload, n) => n % 12 === 0 || more.includes(payload));
    for (const age of [6 * 60, 3600, 3 * 86_400, 7 * 86_400]) {
      world.clock.set(new Date(Number(seconds) * 1000 + age * 1000));
      const entry = again.flatMap(payload => (payload as { entry: object[] }).entry);
      await world.deliver({ object: 'whatsapp_business_account', entry });
      await letRetry();
      expect(await effects(), `after ${age} seconds`).toEqual(before);
      expect(await letters()).toEqual(dead);
    }
  });
});
