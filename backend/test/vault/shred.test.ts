import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import type { SecretStore, VaultRef } from '../../src/platform/vault/index.ts';
import { createRig, newVaultRef, type Rig, thrown } from './rig.ts';

const store = { broken: false, removed: [] as string[] };
const rowsThatMayFail: SecretStore = {
  keep: async (_key, envelope) => envelope,
  find: async (_key, kept) => kept,
  remove: async ({ connectionId, name }) => {
    if (store.broken) throw new Error('the store is away');
    store.removed.push(`${connectionId}/${name}`);
  },
};

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ store: rowsThatMayFail, sealsLimit: 3 });
});
afterAll(() => rig.close());

const TABLES = ['vault_agency_keys', 'vault_data_keys', 'vault_secrets'] as const;
type Table = (typeof TABLES)[number];
type Backup = Readonly<Record<Table, readonly string[]>>;

/** Yesterday's backup of one agency, row by row. */
async function backUp(agencyId: string): Promise<Backup> {
  const rowsOf = (table: Table) =>
    rig.tx(async tx => {
      const { rows } = await sql<{
        row: string;
      }>`select to_jsonb(t)::text as row from ${sql.table(table)} t where agency_id = ${agencyId}`.execute(tx);
      return rows.map(({ row }) => row);
    });
  return {
    vault_agency_keys: await rowsOf('vault_agency_keys'),
    vault_data_keys: await rowsOf('vault_data_keys'),
    vault_secrets: await rowsOf('vault_secrets'),
  };
}

const KEYS: Readonly<Record<Table, string>> = {
  vault_agency_keys: 'agency_id, version',
  vault_data_keys: 'agency_id, connection_id, version',
  vault_secrets: 'agency_id, connection_id, name',
};

/** Puts rows of a backup back over whatever is there now, reads, and takes it back. */
async function readWith(backup: Backup, tables: readonly Table[], ref: VaultRef, name: string): Promise<string | null> {
  class Undo extends Error {}
  let found: string | null = null;
  const error = await thrown(
    rig.tx(async tx => {
      for (const table of tables)
        for (const row of backup[table]) {
          const given = JSON.parse(row) as Record<string, unknown>;
          // Two agency keys cannot both be current; opening is what it comes back for.
          if (table === 'vault_agency_keys') given.state = 'old';
          const keys = KEYS[table];
          const columns = Object.keys(given);
          const target = sql.raw(`${columns.map(column => `${column} = excluded.${column}`).join(', ')}`);
          await sql`insert into ${sql.table(table)} select * from jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(given)}::jsonb)
            on conflict (${sql.raw(keys)}) do update set ${target}`.execute(tx);
        }
      found = (await rig.vault.get(tx, ref, name))?.reveal() ?? null;
      throw new Undo();
    }),
  );
  if (error instanceof Undo) return found;
  if (error?.name === 'SealBroken') return null;
  throw error;
}

