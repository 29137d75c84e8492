import { CLIENT_RETENTION } from '@astrix/contract';
import { CLIENT_DELETION_DAYS } from '@astrix/contract/clients/index';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHouse, type House } from '../../../test/tenancy/house.ts';
import { ledgerOfAgency, ledgerOfClient } from '../../../test/tenancy/ledger.ts';
import { withSystem } from '../../platform/db/index.ts';
import { deleteRowsOfClient } from '../../platform/retention/index.ts';

let house: House;
beforeEach(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' });
});
afterEach(() => house.close());

const clientId = () => house.ids[0]![0]!.clientId;
const asOwner = (method: 'POST' | 'PUT', url: string, payload: object) =>
  house.world.inject({
    method,
    url,
    payload,
    headers: { authorization: `Bearer ${house.tokenOf({ agency: 0, role: 'owner' })}` },
  });
const archive = (archived: boolean) => asOwner('POST', `/v1/client-directory/${clientId()}/archive`, { archived });
const schedule = (name: string) =>
  asOwner('POST', `/v1/client-directory/${clientId()}/deletion`, { action: 'schedule', name });
/** Ends every connection of the client as the disconnect route leaves it. */
const disconnectAll = () =>
  withSystem(house.world.db, 'demo-seed', tx =>
    tx.updateTable('connections').set({ status: 'disconnected' }).where('client_id', '=', clientId()).execute(),
  );
const isThere = () =>
  withSystem(house.world.db, 'telemetry', async tx =>
    Boolean(await tx.selectFrom('clients').select('id').where('id', '=', clientId()).executeTakeFirst()),
  );
const days = (n: number) => house.world.clock.advance(n * 86_400);
/** Tables that still hold a row of the client. */
const rowsLeft = async () =>
  Object.entries(await ledgerOfClient(house.world.db, clientId()))
    .filter(([, hash]) => !hash.startsWith('0 '))
    .map(([table]) => table);

async function scheduled(): Promise<void> {
  await archive(true);
  await disconnectAll();
  expect((await schedule('Client 1.1')).statusCode).toBe(200);
}

describe('the deletion of a client', () => {
  test('needs an archived client, its exact name, and no live connection', async () => {
    expect((await schedule('Client 1.1')).json()).toMatchObject({ code: 'client_not_ready', detail: /Archive/ });
    await archive(true);
    for (const name of ['client 1.1', 'Client 1.2', ''])
      expect((await schedule(name)).json()).toMatchObject({ code: 'client_not_ready', detail: /exactly/ });
    expect((await schedule('Client 1.1')).json()).toMatchObject({ code: 'client_not_ready', detail: /disconnect/ });
    await disconnectAll();
    expect((await schedule(' Client 1.1 ')).json().deleteAt).toBe(
      new Date(house.world.clock.now().getTime() + CLIENT_DELETION_DAYS * 86_400_000).toISOString(),
    );
  });

  test('waits thirty days, and is cancelled by bringing the client back', async () => {
    await scheduled();
    days(CLIENT_DELETION_DAYS - 1);
    await house.world.app.runNow('clients.delete');
    expect(await isThere()).toBe(true);
    // The access token of the owner has ended long ago: the row is changed as the route would.
    await withSystem(house.world.db, 'demo-seed', tx =>
      tx.updateTable('clients').set({ archived_at: null, delete_at: null }).where('id', '=', clientId()).execute(),
    );
    days(2);
    await house.world.app.runNow('clients.delete');
    expect(await isThere()).toBe(true);
  });

  test('takes every row of the client and of nobody else, in steps that a stop does not harm; the audit stays', async () => {
    const { db, agencies } = house.world;
    await scheduled();
    days(CLIENT_DELETION_DAYS);
    const others = [await ledgerOfAgency(db, agencies[1].id), await ledgerOfClient(db, agencies[0].clients[1].id)];
    // Stops after the first batch, as a process that is told to end does.
    const stopping = new AbortController();
    let asked = 0;
    const signal = new Proxy(stopping.signal, {
      get: (target, key) => (key === 'aborted' ? ++asked > 3 : Reflect.get(target, key, target)),
    });
    expect(await deleteRowsOfClient(db, agencies[0].id, clientId(), signal)).toBe(false);
    expect(await isThere()).toBe(true);
    await house.world.app.runNow('clients.delete');
    expect(await isThere()).toBe(false);
    expect(await rowsLeft()).toEqual(['audit_log', 'changes', 'connection_receipts']);
    // Consoles are told that the client is gone.
    const told = await withSystem(db, 'telemetry', tx =>
      tx.selectFrom('changes').select(['collection', 'op']).where('client_id', '=', clientId()).execute(),
    );
    expect(told).toEqual([{ collection: 'clients', op: 'gone' }]);
    expect([await ledgerOfAgency(db, agencies[1].id), await ledgerOfClient(db, agencies[0].clients[1].id)]).toEqual(
      others,
    );
    const gone = await withSystem(db, 'telemetry', tx =>
      tx.selectFrom('audit_log').select('subject_id').where('event', '=', 'client.deleted').execute(),
    );
    expect(gone).toEqual([{ subject_id: clientId() }]);
  });
});

describe('O2: how long a client keeps what its customers write', () => {
  const [SHORT, LONG] = [CLIENT_RETENTION['days-30'], CLIENT_RETENTION['months-24']];
  const choose = (retention: string) => asOwner('PUT', `/v1/clients/${clientId()}/retention`, { retention });
  const lives = () =>
    withSystem(house.world.db, 'telemetry', tx =>
      tx
        .selectFrom('messages')
        .select(['client_id', 'sent_at', 'expires_at'])
        .where('agency_id', '=', house.world.agencies[0].id)
        .execute(),
    );
  const secondsOf = async (of: string) => [
    ...new Set(
      (await lives())
        .filter(({ client_id }) => client_id === of)
        .map(({ sent_at, expires_at }) => (expires_at.getTime() - sent_at.getTime()) / 1000),
    ),
  ];

  test('is thirty days, and 24 months by choice: for what is there, what comes, and no other client', async () => {
    const [own, other] = [clientId(), house.ids[0]![1]!.clientId];
    expect(await secondsOf(own)).toEqual([SHORT]);
    expect((await choose('months-24')).json()).toMatchObject({ retention: 'months-24' });
    await house.world.app.runNow('clients.redate');
    // Twice: no row is moved twice.
    await house.world.app.runNow('clients.redate');
    expect(await secondsOf(own)).toEqual([LONG]);
    expect(await secondsOf(other)).toEqual([SHORT]);
    expect((await choose('days-30')).json()).toMatchObject({ retention: 'days-30' });
    await house.world.app.runNow('clients.redate');
    expect(await secondsOf(own)).toEqual([SHORT]);
  });

  test('is chosen by an owner or admin who has just proved themselves', async () => {
    const as = async (role: 'manager' | 'agent') =>
      house.world.inject({
        method: 'PUT',
        url: `/v1/clients/${clientId()}/retention`,
        payload: { retention: 'months-24' },
        headers: { authorization: `Bearer ${house.tokenOf({ agency: 0, role })}` },
      });
    for (const role of ['manager', 'agent'] as const) expect((await as(role)).statusCode).toBe(403);
    house.world.clock.advance(301);
    expect((await choose('months-24')).json().code).toBe('step_up_needed');
  });
});
