import { type SystemTx, txNow, withSystem } from '../db/index.ts';
import { lockAgencyKey, replaceAgencyKey, wipeOldAgencyKeys } from './agency-keys.ts';
import { openCanary } from './boot.ts';
import { type DataKeyName, moveDataKeys } from './data-keys.ts';
import { KekError, kekOf } from './kek.ts';
import { moveKeptKey } from './kept-keys.ts';
import type { Room } from './room.ts';
import { verifyKeys } from './verify.ts';

export type RewrapOptions = {
  /** Fingerprint of the key that everything is wrapped by in the end; without it the next one. */
  readonly to?: string;
  /** Data keys in one transaction: they are locked as long as it takes. */
  readonly batch?: number;
  /** Told of each step, inside of its transaction and after it. */
  readonly progress?: (step: string) => void;
};

export type RewrapReport = {
  readonly to: string;
  readonly keptKeys: number;
  readonly agencies: number;
  readonly dataKeys: number;
  /** Keys that were opened again at the end, under the new key and nothing else. */
  readonly verified: number;
  readonly retired: readonly string[];
};

const BATCH = 50;
type Progress = (step: string) => void;

/**
 * Moves everything under another key-encryption key while it is in use: each agency gets a new key, its data keys follow in small
 * batches, the old agency keys are destroyed, and the old key-encryption key is retired only after every key was opened under the new
 * one. Killed at any point, it goes on from there; two of them do not disturb each other (VT-03).
 */
export async function rewrapKeys(room: Room, options: RewrapOptions): Promise<RewrapReport> {
  const { batch = BATCH, progress = () => undefined } = options;
  const to = options.to ?? (room.keks.next ?? room.keks.current).fingerprint;
  await withSystem(room.db, 'vault-keys', async tx => {
    await begin(room, tx, to);
    progress('begin, inside');
  });
  progress('begun');
  const keptKeys = await moveKeptKeys(room, to, progress);
  const agencies = new Set<string>();
  const broken: DataKeyName[] = [];
  let dataKeys = 0;
  for (;;) {
    const left = await agenciesLeft(room, to, broken);
    if (left.length === 0) break;
    for (const agencyId of left) {
      dataKeys += await moveAgency(room, agencyId, to, batch, broken, progress);
      agencies.add(agencyId);
    }
  }
  const verified = await verifyKeys(room, to, batch, broken);
  progress('verified');
  if (broken.length > 0) throw new KekError(brokenMessage(broken));
  const retired = await withSystem(room.db, 'vault-keys', async tx => {
    const names = await retire(tx, to);
    progress('retire, inside');
    return names;
  });
  progress('retired');
  room.cache.clear();
  return { to, keptKeys, agencies: agencies.size, dataKeys, verified, retired };
}

/** From here on what is new is wrapped by `to`. Checked first that it opens its own canary: it is the key it says it is. */
async function begin(room: Room, tx: SystemTx, to: string): Promise<void> {
  const known = await tx.selectFrom('vault_keks').selectAll().forUpdate().execute();
  const row = known.find(({ fingerprint }) => fingerprint === to);
  if (!row || row.state === 'retired' || row.state === 'old')
    throw new KekError(`The key-encryption key ${to} cannot take over: it is ${row?.state ?? 'not known here'}.`);
  await openCanary(kekOf(room.keks, to), row);
  if (row.state === 'current') return;
  // Three keys at once would be more than a process is given.
  if (known.some(({ state }) => state === 'old'))
    throw new KekError(`The rotation before this one is not finished. Run it to its end before ${to} takes over.`);
  for (const { fingerprint, state } of known) if (state === 'current') kekOf(room.keks, fingerprint);
  await tx.updateTable('vault_keks').set({ state: 'old' }).where('state', '=', 'current').execute();
  await tx.updateTable('vault_keks').set({ state: 'current' }).where('fingerprint', '=', to).execute();
}