describe('CR-03: a destroyed connection', () => {
  let agency: string;
  let gone: VaultRef;
  let stays: VaultRef;
  let backup: Backup;
  beforeAll(async () => {
    agency = newId();
    [gone, stays] = [newVaultRef(agency), newVaultRef(agency)];
    for (const ref of [gone, stays])
      for (const name of ['access', 'refresh']) await rig.put(ref, name, `${name} of ${ref.connectionId}`);
    // So that there is more than one version of its data key.
    for (let n = 0; n < 3; n++) await rig.put(gone, 'refresh', `refresh of ${gone.connectionId}`);
    backup = await backUp(agency);
  });

  test('the receipt says what is gone, the store is told, others stay readable, and a second time there is nothing left', async () => {
    const receipt = await rig.tx(tx => rig.vault.destroy(tx, gone));
    expect(receipt).toEqual({
      agencyId: agency,
      connectionId: gone.connectionId,
      destroyedAt: rig.clock.now(),
      keyVersions: [1, 2],
      secrets: ['access', 'refresh'],
      leftInStore: [],
      agencyKeyReplaced: true,
    });
    expect(store.removed.sort()).toEqual([`${gone.connectionId}/access`, `${gone.connectionId}/refresh`]);
    for (const name of ['access', 'refresh']) {
      expect(await rig.get(gone, name)).toBeNull();
      expect(await rig.get(stays, name)).toBe(`${name} of ${stays.connectionId}`);
    }
    expect(await rig.tx(tx => rig.vault.describe(tx, gone))).toEqual([]);
    const again = await rig.tx(tx => rig.vault.destroy(tx, gone));
    expect(again).toMatchObject({ keyVersions: [], secrets: [], agencyKeyReplaced: false });
  });

  test('the list of keys proves the absence', async () => {
    const keys = await rig.tx(tx =>
      tx.selectFrom('vault_data_keys').selectAll().where('connection_id', '=', gone.connectionId).execute(),
    );
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(key).toMatchObject({ wrapped: null, destroyed_at: rig.clock.now() });
    const agencyKeys = await rig.tx(tx =>
      tx.selectFrom('vault_agency_keys').selectAll().where('agency_id', '=', agency).orderBy('version').execute(),
    );
    expect(agencyKeys.map(({ state, wrapped }) => [state, wrapped !== null])).toEqual([
      ['destroyed', false],
      ['current', true],
    ]);
  });

  /** Which tables of yesterday's backup come back, and whether the secret does. */
  const RESTORED: readonly (readonly [readonly Table[], boolean])[] = [
    [['vault_data_keys'], false],
    [['vault_agency_keys'], false],
    [['vault_data_keys', 'vault_secrets'], false],
    // Said plainly: with every table of the vault and the key-encryption key a backup is readable until it is deleted.
    [['vault_agency_keys', 'vault_data_keys', 'vault_secrets'], true],
  ];
  test('what a restored copy of each table gives back', async () => {
    for (const [tables, readable] of RESTORED)
      for (const name of ['access', 'refresh']) {
        const value = await readWith(backup, tables, gone, name);
        expect(value, tables.join(' + ')).toBe(readable ? `${name} of ${gone.connectionId}` : null);
      }
    expect(await rig.get(gone, 'access')).toBeNull();
  });

  test('the same name may be connected again: a new key, and nothing of the old one', async () => {
    await rig.put(gone, 'access', 'connected again');
    expect(await rig.get(gone, 'access')).toBe('connected again');
    const versions = await rig.tx(tx =>
      tx.selectFrom('vault_data_keys').select('version').where('connection_id', '=', gone.connectionId).execute(),
    );
    expect(versions).toHaveLength(3);
  });
});

describe('CR-03: when something is in the way', () => {
  test('a store that does not answer delays nothing: the keys are gone, and the receipt says what it still holds', async () => {
    const ref = newVaultRef();
    await rig.put(ref, 'access', 'x');
    store.broken = true;
    const receipt = await rig.tx(tx => rig.vault.destroy(tx, ref));
    store.broken = false;
    expect(receipt).toMatchObject({ keyVersions: [1], leftInStore: ['access'] });
    expect(await rig.get(ref, 'access')).toBeNull();
  });

  test('a connection whose key is damaged can be destroyed, and so can its neighbour', async () => {
    const agency = newId();
    const [broken, neighbour, third] = [newVaultRef(agency), newVaultRef(agency), newVaultRef(agency)];
    for (const ref of [broken, neighbour, third]) await rig.put(ref, 'access', ref.connectionId);
    await rig.tx(tx =>
      tx
        .updateTable('vault_data_keys')
        .set({ wrapped: 'damaged' })
        .where('connection_id', '=', broken.connectionId)
        .execute(),
    );
    const first = await rig.tx(tx => rig.vault.destroy(tx, neighbour));
    // The agency key that might still open the damaged one, were it restored, is kept; the receipt does not promise more.
    expect(first).toMatchObject({ keyVersions: [1], agencyKeyReplaced: false });
    expect(await rig.get(third, 'access')).toBe(third.connectionId);
    const second = await rig.tx(tx => rig.vault.destroy(tx, broken));
    expect(second).toMatchObject({ keyVersions: [1], agencyKeyReplaced: true });
    expect(await rig.get(third, 'access')).toBe(third.connectionId);
    const left = await rig.tx(tx =>
      tx
        .selectFrom('vault_agency_keys')
        .select('version')
        .where('agency_id', '=', agency)
        .where('wrapped', 'is not', null)
        .execute(),
    );
    expect(left).toHaveLength(1);
  });
});
