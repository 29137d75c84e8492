import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withSystem } from '../../src/platform/db/index.ts';
import { ledgerOfAll } from '../tenancy/ledger.ts';
import { APP_SECRET, createWorld, messagePayload, signed, VERIFY_TOKEN, valuePayload, type World } from '../world.ts';
import { webhookRig } from './webhook-rig.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ASTRIX_ROLE: 'api' });
});
afterAll(() => world.close());
beforeEach(() => world.clock.advance(86_400));

const CUSTOMER = '919876543210';
const { aMessage, bytes, count, post, stored } = webhookRig(() => world);
const dead = () =>
  withSystem(world.db, 'telemetry', tx =>
    tx.selectFrom('webhook_events').selectAll().where('state', '=', 'dead').orderBy('seq').execute(),
  );
const outcomes = async () => {
  const { values } = await world.metrics.webhookEvents.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
};
const markers = () => withSystem(world.db, 'telemetry', tx => tx.selectFrom('webhook_markers').selectAll().execute());

describe('WH-07: copies', () => {
  test('a hundred at the same moment have one effect', async () => {
    const body = bytes(aMessage('one of a hundred'));
    const replies = await Promise.all(Array.from({ length: 100 }, () => post(body, signed(body))));
    expect(new Set(replies.map(reply => reply.statusCode))).toEqual(new Set([200]));
    await world.app.runNow('webhooks.process');
    const { texts, waiting } = await stored();
    expect(texts.filter(text => text === 'one of a hundred')).toHaveLength(1);
    expect(waiting).toBe(0);
  });

  test('the marker holds for five minutes and then not, and what comes after it still changes nothing', async () => {
    const message = aMessage('marked');
    await world.deliver(message);
    const [marker] = (await markers()).filter(({ key }) => key.endsWith(`wamid.attack.${count()}`));
    expect(marker?.expires_at.getTime()).toBe(world.clock.now().getTime() + 300_000);
    const before = await ledgerOfAll(world.db);
    const ways: Record<string, number>[] = [await outcomes()];
    for (const seconds of [299, 2]) {
      world.clock.advance(seconds);
      await world.deliver(message);
      ways.push(await outcomes());
    }
    const grown = (outcome: string) => ways.slice(1).map((way, n) => (way[outcome] ?? 0) - (ways[n]![outcome] ?? 0));
    expect({ copy: grown('copy'), nothingNew: grown('nothing-new') }).toEqual({ copy: [1, 0], nothingNew: [0, 1] });
    expect(await ledgerOfAll(world.db)).toEqual(before);
  });
});

describe('apps that were registered with the address from before there was one for every provider', () => {
  const url = '/webhooks/whatsapp';
  const deliver = (body: Buffer, key = APP_SECRET) =>
    world.inject({ method: 'POST', url, headers: signed(body, key), payload: body });

  test('WH-13: the handshake is answered there', async () => {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '4711' };
    expect((await world.inject({ url, query })).body).toBe('4711');
    const wrong = await world.inject({ url, query: { ...query, 'hub.verify_token': 'wrong' } });
    expect(wrong.json().code).toBe('webhook_refused');
  });

  test('WH-01: another signature is refused there', async () => {
    expect((await deliver(bytes(aMessage('forged')), 'another-secret')).statusCode).toBe(401);
    expect((await stored()).waiting).toBe(0);
  });

  test('WH-08: a delivery to both addresses has one effect', async () => {
    const body = bytes(aMessage('to both'));
    expect((await deliver(body)).statusCode).toBe(200);
    expect((await post(body, signed(body))).statusCode).toBe(200);
    await world.app.runNow('webhooks.process');
    expect((await stored()).texts.filter(text => text === 'to both')).toHaveLength(1);
  });
});

