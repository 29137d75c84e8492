import { SealBroken } from '../crypto/index.ts';
import { type SystemTx, txNow } from '../db/index.ts';
import { type Kek, KekError, type Keks } from './kek.ts';
import { canaryContext } from './vault-ref.ts';

const CANARY = 'astrix: this is the key that sealed the credentials of this database';

type KekRow = { fingerprint: string; canary: string | null; state: string; development: boolean };

/**
 * Every key-encryption key that the database still needs must be here and open its canary; otherwise throws, and nothing has been
 * written. A database that knows none yet takes the one it is given.
 */
export async function checkKeks(tx: SystemTx, keks: Keks, production: boolean): Promise<void> {
  const given = [keks.current, ...(keks.next ? [keks.next] : [])];
  if (production) for (const kek of given) refuseDevelopment(kek.development, kek.fingerprint);
  let known = await readKeks(tx);
  if (known.length === 0) {
    // Two first starts may meet here; whoever comes second reads what the first one wrote.
    await register(tx, keks.current, 'current');
    known = await readKeks(tx);
  }
  for (const row of known.filter(({ state }) => state === 'current' || state === 'old')) {
    const kek = given.find(({ fingerprint }) => fingerprint === row.fingerprint);
    if (!kek) throw new KekError(expected(row, keks));
    if (production) refuseDevelopment(row.development, row.fingerprint);
    await openCanary(kek, row);
  }
  const next = keks.next && known.find(({ fingerprint }) => fingerprint === keks.next?.fingerprint);
  if (next?.state === 'retired')
    throw new KekError(`ASTRIX_KEK_NEXT is the key ${next.fingerprint}, which was retired. Make a new one.`);
  if (next?.state === 'next') await openCanary(keks.next as Kek, next);
  if (keks.next && !next) await register(tx, keks.next, 'next');
}

const readKeks = (tx: SystemTx): Promise<KekRow[]> =>
  tx.selectFrom('vault_keks').select(['fingerprint', 'canary', 'state', 'development']).execute();

async function register(tx: SystemTx, kek: Kek, state: 'current' | 'next'): Promise<void> {
  await tx
    .insertInto('vault_keks')
    .values({
      fingerprint: kek.fingerprint,
      canary: await kek.wrap(Buffer.from(CANARY), canaryContext(kek.fingerprint)),
      state,
      development: kek.development,
      created_at: txNow(tx),
      retired_at: null,
    })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

/** Throws unless this is the key that sealed the canary. */
export async function openCanary(kek: Kek, row: Pick<KekRow, 'fingerprint' | 'canary'>): Promise<void> {
  let text: string;
  try {
    text = (await kek.unwrap(row.canary ?? '', canaryContext(row.fingerprint))).toString('utf8');
  } catch (error) {
    if (!(error instanceof SealBroken))
      throw new KekError(
        `The key-encryption key ${row.fingerprint} cannot be reached (${(error as Error).message}). Nothing was changed; start again when it answers.`,
      );
    text = '';
  }
  if (text !== CANARY)
    throw new KekError(
      `The key-encryption key ${row.fingerprint} does not open the canary of this database: the key or the database is damaged. Nothing was changed.`,
    );
}

function expected(row: KekRow, { current, next }: Keks): string {
  const given = `ASTRIX_KEK is ${current.fingerprint}${next ? `, ASTRIX_KEK_NEXT is ${next.fingerprint}` : ''}`;
  return row.state === 'old'
    ? `A rotation of keys is not finished: keys of this database are still wrapped by the key-encryption key ${row.fingerprint}, and ${given}. Start with both keys and run astrix-admin rewrap-keys to its end. Nothing was changed.`
    : `This database is sealed under the key-encryption key with the fingerprint ${row.fingerprint}, but ${given}. Start with the right key; docs/guides/keys.md says where it may be. Nothing was changed.`;
}

function refuseDevelopment(development: boolean, fingerprint: string): void {
  if (development)
    throw new KekError(
      `The key-encryption key ${fingerprint} was made for development and does not protect production. Make one with: openssl rand -base64 32`,
    );
}
