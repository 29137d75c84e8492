import type { SealContext } from '../crypto/index.ts';

/** Whose credentials these are. Every part is bound into what is sealed. */
export type VaultRef = {
  readonly agencyId: string;
  /** Null for a connection of the agency itself. */
  readonly clientId: string | null;
  readonly connectionId: string;
};

export const canaryContext = (kek: string): SealContext => ({ use: 'canary', kek });
export const keptKeyContext = (purpose: string, kek: string): SealContext => ({ use: 'kept-key', purpose, kek });

export const agencyKeyContext = (agency: string, version: number, kek: string): SealContext => ({
  use: 'agency-key',
  agency,
  version: String(version),
  kek,
});

const ofConnection = (ref: VaultRef) => ({
  agency: ref.agencyId,
  client: ref.clientId ?? '',
  connection: ref.connectionId,
});

/** The version of the agency key is in the envelope, and bound by it. */
export const dataKeyContext = (ref: VaultRef, version: number): SealContext => ({
  use: 'data-key',
  ...ofConnection(ref),
  version: String(version),
});

/** With the version of the value, so that an older one cannot be put back in its place. */
export const secretContext = (ref: VaultRef, field: string, version: number): SealContext => ({
  use: 'secret',
  ...ofConnection(ref),
  field,
  version: String(version),
});
