import { type Secret, secret } from '../../kernel/secret.ts';
import { type Keyring, open, SealBroken } from '../../platform/crypto/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import { storeCredential } from '../connections/index.ts';

/**
 * Hands credentials that an earlier version sealed in the rows of channels over to their connections. What does not open stays as it is:
 * nothing is written over it.
 */
export async function adoptCredentials(vault: Vault, tx: SystemTx, keyring: Keyring): Promise<void> {
  const channels = await tx
    .selectFrom('channels')
    .select(['agency_id', 'id', 'connection_id', 'token_sealed'])
    .where('token_sealed', 'is not', null)
    .orderBy('agency_id')
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const { agency_id: agencyId, id, connection_id: connectionId, token_sealed: sealed } of channels) {
    const credential = openSealed(keyring, sealed ?? '', {
      table: 'channels',
      field: 'token',
      agency: agencyId,
      channel: id,
    });
    if (credential === null || connectionId === null) continue;
    if (!(await storeCredential(tx, vault, { agencyId, connectionId, credential }))) continue;
    await tx
      .updateTable('channels')
      .set({ token_sealed: null })
      .where('agency_id', '=', agencyId)
      .where('id', '=', id)
      .execute();
  }
}

function openSealed(keyring: Keyring, sealed: string, at: Readonly<Record<string, string>>): Secret | null {
  try {
    return secret(open(keyring, sealed, at));
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