describe('WH-12, ME-01: accounts', () => {
  test('a delivery for an account that is nobody’s waits among the dead letters of nobody', async () => {
    const before = await ledgerOfAll(world.db);
    await world.deliver(
      messagePayload('123456789', { id: 'wamid.x', from: CUSTOMER, text: 'who?', at: world.clock.now() }),
    );
    expect((await dead()).at(-1)).toMatchObject({ account_id: '123456789', agency_id: null, client_id: null });
    expect(await ledgerOfAll(world.db)).toEqual(before);
  });

  test('the tenant comes from the account, whatever else the payload names', async () => {
    const [ours, theirs] = [world.agencies[0].clients[0], world.agencies[1].clients[0]];
    const payload = messagePayload(ours.accountId, {
      id: 'wamid.claims',
      from: CUSTOMER,
      text: 'claims much',
      at: world.clock.now(),
      agency_id: world.agencies[1].id,
      client_id: theirs.id,
      phone_number_id: theirs.accountId,
      metadata: { phone_number_id: theirs.accountId },
    }) as { entry: { id: string }[] };
    payload.entry[0]!.id = world.agencies[1].id;
    await world.deliver({ ...payload, agency_id: world.agencies[1].id, phone_number_id: theirs.accountId });
    const rows = await withSystem(world.db, 'telemetry', tx =>
      tx.selectFrom('messages').select(['agency_id', 'client_id']).where('text', '=', 'claims much').execute(),
    );
    expect(rows).toEqual([{ agency_id: world.agencies[0].id, client_id: ours.id }]);
  });
});

describe('WH-15: poison', () => {
  const POISON: readonly (readonly [string, () => Buffer])[] = [
    ['no JSON', () => Buffer.from('{"object":')],
    ['nothing of WhatsApp', () => Buffer.from('[]')],
    ['zero bytes', () => Buffer.from(`{"a":"\\u0000","b":"${'\ufffd'}"}`)],
    ['nested too deep to be written again', () => Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)],
    [
      'deep within a change',
      () => {
        const value = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
        return Buffer.from(
          `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"new","value":${value}}]}]}`,
        );
      },
    ],
  ];
  test.each(POISON)('%s does not stop what comes with it, and its text is kept', async (_, make) => {
    const poison = make();
    const letters = (await dead()).length;
    expect((await post(poison, signed(poison))).statusCode).toBe(200);
    const text = `after poison ${count()}`;
    const next = bytes(aMessage(text));
    await post(next, signed(next));
    await world.app.runNow('webhooks.process');
    expect((await stored()).waiting).toBe(0);
    expect((await stored()).texts).toContain(text);
    const kept = await dead();
    expect(kept).toHaveLength(letters + 1);
    expect(kept.at(-1)!.payload).toMatchObject({ kind: 'unknown', raw: poison.toString() });
  });

  test('a dead letter replayed twice has one effect, and each replay is on the audit', async () => {
    const { accountId } = world.agencies[0].clients[0];
    const early = { id: 'wamid.late.edit', from: CUSTOMER, at: world.clock.now(), type: 'edit' };
    const edit = { original_message_id: 'wamid.late', message: { type: 'text', text: { body: 'in better words' } } };
    await world.deliver(messagePayload(accountId, { ...early, edit }));
    for (const seconds of [1, 4, 16, 64]) {
      world.clock.advance(seconds);
      await world.app.runNow('webhooks.process');
    }
    const letter = (await dead()).at(-1)!;
    expect(letter.reason).toContain('an edit');
    await world.deliver(
      messagePayload(accountId, { id: 'wamid.late', from: CUSTOMER, text: 'late', at: world.clock.now() }),
    );
    const headers = { authorization: `Bearer ${await world.tokenOf(world.agencies[0].people.owner)}` };
    const replay = () =>
      world.inject({ method: 'POST', url: `/v1/webhooks/dead-letters/${letter.id}/replay`, headers });
    const statuses = [(await replay()).statusCode, (await replay()).statusCode];
    await world.app.runNow('webhooks.process');
    statuses.push((await replay()).statusCode);
    expect(statuses).toEqual([204, 404, 404]);
    const { text } = await withSystem(world.db, 'telemetry', tx =>
      tx.selectFrom('messages').select('text').where('provider_id', '=', 'wamid.late').executeTakeFirstOrThrow(),
    );
    expect(text).toBe('in better words');
    const audited = await withSystem(world.db, 'telemetry', tx =>
      tx.selectFrom('audit_log').select('subject_id').where('event', '=', 'webhook.replay').execute(),
    );
    expect(audited).toEqual([{ subject_id: letter.id }]);
  });

  test('a dead letter replayed before anything has changed is dead again, and not lost', async () => {
    await world.deliver(valuePayload(world.agencies[0].clients[0].accountId, { news: 1 }, 'a_new_field'));
    const letter = (await dead()).at(-1)!;
    const headers = { authorization: `Bearer ${await world.tokenOf(world.agencies[0].people.owner)}` };
    await world.inject({ method: 'POST', url: `/v1/webhooks/dead-letters/${letter.id}/replay`, headers });
    await world.app.runNow('webhooks.process');
    expect((await dead()).map(({ id }) => id)).toContain(letter.id);
  });
});
