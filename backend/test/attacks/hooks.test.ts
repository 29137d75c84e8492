import type { ConnectionView } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../testkit/until.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { ConnectionRef } from '../../src/modules/connections/index.ts';
import { applyChange } from '../../src/modules/connections/provider-events.ts';
import { findConnection, markWorking } from '../../src/modules/connections/repo.ts';
import { markOutdated } from '../../src/modules/previews/repo.ts';
import { type AnyTx, type SystemTx, withSystem } from '../../src/platform/db/index.ts';
import type { Emit } from '../../src/platform/events/index.ts';
import {
  type Addressed,
  addressed,
  byKey,
  DELHIVERY_FORM,
  delhiveryPush,
  type HookRig,
  hookRig,
  instagramEvent,
  jiraEvent,
  STRIPE_FORM,
  STRIPE_SECRET,
  signJira,
  signMeta,
  signStripe,
  stripeEvent,
} from './hook-rig.ts';

const onDb = <T>(work: (tx: SystemTx) => Promise<T>) => withSystem(rig.world.db, 'telemetry', work);

let rig: HookRig;
let stripe: Addressed;
let delhivery: Addressed;
let jira: Addressed;
let instagram: ConnectionView;
const DAY = 86_400;

beforeAll(async () => {
  rig = await hookRig();
  const admin = await rig.admin();
  stripe = await addressed(admin, await byKey(admin, 'stripe', STRIPE_FORM));
  delhivery = await addressed(admin, await byKey(admin, 'delhivery', DELHIVERY_FORM));
  jira = await addressed(admin, await admin.connect('jira', 'chai-katha'));
  instagram = await admin.connect('instagram', '@chai.katha');
});
afterAll(() => rig.close());

type Sender = {
  readonly connection: () => ConnectionView;
  readonly event: () => object;
  readonly url: () => string;
  readonly sign: (body: object) => Record<string, string>;
  readonly capability: string;
};
const token = ({ at }: Addressed) => at.token ?? '';
const SENDERS: Readonly<Record<string, Sender>> = {
  Stripe: {
    connection: () => stripe,
    event: stripeEvent,
    url: () => rig.pathOf(stripe),
    sign: body => signStripe(rig.world, body),
    capability: 'payments',
  },
  Jira: {
    connection: () => jira,
    event: jiraEvent,
    url: () => rig.pathOf(jira),
    sign: body => signJira(body, token(jira)),
    capability: 'tasks',
  },
  Instagram: {
    connection: () => instagram,
    event: () => instagramEvent(instagram.account.id),
    url: () => '/webhooks/app/instagram',
    sign: body => signMeta(body),
    capability: 'posts',
  },
};

/** Reads once, so that there is something to go stale. */
const readFresh = async ({ connection, capability }: Sender) =>
  (await rig.admin()).read(connection(), capability as 'payments', { refresh: true });
const send = async ({ url, sign }: Sender, body: object) => {
  const reply = await rig.post(url(), body, sign(body));
  await rig.process();
  return reply;
};

