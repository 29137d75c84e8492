import type { ActInput, ActName, ConnectionView, Role } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Colleague, type ConnectRig, connectRig } from '../../../test/connections/rig.ts';
import { kitModule } from '../../../test/kit/module.ts';
import { newId } from '../../kernel/ids.ts';
import { type Actor, withSystem } from '../../platform/db/index.ts';
import type { ActOnConnection } from '../../providers/act.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { createAct } from './act.ts';
import { createUse } from './connection-api.ts';
import type { ConnectionsDeps } from './deps.ts';
import { createRefresh } from './refresh.ts';
import { createSwitches } from './switches.ts';

const HOUR = 3600;
/** A row that a dead process left is taken over after three minutes. */
const BUSY = 180;

const kit = kitModule();
let rig: ConnectRig;
let admin: Colleague;
let stripe: ConnectionView;
let jira: ConnectionView;
beforeAll(async () => {
  rig = await connectRig({ env: { ASTRIX_ROLE: 'api' }, extra: kit.extra });
  admin = await rig.as('admin');
  stripe = (await admin.byKey('stripe', { key: 'rk_test_ChaiKatha2026' })).json();
  jira = await admin.connect('jira', 'chai-katha');
});
beforeEach(async () => {
  rig.sandbox.providers.mend();
  // As an hour later: tokens are renewed, and a circuit breaker has forgotten what the test before did.
  rig.world.clock.advance(HOUR);
  admin = await rig.as('admin');
});
afterAll(() => rig.close());

const actorOf = (role: Role, agency: 0 | 1 = 0): Actor => {
  const { id, people, clients } = rig.world.agencies[agency];
  const clientIds = role === 'owner' || role === 'admin' ? ('all' as const) : [clients[0].id, clients[1].id];
  return { agencyId: id, personId: people[role].id, role, sessionId: newId(), clientIds };
};
const clientOf = (n: 0 | 1 | 2) => rig.world.agencies[0].clients[n].id;

type Asked<A extends ActName> = {
  readonly key?: string;
  readonly input?: Partial<ActInput<A>>;
  readonly actor?: Actor;
  readonly clientId?: string;
  readonly connection?: ConnectionView;
  readonly by?: ActOnConnection;
};
const link = ({ key = newId(), input, actor, clientId, connection, by }: Asked<'payments.create-link'> = {}) =>
  (by ?? kit.services().ports.act)({
    actor: actor ?? actorOf('agent'),
    requestId: null,
    clientId: clientId ?? clientOf(0),
    connectionId: (connection ?? stripe).id,
    act: 'payments.create-link',
    key,
    input: { amountMinor: 129_950, currency: 'INR', description: 'Order CK-2026-1001', ...input },
  });
const task = ({ key = newId(), input, by }: Asked<'tasks.create'> = {}) =>
  (by ?? kit.services().ports.act)({
    actor: actorOf('agent'),
    requestId: null,
    clientId: clientOf(0),
    connectionId: jira.id,
    act: 'tasks.create',
    key,
    input: {
      project: 'CK',
      title: 'The label lacks the GST number',
      text: 'Seen today.\n\nTwice.',
      kind: null,
      ...input,
    },
  });
const comment = ({ key = newId(), input, by }: Asked<'tasks.comment'> = {}) =>
  (by ?? kit.services().ports.act)({
    actor: actorOf('agent'),
    requestId: null,
    clientId: clientOf(0),
    connectionId: jira.id,
    act: 'tasks.comment',
    key,
    input: { taskId: '10001', text: 'The customer asks again.', ...input },
  });

/** How often the provider really did it while `work` ran. */
async function effectsOf(what: 'payment-link' | 'issue' | 'comment', work: () => Promise<unknown>): Promise<number> {
  const count = () => rig.sandbox.providers.noted.filter(one => one.what === what).length;
  const before = count();
  await work();
  return count() - before;
}
const LINKS = '/v1/payment_links';
const SITE = '/ex/jira/7c1f0e51-0000-4000-8000-00000000a001/rest/api/3';
const trouble = (path: string, kind: 'down' | 'cut', times: number) => rig.sandbox.providers.trouble(path, kind, times);

/** Another process on the same database. */
function otherProcess(): ActOnConnection {
  const { installation, ...services } = kit.services();
  const deps: ConnectionsDeps = {
    ...services,
    ...installation,
    switches: createSwitches(services.db),
    wait: async () => undefined,
  };
  return createAct(deps, createUse(deps, createRefresh(deps)));
}

const rowOf = (key: string) =>
  withSystem(rig.world.db, 'telemetry', tx =>
    tx.selectFrom('connection_acts').selectAll().where('key', '=', key).executeTakeFirst(),
  );
