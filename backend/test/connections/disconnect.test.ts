import type { ConnectionView } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endConnection } from '../../src/modules/connections/disconnect.ts';
import { createHousekeeping } from '../../src/modules/connections/housekeep.ts';
import type { ConnectionsDeps } from '../../src/modules/connections/index.ts';
import { withSystem } from '../../src/platform/db/index.ts';
import { type Colleague, type ConnectRig, connectRig } from './rig.ts';
import { createWorkers, type Worker, type Workers } from './workers.ts';

describe('VT-11, GO-03: a disconnect, as people and the provider see it', () => {
  let rig: ConnectRig;
  let me: Colleague;
  beforeEach(async () => {
    rig = await connectRig({ env: { ASTRIX_ROLE: 'api' } });
    me = await rig.as('admin');
  });
  afterEach(() => rig.close());

  const revokes = () => rig.sandbox.providers.asked.filter(({ path }) => path.startsWith('/revoke'));
  const receiptOf = async ({ id }: ConnectionView) =>
    (await (await rig.as('admin')).get('receipts'))
      .json()
      .receipts.find((one: { connectionId: string }) => one.connectionId === id);
  const left = async ({ id }: ConnectionView) =>
    withSystem(rig.world.db, 'telemetry', async tx => {
      const count = async (table: 'vault_secrets' | 'previews' | 'connection_health') =>
        (await tx.selectFrom(table).select('connection_id').where('connection_id', '=', id).execute()).length;
      return {
        secrets: await count('vault_secrets'),
        data: await count('previews'),
        health: await count('connection_health'),
      };
    });
  const connected = async () => {
    const connection = await me.connect('google-ads', 'Chai Katha');
    expect(await me.read(connection, 'metrics')).toMatchObject({ stale: false });
    return connection;
  };

  test('the provider answers 500 for hours: local use ends at once, revoking goes on with growing pauses until it is done', async () => {
    const connection = await connected();
    rig.sandbox.providers.trouble('/revoke', 'down');
    const receipt = await me.disconnect(connection);
    expect(receipt).toMatchObject({ revocation: 'pending', keyDestroyedAt: null, finishedAt: null });
    const before = rig.sandbox.providers.asked.length;
    expect((await me.get(`connections/${connection.id}/data/metrics?refresh=1`)).statusCode).toBe(409);
    expect((await me.post(`connections/${connection.id}/check`)).statusCode).toBe(409);
    expect(rig.sandbox.providers.asked.length).toBe(before);

    const tries: number[] = [];
    for (let minute = 0; minute < 10 * 60; minute += 15) {
      const known = revokes().length;
      await rig.world.app.runNow('connections.tend');
      if (revokes().length > known) tries.push(minute);
      rig.world.clock.advance(900);
    }
    const pauses = tries.slice(1).map((at, n) => at - tries[n]!);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(tries.length).toBeGreaterThan(4);
    expect(tries.length).toBeLessThan(12);
    expect(await receiptOf(connection)).toMatchObject({ revocation: 'pending', revokeAttempts: tries.length });
    expect((await left(connection)).secrets).toBe(1);

    rig.sandbox.providers.mend();
    rig.world.clock.advance(6 * 3600);
    await rig.world.app.runNow('connections.tend');
    const done = await receiptOf(connection);
    expect(done).toMatchObject({ revocation: 'revoked', byHand: '', secrets: ['grant'], nextAttemptAt: null });
    expect(done.purgedRecords).toBeGreaterThanOrEqual(2);
    expect(Date.parse(done.keyDestroyedAt)).toBeGreaterThan(Date.parse(done.localEndedAt));
    expect(await left(connection)).toEqual({ secrets: 0, data: 0, health: 0 });
    expect(rig.sandbox.providers.book.families().every(({ revoked }) => revoked)).toBe(true);
  });

  test('a reply to the revocation that is lost: the next try finds it revoked, and that is what was wanted', async () => {
    const connection = await connected();
    rig.sandbox.providers.trouble('/revoke', 'cut', 5);
    await me.disconnect(connection);
    await rig.world.app.runNow('connections.tend');
    rig.sandbox.providers.mend();
    rig.world.clock.advance(120);
    await rig.world.app.runNow('connections.tend');
    expect(await receiptOf(connection)).toMatchObject({ revocation: 'revoked' });
  });

  test('a second disconnect is the same receipt, and leaves what is ended ended', async () => {
    const connection = await connected();
    const first = await me.disconnect(connection);
    expect(await me.disconnect(connection)).toMatchObject({ id: first.id });
    await rig.world.app.runNow('connections.tend');
    expect(await me.disconnect(connection)).toMatchObject({ id: first.id, revocation: 'revoked' });
    await rig.world.app.runNow('connections.tend');
    expect(await me.list()).toEqual([]);
    expect(revokes()).toHaveLength(1);
  });

  test('it is kept at the provider while another connection stands on the same sign-in, and goes with the last', async () => {
    const ads = await connected();
    const files = await me.start('google-analytics');
    const { location } = await rig.follow(await rig.consent(files.authorizeUrl));
    const receipt = location?.searchParams.get('receipt') ?? '';
    const claimed = (await me.post(`connect/${files.attemptId}/claim`, { receipt })).json();
    const accountId = claimed.accounts[0].id;
    const analytics = (await me.post(`connect/${files.attemptId}/confirm`, { receipt, accountId })).json();

    await me.disconnect(ads);
    await rig.world.app.runNow('connections.tend');
    expect(await receiptOf(ads)).toMatchObject({ revocation: 'kept', secrets: ['grant'] });
    expect(revokes()).toHaveLength(0);
    expect(await me.read(analytics, 'metrics', { refresh: true })).toMatchObject({ stale: false });
    await me.disconnect(analytics);
    await rig.world.app.runNow('connections.tend');
    expect(await receiptOf(analytics)).toMatchObject({ revocation: 'revoked' });
  });
});

