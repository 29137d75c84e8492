import { type Secret, secret } from '../../kernel/secret.ts';
import { hmacSha256, keyringFrom, openBytes, SealBroken, sealBytes } from '../crypto/index.ts';
import { type SystemTx, txNow } from '../db/index.ts';
import type { AgencyKeyRow } from './agency-keys.ts';
import { dataKeyForSealing, dataKeyring, unwrapDataKey, wipeWornDataKeys } from './data-keys.ts';
import { asking } from './kek.ts';
import type { Room } from './room.ts';
import { secretContext, type VaultRef } from './vault-ref.ts';

/** What may be shown of a secret (VT-05). */
export type SecretFacts = {
  readonly name: string;
  readonly version: number;
  /** Null where four characters would be too much of it. */
  readonly last4: string | null;
  /** Tells whether two values are the same, inside one agency. */
  readonly fingerprint: string;
  readonly createdAt: Date;
  readonly rotatedAt: Date;
  readonly ageDays: number;
  /** Not replaced for twelve months: restricted work has to wait until it is (VT-14). */
  readonly stale: boolean;
};

export type Swapped = { readonly swapped: boolean; readonly version: number | null };
export type Read = { readonly value: Secret; readonly version: number };

/** Shorter values keep their last four characters to themselves. */
const LAST4_FROM = 16;
const DAY_MS = 86_400_000;

/** Seals `value` as the next version. The lock on the data key is held: writers of one connection come one after the other. */
async function write(
  room: Room,
  tx: SystemTx,
  fingerprintKey: Buffer,
  ref: VaultRef,
  name: string,
  value: Secret,
  expected: number | null | 'any',
): Promise<Swapped> {
  const dataKey = await dataKeyForSealing(room, tx, ref);
  const before = await tx
    .selectFrom('vault_secrets')
    .select('version')
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  const present = before?.version ?? null;
  if (expected !== 'any' && expected !== present) {
    dataKey.key.fill(0);
    return { swapped: false, version: present };
  }
  const version = (present ?? 0) + 1;
  const text = value.reveal();
  const bytes = Buffer.from(text, 'utf8');
  const envelope = sealBytes(dataKeyring(dataKey), bytes, secretContext(ref, name, version));
  bytes.fill(0);
  dataKey.key.fill(0);
  const kept = await asking(room.store.keep({ ...ref, name }, envelope));
  const now = txNow(tx);
  const facts = {
    envelope: kept,
    version,
    key_version: dataKey.version,
    fingerprint: hmacSha256(fingerprintKey, `${ref.agencyId}\0${text}`).toString('hex').slice(0, 16),
    last4: text.length < LAST4_FROM ? null : text.slice(-4),
    rotated_at: now,
  };
  await tx
    .insertInto('vault_secrets')
    .values({
      agency_id: ref.agencyId,
      client_id: ref.clientId,
      connection_id: ref.connectionId,
      name,
      created_at: now,
      ...facts,
    })
    .onConflict(conflict => conflict.columns(['agency_id', 'connection_id', 'name']).doUpdateSet(facts))
    .execute();
  await wipeWornDataKeys(tx, ref, dataKey.version);
  return { swapped: true, version };
}

export const putSecret = async (
  room: Room,
  tx: SystemTx,
  key: Buffer,
  ref: VaultRef,
  name: string,
  value: Secret,
): Promise<number> => (await write(room, tx, key, ref, name, value, 'any')).version ?? 0;

export const swapSecret = (
  room: Room,
  tx: SystemTx,
  key: Buffer,
  ref: VaultRef,
  name: string,
  expected: number | null,
  value: Secret,
): Promise<Swapped> => write(room, tx, key, ref, name, value, expected);

/** Null when there is none. Throws SealBroken when there is one and it does not open. */
export async function readSecret(room: Room, tx: SystemTx, ref: VaultRef, name: string): Promise<Read | null> {
  // One statement, and so one moment: a rotation beside it is seen whole or not at all.
  const row = await tx
    .selectFrom('vault_secrets as s')
    .innerJoin('vault_data_keys as d', join =>
      join
        .onRef('d.agency_id', '=', 's.agency_id')
        .onRef('d.connection_id', '=', 's.connection_id')
        .onRef('d.version', '=', 's.key_version'),
    )
    .innerJoin('vault_agency_keys as a', join =>
      join.onRef('a.agency_id', '=', 's.agency_id').onRef('a.version', '=', 'd.agency_key_version'),
    )
    .select(['s.envelope', 's.version', 's.key_version', 'd.wrapped', 'd.agency_key_version'])
    .select(['a.wrapped as agency_wrapped', 'a.kek_fingerprint'])
    .where('s.agency_id', '=', ref.agencyId)
    .where('s.connection_id', '=', ref.connectionId)
    .where('s.name', '=', name)
    .executeTakeFirst();
  if (!row) return null;
  const agencyKey: AgencyKeyRow = {
    agency_id: ref.agencyId,
    version: row.agency_key_version,
    wrapped: row.agency_wrapped,
    kek_fingerprint: row.kek_fingerprint,
  };
  try {
    const key = await unwrapDataKey(room, agencyKey, ref, row.key_version, row.wrapped);
    const envelope = await asking(room.store.find({ ...ref, name }, row.envelope));
    if (envelope === null) throw new SealBroken();
    const bytes = openBytes(keyringFrom(key, row.key_version), envelope, secretContext(ref, name, row.version));
    key.fill(0);
    const value = secret(bytes.toString('utf8'));
    bytes.fill(0);
    return { value, version: row.version };
  } catch (error) {
    if (error instanceof SealBroken) room.onBroken(ref, name);
    throw error;
  }
}

/** What may be shown of the secrets of a connection; never a value. */
export async function describeSecrets(room: Room, tx: SystemTx, ref: VaultRef): Promise<SecretFacts[]> {
  const rows = await tx
    .selectFrom('vault_secrets')
    .select(['name', 'version', 'last4', 'fingerprint', 'created_at', 'rotated_at'])
    .where('agency_id', '=', ref.agencyId)
    .where('connection_id', '=', ref.connectionId)
    .orderBy('name')
    .execute();
  const now = txNow(tx);
  return rows.map(row => ({
    name: row.name,
    version: row.version,
    last4: row.last4,
    fingerprint: row.fingerprint,
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    ageDays: Math.floor((now.getTime() - row.rotated_at.getTime()) / DAY_MS),
    stale: now >= monthsAfter(row.rotated_at, room.staleAfterMonths),
  }));
}

function monthsAfter(at: Date, months: number): Date {
  const later = new Date(at);
  later.setUTCMonth(later.getUTCMonth() + months);
  return later;
}
