import { z } from 'zod';
import { type Secret, secret } from '../../kernel/secret.ts';
import { SealBroken } from '../../platform/crypto/index.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import type { Vault, VaultRef } from '../../platform/vault/index.ts';
import type { Credential, Grant, Manifest } from '../../providers/provider.ts';

/** The name of the one secret of an OAuth connection: all of a grant changes together, and so it is compared and swapped together. */
export const GRANT = 'grant';

const Stored = z.strictObject({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  endsAt: z.iso.datetime().nullable(),
  scopes: z.array(z.string()).nullable(),
  extras: z.record(z.string(), z.string()),
});

export const packGrant = (grant: Grant): Secret =>
  secret(
    JSON.stringify({
      accessToken: grant.accessToken.reveal(),
      refreshToken: grant.refreshToken?.reveal() ?? null,
      expiresAt: grant.expiresAt?.toISOString() ?? null,
      endsAt: grant.endsAt?.toISOString() ?? null,
      scopes: grant.scopes === null ? null : [...grant.scopes],
      extras: grant.extras,
    } satisfies z.input<typeof Stored>),
  );

export function unpackGrant(packed: Secret): Grant {
  const stored = Stored.parse(JSON.parse(packed.reveal()));
  return {
    accessToken: secret(stored.accessToken),
    refreshToken: stored.refreshToken === null ? null : secret(stored.refreshToken),
    expiresAt: stored.expiresAt === null ? null : new Date(stored.expiresAt),
    endsAt: stored.endsAt === null ? null : new Date(stored.endsAt),
    scopes: stored.scopes,
    extras: stored.extras,
  };
}

export type HeldGrant = { readonly grant: Grant; readonly version: number };

/** Null when there is none. Throws SealBroken for one that does not open. */
export async function readGrant(vault: Vault, tx: SystemTx, ref: VaultRef): Promise<HeldGrant | null> {
  const read = await vault.read(tx, ref, GRANT);
  return read === null ? null : { grant: unpackGrant(read.value), version: read.version };
}

/** What will never open cannot be given back either. A key that is only out of reach is an error: somebody tries again later (F-24). */
export function nullWhenBroken(error: unknown): null {
  if (error instanceof SealBroken) return null;
  throw error;
}

export const credentialOf = ({ accessToken, extras }: Grant): Credential => ({ kind: 'grant', accessToken, extras });

/** The secrets of a key connection, by the names in its form; null when one that is required is not there. */
export async function readKey(
  vault: Vault,
  tx: SystemTx,
  ref: VaultRef,
  manifest: Manifest,
): Promise<Credential | null> {
  if (manifest.auth.kind !== 'key') return null;
  const fields: Record<string, Secret> = {};
  for (const field of manifest.auth.fields) {
    if (field.kind !== 'secret') continue;
    const value = await vault.get(tx, ref, field.name);
    if (value !== null) fields[field.name] = value;
    else if (field.required) return null;
  }
  return { kind: 'key', fields };
}