const auditOf = (id: string) =>
  withSystem(rig.world.db, 'telemetry', tx =>
    tx
      .selectFrom('audit_log')
      .select(['event', 'actor_id', 'client_id', 'detail'])
      .where('subject_id', '=', id)
      .orderBy('seq')
      .execute(),
  );

/** An act whose process dies: the row is there, and the provider has not been asked. */
async function dyingBefore(key: string, start: (by: ActOnConnection) => Promise<unknown>, act: ActName) {
  const acts = PROVIDERS[act === 'payments.create-link' ? 'stripe' : 'jira'].connector!.acts as Record<
    string,
    { run: unknown }
  >;
  const { run } = acts[act]!;
  acts[act] = { ...acts[act]!, run: () => new Promise(() => undefined) };
  void start(otherProcess());
  await vi.waitFor(async () => expect(await rowOf(key)).toMatchObject({ state: 'started' }));
  acts[act] = { ...acts[act]!, run };
}

describe('EG-04: one key is one effect', () => {
  test('the same key again answers what was stored, and asks nobody', async () => {
    const key = newId();
    let first: unknown;
    const effects = await effectsOf('payment-link', async () => {
      first = await link({ key });
    });
    expect(effects).toBe(1);
    expect(first).toMatchObject({ kind: 'done', result: { id: expect.stringMatching(/^plink_/) } });
    const asked = rig.sandbox.providers.asked.length;
    expect(await link({ key })).toEqual(first);
    expect(rig.sandbox.providers.asked).toHaveLength(asked);
  });

  test('amounts reach the provider in paise, and a link takes one payment', async () => {
    await link({ input: { amountMinor: 34_901, description: 'दीवाली हैम्पर' } });
    expect(rig.sandbox.providers.noted.at(-1)).toMatchObject({
      what: 'payment-link',
      detail: { amount: 34_901, currency: 'inr', description: 'दीवाली हैम्पर' },
    });
    const { rows } = await admin.read(stripe, 'payments', { refresh: true });
    expect(rows).toContainEqual(
      expect.objectContaining({ kind: 'payment-link', amountMinor: 34_901, currency: 'INR', status: 'open' }),
    );
  });

  test('two at once in one process share the attempt', async () => {
    const key = newId();
    let answers: unknown[] = [];
    const effects = await effectsOf('issue', async () => {
      answers = await Promise.all([task({ key }), task({ key })]);
    });
    expect(effects).toBe(1);
    expect(answers[0]).toMatchObject({ kind: 'done', result: { key: expect.stringMatching(/^CK-\d+$/) } });
    expect(answers[1]).toEqual(answers[0]);
  });

  test('two at once in two processes: one does it, and the other does not know yet', async () => {
    const key = newId();
    let answers: { kind: string }[] = [];
    const effects = await effectsOf('comment', async () => {
      answers = await Promise.all([comment({ key }), comment({ key, by: otherProcess() })]);
    });
    expect(effects).toBe(1);
    expect(answers.map(({ kind }) => kind).sort()).not.toContain('refused');
    expect(answers.filter(({ kind }) => kind === 'done').length).toBeGreaterThan(0);
    expect(await comment({ key, by: otherProcess() })).toMatchObject({ kind: 'done' });
  });

  test('a key never stands for something else', async () => {
    const key = newId();
    await link({ key });
    expect(
      await effectsOf('payment-link', () =>
        expect(link({ key, input: { amountMinor: 1 } })).rejects.toMatchObject({ code: 'idempotency_mismatch' }),
      ),
    ).toBe(0);
  });
});

