import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb, START } from '../../../test/world.ts';
import { manualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { type Actor, type Db, type SystemTx, type TenantTx, withSystem, withTenant } from '../db/index.ts';
import { createEventBus, type Emit, type Hears } from './index.ts';

declare module './events.ts' {
  interface Events {
    'test.saved': { readonly name: string };
  }
  interface TenantEvents {
    'test.renamed': { readonly name: string };
  }
}

let db: Db;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ db, drop } = await openTestDb(manualClock(START)));
});
afterAll(() => drop());

const system = <T>(work: (tx: SystemTx) => Promise<T>) => withSystem(db, 'lease', work);
const leases = () => system(tx => tx.selectFrom('leases').select('name').orderBy('name').execute());
const keep = (tx: SystemTx, name: string) =>
  tx.insertInto('leases').values({ name, owner: newId(), generation: 1, until: START }).execute();

test('hearers run in the transaction that emits, in the order of their modules’ names', async () => {
  const { emit, connect } = createEventBus();
  const heard: string[] = [];
  const hears = (module: string): Hears => ({
    async 'test.saved'(tx, { name }) {
      heard.push(module);
      await keep(tx, `${name}-${module}`);
    },
  });
  connect([{ name: 'zebra', hears: hears('zebra') }, { name: 'silent' }, { name: 'ant', hears: hears('ant') }]);
  await system(tx => emit(tx, 'test.saved', { name: 'one' }));
  expect(heard).toEqual(['ant', 'zebra']);
  expect(await leases()).toEqual([{ name: 'one-ant' }, { name: 'one-zebra' }]);
});

test('what a hearer throws rolls back the emitter and the hearers before it', async () => {
  const { emit, connect } = createEventBus();
  connect([
    { name: 'a', hears: { 'test.saved': async (tx, { name }) => void (await keep(tx, name)) } },
    {
      name: 'b',
      hears: {
        'test.saved': async () => {
          throw new Error('refused by b');
        },
      },
    },
  ]);
  const before = await leases();
  const emitting = system(async tx => {
    await keep(tx, 'emitter');
    await emit(tx, 'test.saved', { name: 'hearer' });
  });
  await expect(emitting).rejects.toThrow('refused by b');
  expect(await leases()).toEqual(before);
});

test('a tenant event is heard in the tenant’s own transaction', async () => {
  const { emit, connect } = createEventBus();
  const actors: unknown[] = [];
  connect([
    {
      name: 'a',
      hears: {
        'test.renamed': async tx => {
          const row = await tx.selectFrom('deployment').select('epoch').executeTakeFirstOrThrow();
          actors.push(row.epoch.length, tx === seen);
        },
      },
    },
  ]);
  let seen: TenantTx | null = null;
  const actor: Actor = { agencyId: newId(), personId: newId(), role: 'owner', sessionId: newId(), clientIds: 'all' };
  await withTenant(db, actor, tx => {
    seen = tx;
    return emit(tx, 'test.renamed', { name: 'x' });
  });
  expect(actors).toEqual([36, true]);
});

test('an event that nobody hears changes nothing; one before the modules are connected is an error', async () => {
  const { emit, connect } = createEventBus();
  await expect(system(tx => emit(tx, 'test.saved', { name: 'early' }))).rejects.toThrow(
    'The event test.saved was emitted before the modules were connected.',
  );
  connect([]);
  await system(tx => emit(tx, 'test.saved', { name: 'nobody' }));
  expect(() => connect([])).toThrow('The modules are connected already.');
});

test('names, payloads and transactions that were not declared do not compile', () => {
  // @ts-expect-error no module declares this event
  const unknown: Hears = { 'test.nothing': async () => undefined };
  // @ts-expect-error the event carries a name
  const wrong: Hears = { 'test.saved': async (_, event: { readonly size: number }) => void event.size };
  const calls = (emit: Emit, tenant: TenantTx) => [
    // @ts-expect-error a system event is not emitted by a tenant
    () => emit(tenant, 'test.saved', { name: 'x' }),
    // @ts-expect-error no module declares this event
    () => emit(tenant, 'test.nothing', {}),
  ];
  expect([Object.keys(unknown), Object.keys(wrong), calls.length]).toEqual([['test.nothing'], ['test.saved'], 2]);
});
