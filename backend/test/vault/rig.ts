import { sql } from 'kysely';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { manualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { type Secret, secret } from '../../src/kernel/secret.ts';
import { type Db, declaredTables, type SystemTx, withSystem } from '../../src/platform/db/index.ts';
import { createVault, type Vault, type VaultOptions, type VaultRef } from '../../src/platform/vault/index.ts';
import { openTestDb, START } from '../world.ts';
import { kekNamed } from './keks.ts';

export { kekBytes, kekNamed } from './keks.ts';

export const newVaultRef = (agencyId = newId(), clientId: string | null = newId()): VaultRef => ({
  agencyId,
  clientId,
  connectionId: newId(),
});

export type Rig = {
  readonly db: Db;
  readonly url: string | null;
  readonly clock: ManualClock;
  readonly vault: Vault;
  /** Another vault over the same database, as in another process; not opened yet. */
  readonly another: (options?: Partial<VaultOptions>) => Vault;
  readonly tx: <T>(work: (tx: SystemTx) => Promise<T>) => Promise<T>;
  readonly put: (ref: VaultRef, name: string, value: string) => Promise<number>;
  readonly get: (ref: VaultRef, name: string) => Promise<string | null>;
  readonly close: () => Promise<void>;
};

/** An empty migrated database with an opened vault under the key-encryption key `one`. */
export async function createRig(options: Partial<VaultOptions> = {}): Promise<Rig> {
  const clock = manualClock(START);
  const { db, drop, url } = await openTestDb(clock);
  const another = (more: Partial<VaultOptions> = {}) =>
    createVault({ db, keks: { current: kekNamed('one'), next: null }, ...options, ...more });
  const vault = another();
  await vault.open();
  const tx: Rig['tx'] = work => withSystem(db, 'vault-keys', work);
  return {
    db,
    url,
    clock,
    vault,
    another,
    tx,
    put: (ref, name, value) => tx(t => vault.put(t, ref, name, secret(value))),
    get: (ref, name) => tx(t => openedBy(vault, t, ref, name)),
    close: drop,
  };
}

export const openedBy = async (vault: Vault, tx: SystemTx, ref: VaultRef, name: string): Promise<string | null> =>
  revealed(await vault.get(tx, ref, name));

const revealed = (value: Secret | null) => value?.reveal() ?? null;

/** Every row of every table, as text: what a dump of the database holds. */
export async function dumpOf(db: Db): Promise<string> {
  const tables = await declaredTables(db);
  const parts: string[] = [];
  await withSystem(db, 'vault-keys', async tx => {
    for (const { table } of tables) {
      // The list of migrations is the only table that the system's role cannot read.
      if (table === 'schema_migrations') continue;
      const { rows } = await sql<{ row: string }>`select to_jsonb(t)::text as row from ${sql.table(table)} t`.execute(
        tx,
      );
      parts.push(...rows.map(({ row }) => `${table} ${row}`));
    }
  });
  return parts.sort().join('\n');
}

export const vaultDump = async (db: Db): Promise<string> =>
  (await dumpOf(db))
    .split('\n')
    .filter(line => line.startsWith('vault_'))
    .join('\n');

/** What was thrown, or null. */
export const thrown = (work: Promise<unknown>): Promise<Error | null> =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