describe('VT-11: an ending that is cut off between its steps is finished by the next run', () => {
  let all: Workers;
  let worker: Worker;
  beforeEach(async () => {
    all = await createWorkers();
    worker = await all.worker();
  });
  afterEach(() => all.close());

  async function ended(): Promise<string> {
    const [id = ''] = await all.connections('google-ads', 1, 3000);
    const row = await all.row(id);
    await withSystem(all.db, 'connections', tx => endConnection(tx, row, all.agencyId));
    return id;
  }
  const receiptOf = (id: string) =>
    withSystem(all.db, 'telemetry', tx =>
      tx.selectFrom('connection_receipts').selectAll().where('connection_id', '=', id).executeTakeFirstOrThrow(),
    );
  const die = (): never => {
    throw new Error('killed here');
  };
  /** The same process with one of its parts replaced. */
  const withPart =
    <K extends 'vault' | 'egress' | 'audit'>(
      part: K,
      change: (real: ConnectionsDeps[K]) => Partial<ConnectionsDeps[K]>,
    ) =>
    (deps: ConnectionsDeps): ConnectionsDeps => ({ ...deps, [part]: { ...deps[part], ...change(deps[part]) } });

  test.each<readonly [string, (deps: ConnectionsDeps) => ConnectionsDeps]>([
    ['before the grant is read', withPart('vault', () => ({ read: die }))],
    ['before the provider is asked', withPart('egress', () => ({ call: die }))],
    ['after the provider has revoked', withPart('egress', real => ({ call: request => real.call(request).then(die) }))],
    ['before the key is destroyed', withPart('vault', () => ({ destroy: die }))],
    [
      'after the key is destroyed',
      withPart('vault', real => ({ destroy: (tx, at) => real.destroy(tx, at).then(die) })),
    ],
    ['before it is written down', withPart('audit', () => ({ write: die }))],
  ])('%s', async (_where, killed) => {
    const id = await ended();
    await createHousekeeping(killed(worker.deps), worker.refresh).run();
    expect(await receiptOf(id)).toMatchObject({ finished_at: null, key_destroyed_at: null, secrets: [] });
    expect((await all.row(id)).status).toBe('disconnecting');
    all.clock.advance(61);
    await worker.housekeep();
    const receipt = await receiptOf(id);
    expect(receipt).toMatchObject({ revocation: 'revoked', secrets: ['grant'], next_at: null });
    expect(receipt.finished_at).not.toBeNull();
    expect((await all.row(id)).status).toBe('disconnected');
    expect(all.sandbox.book.families().map(({ revoked }) => revoked)).toEqual([true]);
  });

  test('F-24: a key that is out of reach is no reason to throw away what could revoke the grant', async () => {
    const id = await ended();
    const away = { ...worker.deps.vault, read: () => Promise.reject(new Error('the key service does not answer')) };
    await createHousekeeping({ ...worker.deps, vault: away }, worker.refresh).run();
    expect(await receiptOf(id)).toMatchObject({ revocation: 'pending', finished_at: null });
    all.clock.advance(61);
    await worker.housekeep();
    expect(await receiptOf(id)).toMatchObject({ revocation: 'revoked' });
  });

  test('two processes that end it at once make one receipt, and the second takes nothing out of it', async () => {
    const id = await ended();
    const other = await all.worker();
    await Promise.all([worker.housekeep(), other.housekeep()]);
    all.clock.advance(61);
    await Promise.all([worker.housekeep(), other.housekeep()]);
    expect(await receiptOf(id)).toMatchObject({ revocation: 'revoked', revoke_attempts: 1, secrets: ['grant'] });
  });
});