describe('EG-04: a reply that is lost after the provider acted', () => {
  test('leaves the act unknown; with the provider’s key it is found out by asking again', async () => {
    const key = newId();
    trouble(LINKS, 'cut', 1);
    const effects = await effectsOf('payment-link', async () => {
      expect(await link({ key })).toMatchObject({ kind: 'unknown', fault: { code: 'outcome-unknown' } });
      expect(await rowOf(key)).toMatchObject({ state: 'unknown', settled_at: null, busy_until: null });
      expect(await link({ key })).toMatchObject({ kind: 'done', result: { id: expect.stringMatching(/^plink_/) } });
    });
    expect(effects).toBe(1);
    expect(await rowOf(key)).toMatchObject({ state: 'done', settled_at: rig.world.clock.now() });
  });

  test('is not repeated once the provider may have forgotten the key', async () => {
    const key = newId();
    trouble(LINKS, 'cut', 1);
    await link({ key });
    rig.world.clock.advance(23 * HOUR + 1);
    const asked = rig.sandbox.providers.asked.length;
    expect(await link({ key })).toMatchObject({ kind: 'unknown' });
    expect(rig.sandbox.providers.asked).toHaveLength(asked);
  });

  test('is found by the mark of the key, where the provider knows no keys', async () => {
    const [issue, note] = [newId(), newId()];
    const issues = await effectsOf('issue', async () => {
      trouble(`${SITE}/issue`, 'cut', 1);
      expect(await task({ key: issue })).toMatchObject({ kind: 'unknown' });
      expect(await task({ key: issue })).toMatchObject({
        kind: 'done',
        result: { url: expect.stringMatching(/^https:\/\/chai-katha\.atlassian\.net\/browse\/CK-/) },
      });
    });
    const comments = await effectsOf('comment', async () => {
      trouble(`${SITE}/issue/10001/comment`, 'cut', 1);
      expect(await comment({ key: note })).toMatchObject({ kind: 'unknown' });
      expect(await comment({ key: note })).toMatchObject({
        kind: 'done',
        result: { id: expect.stringMatching(/^\d+$/) },
      });
    });
    expect([issues, comments]).toEqual([1, 1]);
  });

  test('stays unknown while the provider cannot be asked', async () => {
    const key = newId();
    trouble(LINKS, 'cut', 1);
    await link({ key });
    trouble('/v1/prices', 'down', 1);
    expect(await link({ key })).toMatchObject({ kind: 'unknown' });
    rig.sandbox.providers.mend();
    expect(await effectsOf('payment-link', () => link({ key }))).toBe(0);
    expect(await rowOf(key)).toMatchObject({ state: 'done' });
  });
});

describe('EG-04: an act that is unknown', () => {
  test('is not taken for refused because the credential of now may not ask: that says nothing about the first time', async () => {
    const key = newId();
    trouble(LINKS, 'cut', 1);
    await link({ key });
    await admin.byKey('stripe', { key: 'rk_test_NoLinks2026' }, stripe.id);
    expect(await link({ key })).toMatchObject({ kind: 'unknown' });
    expect(await rowOf(key)).toMatchObject({ state: 'unknown', may_repeat: false });
    await admin.byKey('stripe', { key: 'rk_test_ChaiKatha2026' }, stripe.id);
    expect(await effectsOf('payment-link', () => link({ key }))).toBe(0);
    expect(await rowOf(key)).toMatchObject({ state: 'done' });
  });
});

describe('EG-04: a process that ends between the row and the call', () => {
  test('leaves a row that others respect, and that the same key settles', async () => {
    const key = newId();
    await dyingBefore(key, by => link({ key, by }), 'payments.create-link');
    expect(await link({ key })).toMatchObject({ kind: 'unknown' });
    rig.world.clock.advance(BUSY);
    expect(await effectsOf('payment-link', () => link({ key }))).toBe(1);
    expect(await rowOf(key)).toMatchObject({ state: 'done' });
  });

  test('nothing is found, and it is done only when what was made would surely be found', async () => {
    const key = newId();
    await dyingBefore(key, by => task({ key, by }), 'tasks.create');
    rig.world.clock.advance(BUSY);
    const early = await effectsOf('issue', async () => expect(await task({ key })).toMatchObject({ kind: 'unknown' }));
    rig.world.clock.advance(900 - BUSY);
    const late = await effectsOf('issue', async () => expect(await task({ key })).toMatchObject({ kind: 'done' }));
    expect([early, late]).toEqual([0, 1]);
  });
});

describe('a refusal', () => {
  test('of the input comes before a row is written', async () => {
    const key = newId();
    await expect(link({ key, input: { amountMinor: 0.5, currency: 'rupees' } })).rejects.toMatchObject({
      code: 'invalid_request',
      options: { fields: [{ path: 'input.amountMinor' }, { path: 'input.currency' }] },
    });
    await expect(link({ key: 'short' })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await rowOf(key)).toBeUndefined();
  });

  test('of the provider is stored, and the same key answers it again', async () => {
    const key = newId();
    const refused = await task({ key, input: { project: 'OTHER' } });
    expect(refused).toMatchObject({
      kind: 'refused',
      mayRepeat: false,
      fault: { reason: expect.stringContaining('project') },
    });
    const asked = rig.sandbox.providers.asked.length;
    expect(await task({ key, input: { project: 'OTHER' } })).toEqual(refused);
    expect(rig.sandbox.providers.asked).toHaveLength(asked);
  });

  test('for a time is not the end of the key', async () => {
    await admin.byKey('stripe', { key: 'rk_test_NoLinks2026' }, stripe.id);
    const key = newId();
    expect(await link({ key })).toMatchObject({ kind: 'refused', mayRepeat: true });
    expect(await rowOf(key)).toMatchObject({ state: 'refused', may_repeat: true });
    await admin.byKey('stripe', { key: 'rk_test_ChaiKatha2026' }, stripe.id);
    expect(
      await effectsOf('payment-link', async () => expect(await link({ key })).toMatchObject({ kind: 'done' })),
    ).toBe(1);
  });

  test('an amount that the provider cannot count is refused without asking it', async () => {
    const asked = rig.sandbox.providers.asked.length;
    expect(await link({ input: { amountMinor: 101, currency: 'MGA' } })).toMatchObject({
      kind: 'refused',
      fault: { code: 'amount' },
    });
    expect(rig.sandbox.providers.asked).toHaveLength(asked);
  });
});

