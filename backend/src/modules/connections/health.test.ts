import type { ConnectionView } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Colleague, type ConnectRig, connectRig } from '../../../test/connections/rig.ts';
import { withSystem } from '../../platform/db/index.ts';
import { recordHealth, recordSuccess } from './health.ts';

let rig: ConnectRig;
let admin: Colleague;
beforeAll(async () => {
  rig = await connectRig({ env: { ASTRIX_ROLE: 'api' } });
});
beforeEach(async () => {
  rig.sandbox.providers.mend();
  admin = await rig.as('admin');
});
afterAll(() => rig.close());

const now = () => rig.world.clock.now().toISOString();
const sending = async (connectionId: string) => {
  const { health, ...rest } = await admin.one(connectionId);
  return { ...rest, ...health.find(({ capability, kind }) => capability === 'messaging' && kind === 'send')! };
};
const tasksOf = ({ health }: ConnectionView) => health.find(({ capability }) => capability === 'tasks')!;
const down = () => rig.sandbox.providers.trouble('/ex/jira', 'down', 50);

describe('the health of what is sent', () => {
  const worked = (connectionId: string) =>
    withSystem(rig.world.db, 'connections', tx => recordSuccess(tx, connectionId, 'messaging', 'send'));
  const failed = (connectionId: string) =>
    withSystem(rig.world.db, 'connections', tx =>
      recordHealth(
        tx,
        { agencyId: rig.world.agencies[0].id, connectionId, capability: 'messaging', kind: 'send' },
        { code: 'unreachable', reason: 'It does not answer.', next: 'Wait.' },
      ),
    );

  test('is unknown until something was sent, and then says when', async () => {
    const [{ connectionId }] = rig.world.agencies[0].clients;
    expect(await sending(connectionId)).toMatchObject({ status: 'unknown', lastOkAt: null, lastFailedAt: null });
    await worked(connectionId);
    expect(await sending(connectionId)).toMatchObject({ status: 'ok', lastOkAt: now(), fix: 'none' });
  });

  test('is written at most once a minute while all is well, and at once after a failure', async () => {
    const [{ connectionId }] = rig.world.agencies[0].clients;
    await worked(connectionId);
    rig.world.clock.advance(61);
    await worked(connectionId);
    const at = now();
    rig.world.clock.advance(60);
    await worked(connectionId);
    expect((await sending(connectionId)).lastOkAt).toBe(at);
    rig.world.clock.advance(1);
    await worked(connectionId);
    expect((await sending(connectionId)).lastOkAt).toBe(now());
    await failed(connectionId);
    rig.world.clock.advance(1);
    await worked(connectionId);
    expect(await sending(connectionId)).toMatchObject({ status: 'ok', lastOkAt: now(), fault: null });
  });

  test('keeps when it last worked through a failure, and when it last failed after that', async () => {
    const [{ connectionId }] = rig.world.agencies[0].clients;
    rig.world.clock.advance(120);
    await worked(connectionId);
    const okAt = now();
    rig.world.clock.advance(10);
    await failed(connectionId);
    const failedAt = now();
    expect(await sending(connectionId)).toMatchObject({
      status: 'failing',
      lastOkAt: okAt,
      lastFailedAt: failedAt,
      fault: { code: 'unreachable' },
      fix: 'recheck',
    });
    rig.world.clock.advance(10);
    await worked(connectionId);
    expect(await sending(connectionId)).toMatchObject({
      status: 'ok',
      lastOkAt: now(),
      lastFailedAt: failedAt,
      fix: 'none',
    });
  });

  test('of a connection that has ended is not written any more', async () => {
    const there = await rig.as('admin', { client: 1 });
    const [, { connectionId }] = rig.world.agencies[0].clients;
    await there.disconnect(await there.one(connectionId));
    await worked(connectionId);
    const rows = await withSystem(rig.world.db, 'telemetry', tx =>
      tx.selectFrom('connection_health').selectAll().where('connection_id', '=', connectionId).execute(),
    );
    expect(rows).toEqual([]);
  });
});

describe('the health of what is read', () => {
  let jira: ConnectionView;
  beforeAll(async () => {
    jira = await (await rig.as('admin')).connect('jira', 'chai-katha');
  });

  test('follows each read: ok, failing with words, and ok again', async () => {
    await admin.read(jira, 'tasks', { refresh: true });
    const okAt = now();
    expect(tasksOf(await admin.one(jira.id))).toMatchObject({ status: 'ok', lastOkAt: okAt, fault: null });
    rig.world.clock.advance(1);
    down();
    await admin.read(jira, 'tasks', { refresh: true });
    expect(await admin.one(jira.id)).toMatchObject({ status: 'active', fix: 'recheck', fault: null });
    expect(tasksOf(await admin.one(jira.id))).toMatchObject({
      status: 'failing',
      lastOkAt: okAt,
      lastFailedAt: now(),
      fault: {
        code: 'unreachable',
        reason: 'Jira is not responding.',
        next: expect.stringContaining('tries again'),
      },
    });
    rig.sandbox.providers.mend();
    rig.world.clock.advance(120);
    await admin.read(jira, 'tasks', { refresh: true });
    expect(await admin.one(jira.id)).toMatchObject({ status: 'active', fix: 'none' });
    expect(tasksOf(await admin.one(jira.id))).toMatchObject({ status: 'ok', lastOkAt: now(), fault: null });
  });

  test('VT-10: of a capability that was not allowed says which permission is missing, and how to get it', async () => {
    const there = await rig.as('admin', { client: 2 });
    const scopes = ['read:jira-user', 'offline_access'];
    const gated = await there.connect('jira', 'agency-internal', { scopes });
    expect(gated.fix).toBe('reconnect');
    expect(tasksOf(gated)).toMatchObject({
      status: 'gated',
      fault: { code: 'scope-missing', reason: expect.stringContaining('read:jira-work') },
    });
    const again = await there.connect('jira', 'agency-internal', { connectionId: gated.id });
    expect(tasksOf(again)).toMatchObject({ fault: null });
    expect(again.fix).toBe('none');
  });
});
