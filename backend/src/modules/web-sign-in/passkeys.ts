import type { SystemTx } from '../../platform/db/index.ts';
import { credentialOf, type Passkey, type RelyingParty, signed } from '../../platform/webauthn/index.ts';
import { findAccount } from '../identity/index.ts';
import type { Recognised } from './flows.ts';
import './tables.ts';

export async function keepPasskey(tx: SystemTx, personId: string, factorId: string, passkey: Passkey): Promise<void> {
  await tx
    .insertInto('passkeys')
    .values({
      factor_id: factorId,
      person_id: personId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: [...passkey.transports],
    })
    .execute();
}

/** Whether the passkey is kept already, whoever's it is. */
export async function isKept(tx: SystemTx, { credentialId }: Passkey): Promise<boolean> {
  const row = await tx
    .selectFrom('passkeys')
    .select('factor_id')
    .where('credential_id', '=', credentialId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function passkeysOf(
  tx: SystemTx,
  personId: string,
): Promise<readonly { readonly credentialId: string }[]> {
  const rows = await tx.selectFrom('passkeys').select('credential_id').where('person_id', '=', personId).execute();
  return rows.map(row => ({ credentialId: row.credential_id }));
}

/**
 * Who has signed the challenge with a passkey that is theirs now. A removed passkey is not there any more, so that it opens nothing. The row
 * is locked: of two answers with one count, the second is refused.
 */
export async function whoSigned(
  tx: SystemTx,
  party: RelyingParty,
  challenge: string,
  response: string,
): Promise<Recognised | null> {
  const credentialId = credentialOf(response);
  if (credentialId === null) return null;
  const row = await tx
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  const counter = await signed(party, challenge, response, {
    credentialId,
    publicKey: row.public_key,
    counter: Number(row.counter),
    transports: row.transports,
  });
  if (counter === null) return null;
  await tx.updateTable('passkeys').set({ counter }).where('factor_id', '=', row.factor_id).execute();
  return findAccount(tx, { personId: row.person_id });
}
