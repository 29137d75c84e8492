import { type Secret, secret } from '../../kernel/secret.ts';
import { type Keyring, open, SealBroken } from '../../platform/crypto/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Place, Vault } from '../../platform/vault/index.ts';

type Channel = { readonly agency_id: string; readonly client_id: string; readonly connection_id: string | null };

const TOKEN = 'token';
const placeOf = (channel: Channel): Place => ({
  agencyId: channel.agency_id,
  clientId: channel.client_id,
  connectionId: channel.connection_id ?? '',
});

/** The credential of a channel, sealed by a data key of its own. */
export const keepToken = (vault: Vault, tx: SystemTx, channel: Channel, token: Secret): Promise<number> =>
  vault.put(tx, placeOf(channel), TOKEN, token);

/** Null when the channel has none that opens; throws when the keys cannot be reached, because then it may open later. */
export async function openToken(vault: Vault, tx: SystemTx, channel: Channel): Promise<Secret | null> {
  if (channel.connection_id === null) return null;
  try {
    return await vault.get(tx, placeOf(channel), TOKEN);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

/** Moves what was sealed in the rows into the vault. What does not open stays as it is: nothing is written over it. */
export async function adoptTokens(vault: Vault, tx: SystemTx, keyring: Keyring): Promise<number> {
  const channels = await tx
    .selectFrom('channels')
    .select(['agency_id', 'client_id', 'id', 'connection_id', 'token_sealed'])
    .where('token_sealed', 'is not', null)
    .orderBy('agency_id')
    .orderBy('id')
    .forUpdate()
    .execute();
  let moved = 0;
  for (const channel of channels) {
    let token: Secret;
    try {
      const place = { table: 'channels', field: 'token', agency: channel.agency_id, channel: channel.id };
      token = secret(open(keyring, channel.token_sealed ?? '', place));
    } catch (error) {
      if (error instanceof SealBroken) continue;
      throw error;
    }
    await keepToken(vault, tx, channel, token);
    await tx
      .updateTable('channels')
      .set({ token_sealed: null })
      .where('agency_id', '=', channel.agency_id)
      .where('id', '=', channel.id)
      .execute();
    moved += 1;
  }
  return moved;
}
