import { newId } from '../../../kernel/ids.ts';
import { type Keyring, open, seal } from '../../../platform/crypto/index.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import type { FactorKind } from '../tables.ts';
import { countRecoveryCodes } from './recovery-codes.ts';
import { acceptedStep } from './totp.ts';

/** Where a sealed secret stands; moved to another factor it does not open (VT-02). The first factor of a person has the person's id. */
const contextOf = (factorId: string) => ({ table: 'people', field: 'totp', person: factorId });

export type Factors = { readonly totp: number; readonly passkeys: number; readonly recoveryCodes: number };

export async function factorsOf(tx: SystemTx, personId: string): Promise<Factors> {
  const kinds = await tx.selectFrom('factors').select('kind').where('person_id', '=', personId).execute();
  const count = (kind: FactorKind) => kinds.filter(factor => factor.kind === kind).length;
  return {
    totp: count('totp'),
    passkeys: count('passkey'),
    recoveryCodes: await countRecoveryCodes(tx, personId),
  };
}

export type NewFactor = { readonly personId: string; readonly label: string } & (
  | {
      readonly kind: 'totp';
      readonly secret: string;
      readonly keyring: Keyring /** The step that was confirmed. */;
      readonly lastStep: number;
    }
  | { readonly kind: 'passkey' }
);

/** Keeps a factor that the person has proved to hold. What proves a passkey is kept beside it, under the id that is returned. */
export async function addFactor(tx: SystemTx, factor: NewFactor): Promise<string> {
  const now = txNow(tx);
  const id = newId(now);
  await tx
    .insertInto('factors')
    .values({
      id,
      person_id: factor.personId,
      kind: factor.kind,
      label: factor.label,
      secret_sealed: factor.kind === 'totp' ? seal(factor.keyring, factor.secret, contextOf(id)) : null,
      last_step: factor.kind === 'totp' ? factor.lastStep : 0,
      created_at: now,
      last_used_at: now,
    })
    .execute();
  return id;
}

/** Whether the code is right and new for one of the person's authenticators, which it is used up for (AU-11). */
export async function useTotp(tx: SystemTx, keyring: Keyring, personId: string, code: string): Promise<boolean> {
  const now = txNow(tx);
  const factors = await tx
    .selectFrom('factors')
    .select(['id', 'secret_sealed', 'last_step'])
    .where('person_id', '=', personId)
    .where('kind', '=', 'totp')
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const { id, secret_sealed, last_step } of factors) {
    const step = await acceptedStep(open(keyring, secret_sealed!, contextOf(id)), code, now);
    if (step === null || step <= last_step) continue;
    await tx.updateTable('factors').set({ last_step: step, last_used_at: now }).where('id', '=', id).execute();
    return true;
  }
  return false;
}

/** False when the person has no such factor. */
export async function removeFactor(tx: SystemTx, personId: string, factorId: string): Promise<boolean> {
  const removed = await tx
    .deleteFrom('factors')
    .where('id', '=', factorId)
    .where('person_id', '=', personId)
    .returning('id')
    .executeTakeFirst();
  return removed !== undefined;
}

/** Takes every factor and every recovery code, for a person who enrols anew. */
export async function removeAllFactors(tx: SystemTx, personId: string): Promise<void> {
  await tx.deleteFrom('factors').where('person_id', '=', personId).execute();
  await tx.deleteFrom('recovery_codes').where('person_id', '=', personId).execute();
}