async function moveKeptKeys(room: Room, to: string, progress: Progress): Promise<number> {
  const purposes = await withSystem(room.db, 'vault-keys', tx =>
    tx.selectFrom('vault_kept_keys').select('purpose').where('kek_fingerprint', '!=', to).orderBy('purpose').execute(),
  );
  let moved = 0;
  for (const { purpose } of purposes) {
    const did = await withSystem(room.db, 'vault-keys', async tx => {
      const result = await moveKeptKey(room, tx, purpose, to);
      progress('kept key, inside');
      return result;
    });
    progress('kept key moved');
    if (did) moved += 1;
  }
  return moved;
}

/** Agencies with a key under another key-encryption key, or with an old key that is not wiped although nothing broken needs it. */
async function agenciesLeft(room: Room, to: string, broken: readonly DataKeyName[]): Promise<string[]> {
  return withSystem(room.db, 'vault-keys', async tx => {
    const rows = await tx
      .selectFrom('vault_agency_keys as a')
      .select('a.agency_id')
      .distinct()
      .where('a.state', '!=', 'destroyed')
      .where(({ or, and, not, eb, exists, selectFrom }) =>
        or([
          and([eb('a.state', '=', 'current'), eb('a.kek_fingerprint', '!=', to)]),
          and([
            eb('a.state', '=', 'old'),
            not(
              exists(
                selectFrom('vault_data_keys as d')
                  .select('d.version')
                  .whereRef('d.agency_id', '=', 'a.agency_id')
                  .whereRef('d.agency_key_version', '=', 'a.version')
                  .where('d.wrapped', 'is not', null)
                  .where('d.connection_id', 'in', [NOBODY, ...broken.map(({ connectionId }) => connectionId)]),
              ),
            ),
          ]),
        ]),
      )
      .orderBy('a.agency_id')
      .limit(100)
      .execute();
    return rows.map(row => row.agency_id);
  });
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

async function moveAgency(
  room: Room,
  agencyId: string,
  to: string,
  batch: number,
  broken: DataKeyName[],
  progress: Progress,
): Promise<number> {
  await withSystem(room.db, 'vault-keys', async tx => {
    const { kek_fingerprint: under } = await lockAgencyKey(room, tx, agencyId, 'update');
    if (under !== to) await replaceAgencyKey(room, tx, agencyId);
    progress('agency key, inside');
  });
  progress('agency key replaced');
  let total = 0;
  for (;;) {
    const result = await withSystem(room.db, 'vault-keys', async tx => {
      const done = await moveDataKeys(room, tx, agencyId, batch, broken);
      progress('data keys, inside');
      return done;
    });
    progress('data keys moved');
    total += result.moved;
    broken.push(...result.broken);
    if (result.moved + result.broken.length === 0) break;
  }
  await withSystem(room.db, 'vault-keys', async tx => {
    await wipeOldAgencyKeys(tx, agencyId);
    progress('old agency keys, inside');
  });
  progress('old agency keys wiped');
  return total;
}

/** Retires what wraps nothing any more. Whoever was making a key held these rows, so none can appear behind this check. */
async function retire(tx: SystemTx, to: string): Promise<string[]> {
  const old = await tx.selectFrom('vault_keks').select('fingerprint').where('state', '=', 'old').forUpdate().execute();
  const names = old.map(({ fingerprint }) => fingerprint).filter(fingerprint => fingerprint !== to);
  if (names.length === 0) return [];
  const agencyKeys = await tx
    .selectFrom('vault_agency_keys')
    .select('version')
    .where('kek_fingerprint', 'in', names)
    .where('state', '!=', 'destroyed')
    .executeTakeFirst();
  const kept = await tx
    .selectFrom('vault_kept_keys')
    .select('purpose')
    .where('kek_fingerprint', 'in', names)
    .executeTakeFirst();
  if (agencyKeys || kept)
    throw new KekError('Keys are still wrapped by the old key-encryption key, which was therefore not retired.');
  await tx
    .updateTable('vault_keks')
    .set({ state: 'retired', canary: null, retired_at: txNow(tx) })
    .where('fingerprint', 'in', names)
    .execute();
  return names;
}

const brokenMessage = (broken: readonly DataKeyName[]) =>
  `${broken.length} data keys do not open, so the old key-encryption key was not retired and nothing of them was changed: ${broken
    .slice(0, 10)
    .map(({ connectionId, version }) => `${connectionId} version ${version}`)
    .join(', ')}. Restore them, or destroy those connections, and run this again.`;
