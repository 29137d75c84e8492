import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repeated } from '../../../testkit/repeated.ts';
import {
  createPrivatePostgres,
  type PrivatePostgres,
  privatePostgresAvailable,
} from '../../../tools/private-postgres.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { type Db, migrate, openDb, withSystem } from '../../src/platform/db/index.ts';
import { createVault, type Vault, type VaultRef } from '../../src/platform/vault/index.ts';
import { kekNamed } from './keks.ts';
import { newVaultRef, openedBy } from './rig.ts';

const KILLS = repeated(13, 50);
/** It brings a server of its own, so one of the two runs of the suite is enough. */
const here = privatePostgresAvailable() && !process.env.ASTRIX_TEST_DATABASE_URL;
const root = join(import.meta.dirname, '..', '..', '..');

let server: PrivatePostgres;
let db: Db;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  if (!here) return;
  server = await createPrivatePostgres();
  db = await openDb({ url: server.url, poolSize: 6, clock: systemClock });
  await migrate(db);
});
afterAll(async () => {
  if (!here) return;
  for (const child of children) child.kill('SIGKILL');
  await db.close();
  await server.remove();
});

type End = {
  readonly signal: string | null;
  readonly code: number | null;
  readonly said: string;
  readonly errors: string;
};

/** One process that moves the keys, to its end or to its n-th step. */
function move(from: string, to: string, dieAt: number): Promise<End> {
  const child = spawn(process.execPath, ['backend/test/vault/rewrap-child.ts', server.url, from, to, String(dieAt)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let [said, errors] = ['', ''];
  child.stdout.on('data', chunk => {
    said += String(chunk);
  });
  child.stderr.on('data', chunk => {
    errors += String(chunk);
  });
  return new Promise(resolve =>
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, said, errors });
    }),
  );
}

/** Several who put and get as long as it lasts. Each owns its connections, so that what it last wrote is what must be there. */
function load(vaults: () => readonly Vault[], stored: Map<VaultRef, string>) {
  let going = true;
  const done = { puts: 0, gets: 0 };
  const worker = async (n: number) => {
    const own = [...stored.keys()].filter((_, at) => at % 3 === n);
    for (let turn = 0; going; turn++) {
      const fresh = turn % 40 === 39;
      const ref = fresh
        ? newVaultRef(turn % 80 === 39 ? newId() : own[0]?.agencyId)
        : (own[turn % own.length] as VaultRef);
      const value = `turn ${turn} of ${n}`;
      const vault = vaults()[turn % 2] as Vault;
      await withSystem(db, 'vault-keys', tx => vault.put(tx, ref, 'token', secret(value)));
      stored.set(ref, value);
      done.puts += 1;
      const other = vaults()[(turn + 1) % 2] as Vault;
      const found = await withSystem(db, 'vault-keys', tx => openedBy(other, tx, ref, 'token'));
      if (found !== value) throw new Error(`${ref.connectionId} holds ${found} and not ${value}`);
      done.gets += 1;
    }
  };
  const workers = Promise.all([0, 1, 2].map(worker));
  // What a worker throws is met in `stop`; until then it must not end the process.
  workers.catch(() => undefined);
  return {
    done,
    stop: async () => {
      going = false;
      await workers;
    },
  };
}

test.runIf(here)(
  `VT-03: ${KILLS} times kill -9 while keys are moved under load: all readable, none under an old key at the end`,
  async () => {
    const openVault = async (from: string, to: string) => {
      const vault = createVault({ db, keks: { current: kekNamed(from), next: kekNamed(to) } });
      await vault.open();
      return vault;
    };
    let round = 0;
    const names = () => [`round ${round}`, `round ${round + 1}`] as const;
    let vaults = [await openVault(...names()), await openVault(...names())] as const;
    const audit = vaults[0].namedKey('audit/v1').toString('hex');
    const stored = new Map<VaultRef, string>();
    for (let a = 0; a < 4; a++) {
      const agency = newId();
      for (let c = 0; c < 6; c++) {
        const ref = newVaultRef(agency);
        await withSystem(db, 'vault-keys', tx => vaults[0].put(tx, ref, 'token', secret('first')));
        stored.set(ref, 'first');
      }
    }
    const running = load(() => vaults, stored);
    let kills = 0;
    const diedAt = new Set<number>();
    let rotations = 0;
    while (kills < KILLS) {
      // Later and later within a rotation, so that every kind of step is met: begun, kept keys, agency keys, data keys, wiped, retired.
      const dieAt = 1 + ((kills * 7) % 13);
      const end = await move(...names(), dieAt);
      if (end.signal === 'SIGKILL') {
        kills += 1;
        diedAt.add(dieAt);
        continue;
      }
      expect(end, end.errors).toMatchObject({ code: 0 });
      rotations += 1;
      round += 1;
      vaults = [await openVault(...names()), await openVault(...names())];
    }
    const last = await move(...names(), 0);
    expect(last, last.errors).toMatchObject({ code: 0, signal: null });
    await running.stop();

    expect(running.done.puts).toBeGreaterThan(KILLS);
    expect(diedAt.size).toBeGreaterThanOrEqual(10);
    const [, to] = names();
    const alone = createVault({ db, keks: { current: kekNamed(to), next: null } });
    await alone.open();
    for (const [ref, value] of stored)
      expect(await withSystem(db, 'vault-keys', tx => openedBy(alone, tx, ref, 'token'))).toBe(value);
    expect(alone.namedKey('audit/v1').toString('hex')).toBe(audit);
    const left = await withSystem(db, 'vault-keys', async tx => [
      ...(await tx
        .selectFrom('vault_agency_keys')
        .select('kek_fingerprint as kek')
        .where('state', '!=', 'destroyed')
        .execute()),
      ...(await tx.selectFrom('vault_kept_keys').select('kek_fingerprint as kek').execute()),
    ]);
    expect(left.filter(({ kek }) => kek !== kekNamed(to).fingerprint)).toEqual([]);
    expect(left.length).toBeGreaterThan(8);
    const states = await withSystem(db, 'vault-keys', tx => tx.selectFrom('vault_keks').select('state').execute());
    // The one that the last vaults were opened with as their next is not begun with.
    expect(states.filter(({ state }) => state === 'retired')).toHaveLength(rotations + 1);
    expect(states.filter(({ state }) => state === 'old')).toEqual([]);
  },
);