describe.each(Object.entries(SENDERS))('WH-06, WH-08, WH-10: events of %s', (_, sender) => {
  test('make what is kept stale and write nothing of their own; the next reader asks the provider', async () => {
    await readFresh(sender);
    const { budget: _budget, ...before } = await (await rig.admin()).one(sender.connection().id);
    const reply = await send(sender, sender.event());
    expect([reply.statusCode, reply.json()]).toEqual([200, { received: true }]);
    expect((await rig.isOutdated(sender.connection()))[sender.capability]).toBe(true);
    expect(await (await rig.admin()).one(sender.connection().id)).toMatchObject(before);
    const calls = async () =>
      (await (await rig.admin()).get(`connections/${sender.connection().id}/calls`)).json().calls.length;
    const asked = await calls();
    expect(await (await rig.admin()).read(sender.connection(), sender.capability as 'payments')).toMatchObject({
      stale: false,
    });
    await until(async () => (await calls()) > asked);
  });

  test('redelivered at six minutes, an hour, three days and seven change nothing', async () => {
    const body = sender.event();
    await send(sender, body);
    await readFresh(sender);
    const before = await rig.state();
    for (const seconds of [360, 3600, 3 * DAY, 7 * DAY]) {
      rig.world.clock.advance(seconds);
      expect((await send(sender, body)).statusCode).toBe(200);
      expect(await rig.state()).toEqual(before);
    }
  });

  test('in any order come to the same, and a hundred copies at once to one effect', async () => {
    const bodies = [sender.event(), sender.event(), sender.event()];
    const ends: unknown[] = [];
    for (const order of [bodies, bodies.toReversed(), [...bodies, ...bodies]]) {
      for (const body of order) await rig.post(sender.url(), body, sender.sign(body));
      await rig.process();
      ends.push(await rig.isOutdated(sender.connection()));
    }
    expect(new Set(ends.map(end => JSON.stringify(end))).size).toBe(1);
    const applied = async () => {
      const { values } = await rig.world.metrics.webhookEvents.get();
      return values.find(({ labels }) => labels.outcome === 'applied')?.value ?? 0;
    };
    const before = await applied();
    const one = sender.event();
    await Promise.all(Array.from({ length: 100 }, () => rig.post(sender.url(), one, sender.sign(one))));
    await rig.process();
    expect((await applied()) - before).toBe(1);
  });

  test('WH-15: poison becomes a dead letter without its text, and what comes after it goes through', async () => {
    const poison = [
      Buffer.from('{"object":'),
      Buffer.from('[]'),
      Buffer.from('{"id":"evt_\\u0000","object":"event","livemode":true,"mail":"asha@example.in"}'),
      Buffer.from(`{"livemode":true,"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
      Buffer.from(
        '{"object":"instagram","livemode":true,"entry":[{"id":"a\\u0000b","changes":[{"field":"\\u0000\\ud800"}]}]}',
      ),
      Buffer.from('{"timestamp":1,"webhookEvent":"jira:\\u0000","livemode":true}'),
    ];
    const before = (await rig.dead()).length;
    await readFresh(sender);
    let taken = 0;
    for (const body of poison) {
      const { statusCode } = await rig.post(sender.url(), body, sender.sign(body));
      // Stripe’s mode stands in the body, so that one that cannot be read is refused there and then.
      expect([200, 401]).toContain(statusCode);
      if (statusCode === 200) taken += 1;
    }
    expect(taken).toBeGreaterThanOrEqual(3);
    const good = sender.event();
    expect((await send(sender, good)).statusCode).toBe(200);
    expect((await rig.isOutdated(sender.connection()))[sender.capability]).toBe(true);
    const letters = await rig.dead();
    // Of Instagram one is read, and is about nobody.
    expect(letters.length - before).toBe(sender.capability === 'posts' ? taken - 1 : taken);
    const listed = (await (await rig.admin()).get('/v1/webhooks/dead-letters')).body;
    expect(listed).not.toContain('asha@example.in');
  });
});

describe('WH-12: whose an event is', () => {
  test('of another account at the address of a connection it waits as that agency’s dead letter, and nobody else’s data moves', async () => {
    const theirs = await rig.as('admin', { agency: 1 });
    const own = await byKey(theirs, 'stripe', { ...STRIPE_FORM, key: 'rk_live_OtherAgency2026' });
    const other = await addressed(theirs, own);
    await (await rig.admin()).read(stripe, 'payments', { refresh: true });
    await theirs.read(other, 'payments', { refresh: true });
    const body = stripeEvent({ account: 'acct_SomebodyElse', agency_id: rig.world.agencies[1].id });
    expect((await rig.post(rig.pathOf(stripe), body, signStripe(rig.world, body))).statusCode).toBe(200);
    await rig.process();
    expect(await rig.isOutdated(stripe)).toEqual({ payments: false });
    expect(await rig.isOutdated(other)).toEqual({ payments: false });
    expect((await rig.dead()).at(-1)).toMatchObject({
      provider: 'stripe',
      agency_id: rig.world.agencies[0].id,
      reason: 'an account other than the connected one',
    });
    // Signed by the other’s secret, at this one’s address; and the other way about.
    const foreign = stripeEvent();
    const wrong = signStripe(rig.world, foreign, 'whsec_dGhlb3RoZXJ0aGVvdGhlcg');
    expect((await rig.post(rig.pathOf(stripe), foreign, wrong)).statusCode).toBe(401);
    await theirs.disconnect(other);
    const late = stripeEvent();
    expect((await rig.post(rig.pathOf(other), late, signStripe(rig.world, late))).statusCode).toBe(401);
  });

  test('of an app, for an account that is nobody’s, it waits as the dead letter of nobody', async () => {
    const body = instagramEvent('999999999');
    const before = await rig.isOutdated(instagram);
    expect((await rig.post('/webhooks/app/instagram', body, signMeta(body))).statusCode).toBe(200);
    await rig.process();
    expect((await rig.dead()).at(-1)).toMatchObject({
      agency_id: null,
      reason: 'an account that no client has connected',
    });
    expect(await rig.isOutdated(instagram)).toEqual(before);
  });

  test('WH-15: a dead letter is replayed by a person, has one effect however often, and is on the audit', async () => {
    const body = stripeEvent({ account: 'acct_Early' });
    await rig.post(rig.pathOf(stripe), body, signStripe(rig.world, body));
    await rig.process();
    const letter = (await rig.dead()).at(-1)!;
    const replay = async () => (await rig.admin()).post(`/v1/webhooks/dead-letters/${letter.id}/replay`);
    expect([(await replay()).statusCode, (await replay()).statusCode]).toEqual([204, 404]);
    await rig.process();
    expect((await rig.dead()).map(({ id }) => id)).toContain(letter.id);
    const stranger = await rig.as('admin', { agency: 1 });
    expect((await stranger.post(`/v1/webhooks/dead-letters/${letter.id}/replay`)).statusCode).toBe(404);
  });

  test('WH-15: an event that failed before the cause was fixed has its effect with the replay, and a second replay has none', async () => {
    await (await rig.admin()).read(stripe, 'payments', { refresh: true });
    const now = rig.world.clock.now();
    const letter = () => {
      const values = {
        id: newId(now),
        provider: 'stripe',
        account_id: null,
        business_id: null,
        connection_id: stripe.id,
        entity: stripe.id,
        topic: 'change' as const,
        kind: 'changed',
        natural_key: `${stripe.id}/mended`,
        payload: JSON.stringify({ kind: 'changed', capability: 'payments' }),
        state: 'dead' as const,
        agency_id: rig.world.agencies[0].id,
        client_id: null,
        reason: 'Error',
        received_at: now,
        next_at: now,
        expires_at: new Date(now.getTime() + DAY * 1000),
      };
      return onDb(tx => tx.insertInto('webhook_events').values(values).returning('id').executeTakeFirstOrThrow());
    };
    const replay = async () => {
      const { id } = await letter();
      const admin = await rig.admin();
      expect((await admin.post(`/v1/webhooks/dead-letters/${id}/replay`)).statusCode).toBe(204);
      await rig.process();
      expect((await rig.dead()).map(one => one.id)).not.toContain(id);
      return rig.isOutdated(stripe);
    };
    expect(await replay()).toEqual({ payments: true });
    await (await rig.admin()).read(stripe, 'payments', { refresh: true });
    rig.world.clock.advance(301);
    expect(await replay()).toEqual({ payments: false });
  });
});

describe('WH-06: Delhivery, which signs nothing', () => {
  const headers = (value = token(delhivery)) => ({ 'x-api-key': value });
  const push = async (body: object, given: Record<string, string> = headers()) => {
    const { statusCode } = await rig.post(rig.pathOf(delhivery), body, given);
    await rig.process();
    return statusCode;
  };

  test('whatever a push says, nothing changes but a mark', async () => {
    const now = rig.world.clock.now();
    const of = { agency_id: rig.world.agencies[0].id, connection_id: delhivery.id, capability: 'shipments' };
    const kept = { rows: '[]', complete: true, fetched_at: now, expires_at: new Date(now.getTime() + DAY * 1000) };
    await onDb(tx =>
      tx
        .insertInto('previews')
        .values({ ...of, ...kept })
        .execute(),
    );
    const dataOf = () =>
      onDb(tx =>
        tx.selectFrom('previews').selectAll().where('connection_id', '=', delhivery.id).executeTakeFirstOrThrow(),
      );
    const { previews: _, ...before } = (await rig.state()) as Record<string, unknown>;
    const row = await dataOf();
    expect(row.outdated).toBe(false);
    const delivered = { Status: 'Delivered', StatusType: 'DL', StatusDateTime: '2026-01-09T17:10:42.767' };
    expect(await push({ Shipment: { ...delhiveryPush().Shipment, Status: delivered, total: 1 } })).toBe(200);
    expect(await dataOf()).toEqual({ ...row, outdated: true });
    const { previews: __, ...after } = (await rig.state()) as Record<string, unknown>;
    expect(after).toEqual(before);
  });

  test('that access has ended is believed only of who vouches for it; else the next reader asks', async () => {
    const row = await onDb(tx => findConnection(tx, rig.world.agencies[0].id, delhivery.id));
    const emit: Emit = async (tx: AnyTx, _: string, ref: unknown) =>
      markOutdated(tx as SystemTx, ref as ConnectionRef, null);
    await onDb(tx => applyChange(emit, tx, row!, { kind: 'revoked' }, false));
    expect(await (await rig.admin()).one(delhivery.id)).toMatchObject({ status: 'active', fault: null });
    expect(await rig.isOutdated(delhivery)).toEqual({ shipments: true });
    await onDb(tx => applyChange(emit, tx, row!, { kind: 'revoked' }, true));
    expect(await (await rig.admin()).one(delhivery.id)).toMatchObject({
      status: 'broken',
      fault: { code: 'revoked', reason: 'Access was revoked at Delhivery.' },
    });
    await onDb(tx => markWorking(tx, row!.agency_id, row!.id));
  });

  test('the address without the token, the token without the address, and those of another connection are refused', async () => {
    const before = await rig.state();
    expect(await push(delhiveryPush(), {})).toBe(401);
    expect(await push(delhiveryPush(), headers('a-token-of-somebody'))).toBe(401);
    expect(await push(delhiveryPush(), headers(token(jira)))).toBe(401);
    expect(await push(delhiveryPush(), { ...headers(), 'anx-api-key': token(delhivery) })).toBe(401);
    for (const address of ['A'.repeat(43), 'x', `${rig.pathOf(delhivery).split('/').at(-1)}A`, '%00', 'undefined'])
      expect((await rig.post(`/webhooks/connection/${address}`, delhiveryPush(), headers())).statusCode).toBe(401);
    expect(await rig.state()).toEqual(before);
  });
});

describe('WH-05: two secrets during a rotation', () => {
  test('a signing secret that is pasted anew: both for a day, then the new one alone', async () => {
    const next = 'whsec_bmV4dG5leHRuZXh0bmV4dG5leHQ';
    await byKey(await rig.admin(), 'stripe', { ...STRIPE_FORM, webhookSecret: next }, stripe.id);
    const status = async (key: string) => {
      const body = stripeEvent();
      return (await rig.post(rig.pathOf(stripe), body, signStripe(rig.world, body, key))).statusCode;
    };
    expect([await status(STRIPE_SECRET), await status(next), await status('whsec_b3RoZXJvdGhlcm90aGVy')]).toEqual([
      200, 200, 401,
    ]);
    rig.world.clock.advance(DAY - 10);
    expect([await status(STRIPE_SECRET), await status(next)]).toEqual([200, 200]);
    rig.world.clock.advance(11);
    expect([await status(STRIPE_SECRET), await status(next)]).toEqual([401, 200]);
    await rig.world.app.runNow('connections.tend');
    expect([await status(STRIPE_SECRET), await status(next)]).toEqual([401, 200]);
    const back = await rig.as('admin');
    await byKey(back, 'stripe', STRIPE_FORM, stripe.id);
  });

  test('an address and its token that are made anew: both for a day, then the new ones alone', async () => {
    const me = await rig.as('admin');
    const old = jira;
    const fresh = await addressed(me, jira);
    expect(fresh.at.url).not.toBe(old.at.url);
    expect(fresh.at.token).not.toBe(old.at.token);
    expect(fresh.at.overlapEndsAt).toBe(new Date(rig.world.clock.now().getTime() + DAY * 1000).toISOString());
    const status = async (at: Addressed, by: Addressed) => {
      const body = jiraEvent();
      return (await rig.post(rig.pathOf(at), body, signJira(body, token(by)))).statusCode;
    };
    const all = async () => [
      await status(old, old),
      await status(old, fresh),
      await status(fresh, old),
      await status(fresh, fresh),
    ];
    expect(await all()).toEqual([200, 200, 200, 200]);
    rig.world.clock.advance(DAY + 1);
    expect(await all()).toEqual([401, 401, 401, 200]);
    const again = await rig.as('admin');
    const third = await addressed(again, jira);
    const fourth = await addressed(again, jira);
    expect([await status(fresh, fresh), await status(third, third), await status(fourth, fourth)]).toEqual([
      401, 200, 200,
    ]);
    jira = fourth;
    await rig.process();
  });

  test('VT-05: an address is shown to who made it, once, and nowhere else; the database alone does not hold it', async () => {
    const agent = await rig.as('agent');
    expect((await agent.post(`connections/${stripe.id}/rotate-webhook`)).statusCode).toBe(403);
    const manager = await rig.as('manager');
    expect(stripe.at).toMatchObject({
      url: expect.stringMatching(/^https:\/\/hooks\.example\/webhooks\/connection\/[\w-]{43}$/),
      token: null,
    });
    const listed = JSON.stringify(await manager.list());
    for (const { at } of [stripe, jira, delhivery])
      for (const shown of [at.url.split('/').at(-1)!, at.token]) if (shown) expect(listed).not.toContain(shown);
    expect(await manager.one(stripe.id)).toMatchObject({ webhook: true });
    expect(await manager.one(instagram.id)).toMatchObject({ webhook: false });
    expect((await manager.post(`connections/${instagram.id}/rotate-webhook`)).statusCode).toBe(409);
  });
});

describe('WH-04: without a secret nothing is accepted', () => {
  test('a connection whose signing secret was never pasted answers 503 whatever comes, and stores nothing', async () => {
    const me = await rig.as('admin', { agency: 1 });
    const bare = await addressed(me, await byKey(me, 'stripe', { key: 'rk_live_NoSecretYet2026' }));
    const before = await rig.state();
    for (const key of ['', 'undefined', STRIPE_SECRET]) {
      const body = stripeEvent();
      expect((await rig.post(rig.pathOf(bare), body, signStripe(rig.world, body, key))).statusCode).toBe(503);
    }
    expect(await rig.state()).toEqual(before);
    expect((await rig.post('/webhooks/app/stripe', {}, {})).statusCode).toBe(404);
    expect((await rig.post('/webhooks/app/constructor', {}, {})).statusCode).toBe(404);
  });
});

describe('WH-13: the handshake of an app', () => {
  test('echoes digits for the right token and nothing else', async () => {
    const shake = async (provider: string, token: string, challenge: string) => {
      const query = { 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': challenge };
      const reply = await rig.world.inject({ url: `/webhooks/app/${provider}`, query });
      return reply.statusCode === 200 ? reply.body : reply.statusCode;
    };
    const { VERIFY_TOKEN } = await import('../world.ts');
    expect(await shake('instagram', VERIFY_TOKEN, '4711')).toBe('4711');
    expect(await shake('instagram', 'wrong', '4711')).toBe(403);
    expect(await shake('instagram', VERIFY_TOKEN, '<script>')).toBe(403);
    expect(await shake('stripe', VERIFY_TOKEN, '4711')).toBe(404);
  });
});
