import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ConnectRig, connectRig } from '../connections/rig.ts';

let rig: ConnectRig;
beforeEach(async () => {
  rig = await connectRig();
});
afterEach(() => rig.close());

it('VT-07, VT-08, VT-11, FL-02: connect Jira by consent, read its issues, lose access, reconnect, disconnect and read the receipt', async () => {
  const admin = await rig.as('admin');
  const connection = await admin.connect('jira', 'agency-internal');
  expect(connection).toMatchObject({
    provider: 'jira',
    status: 'active',
    account: { name: 'agency-internal' },
    fix: 'none',
  });
  const tasks = await admin.read(connection, 'tasks');
  expect(tasks).toMatchObject({ capability: 'tasks', total: 130, stale: false, fault: null });

  rig.sandbox.providers.book.revokeAll('jira');
  const lost = await admin.read(connection, 'tasks', { refresh: true });
  expect(lost).toMatchObject({
    stale: true,
    total: 130,
    fault: { reason: 'Jira no longer accepts this connection.' },
  });
  expect(await admin.one(connection.id)).toMatchObject({ status: 'broken', fix: 'reconnect' });

  const mended = await admin.connect('jira', 'agency-internal', { connectionId: connection.id });
  expect(mended).toMatchObject({ id: connection.id, status: 'active', fix: 'none' });
  expect(await admin.read(mended, 'tasks', { refresh: true })).toMatchObject({ stale: false, total: 130 });

  const receipt = await admin.disconnect(mended);
  expect(receipt).toMatchObject({ revocation: 'pending', keyDestroyedAt: null });
  expect((await admin.get(`connections/${mended.id}/data/tasks`)).statusCode).toBe(409);
  await rig.world.app.runNow('connections.tend');
  const [kept] = (await admin.get('receipts')).json().receipts;
  expect(kept).toMatchObject({ revocation: 'by-hand', secrets: ['grant'], accountName: 'agency-internal' });
  expect(kept.keyDestroyedAt).not.toBeNull();
  expect(kept.finishedAt).not.toBeNull();
  expect((await admin.list()).map(({ provider }) => provider)).not.toContain('jira');

  // Jira cannot be asked, so a person removes the access there and says so; said again, it changes nothing.
  const removed = await admin.post(`connections/${mended.id}/confirm-removed`);
  expect(removed.json()).toMatchObject({ revocation: 'revoked', byHand: kept.byHand });
  expect(removed.json().revokedAt).not.toBeNull();
  expect((await admin.post(`connections/${mended.id}/confirm-removed`)).json()).toEqual(removed.json());
});

it('what a person types wrongly is refused with words, and says nothing about the connection', async () => {
  const admin = await rig.as('admin');
  const reply = await admin.byKey('delhivery', { environment: 'production', token: 'a'.repeat(40) });
  expect(reply.statusCode).toBe(201);
  const connection = reply.json();
  const wrong = await admin.read(connection, 'shipments', { text: '999' });
  expect(wrong).toMatchObject({ stale: true, fault: { reason: expect.stringContaining('999') } });
  expect(await admin.one(connection.id)).toMatchObject({ fix: 'none', health: [{ status: 'unknown' }] });
  expect(await admin.read(connection, 'shipments', { text: '1490812345600' })).toMatchObject({
    stale: false,
    total: 1,
  });
  expect(await admin.one(connection.id)).toMatchObject({ fix: 'none', health: [{ status: 'ok' }] });
});