describe('who may do what', () => {
  const nothing = async (work: () => Promise<unknown>, code: string) => {
    const asked = rig.sandbox.providers.asked.length;
    await expect(work()).rejects.toMatchObject({ code });
    expect(rig.sandbox.providers.asked).toHaveLength(asked);
  };

  test('a role that does not write is refused', () => nothing(() => link({ actor: actorOf('analyst') }), 'forbidden'));

  test('AZ-03: a connection of another client, another agency or nobody is not there', async () => {
    await nothing(() => link({ clientId: clientOf(1) }), 'not_found');
    await nothing(() => link({ actor: actorOf('owner', 1) }), 'not_found');
    await nothing(() => link({ clientId: clientOf(2), actor: actorOf('agent') }), 'not_found');
    await nothing(() => link({ connection: { ...stripe, id: newId() } }), 'not_found');
  });

  test('VT-13: what is switched off does nothing, and what was done before is still answered', async () => {
    const done = newId();
    const answer = await link({ key: done });
    const flip = (off: boolean) =>
      admin.put('/v1/switches', { scope: 'connection', subject: stripe.id, off, reason: 'a drill', revoke: false });
    expect((await flip(true)).statusCode).toBeLessThan(300);
    const key = newId();
    await nothing(() => link({ key }), 'switched_off');
    expect(await rowOf(key)).toBeUndefined();
    expect(await link({ key: done })).toEqual(answer);
    expect((await flip(false)).statusCode).toBeLessThan(300);
    expect(await link({ key })).toMatchObject({ kind: 'done' });
  });

  test('A10: a person who may not use the provider is refused', async () => {
    const owner = await rig.as('owner');
    const { people } = rig.world.agencies[0];
    const deny = (denied: string[]) => owner.put(`/v1/provider-access/${people.agent.id}`, { denied });
    expect((await deny(['stripe'])).statusCode).toBeLessThan(300);
    await nothing(() => link(), 'provider_denied');
    expect((await deny([])).statusCode).toBeLessThan(300);
  });

  test('VT-10: a connection that was consented to without the permission is refused with words', async () => {
    const there = await rig.as('admin', { client: 1 });
    const limited = await there.connect('jira', 'chai-katha', {
      scopes: ['read:jira-work', 'read:jira-user', 'offline_access'],
    });
    await nothing(
      () =>
        kit.services().ports.act({
          actor: actorOf('agent'),
          requestId: null,
          clientId: clientOf(1),
          connectionId: limited.id,
          act: 'tasks.comment',
          key: newId(),
          input: { taskId: '10001', text: 'Hello' },
        }),
      'connection_unusable',
    );
  });

  test('an act that the provider does not have is not there', () =>
    nothing(() => link({ connection: jira }), 'not_found'));

  test('every step is in the audit of the client, without what was written', async () => {
    const key = newId();
    await link({ key, input: { description: 'for Meera Pillai' } });
    const row = (await rowOf(key))!;
    expect(await auditOf(row.id)).toEqual(
      ['started', 'done'].map(state => ({
        event: 'connection.act',
        actor_id: actorOf('agent').personId,
        client_id: clientOf(0),
        detail: { provider: 'stripe', act: 'payments.create-link', state },
      })),
    );
    expect(JSON.stringify(row)).not.toContain('Meera');
  });
});

test('nothing is done at a provider for a client that is paused', async () => {
  const pause = (status: 'active' | 'paused') =>
    withSystem(rig.world.db, 'demo-seed', tx =>
      tx.updateTable('clients').set({ status }).where('id', '=', clientOf(0)).execute(),
    );
  await pause('paused');
  const effects = await effectsOf('payment-link', () =>
    expect(link()).rejects.toMatchObject({ code: 'client_paused' }),
  );
  expect(effects).toBe(0);
  await pause('active');
  expect(await effectsOf('payment-link', () => link())).toBe(1);
});
