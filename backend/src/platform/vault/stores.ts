import type { VaultRef } from './vault-ref.ts';

/** Which value an envelope holds. */
export type StoreKey = VaultRef & { readonly name: string };

/**
 * Where envelopes are kept. What `keep` answers stands in the row, and `find` gets it back: the envelope itself, or where it is. An
 * envelope is sealed by a data key of ours in either case.
 */
export type SecretStore = {
  readonly keep: (key: StoreKey, envelope: string) => Promise<string>;
  /** Null when the store has nothing there. */
  readonly find: (key: StoreKey, kept: string) => Promise<string | null>;
  readonly remove: (key: StoreKey) => Promise<void>;
};

/** The row of the secret holds its envelope. */
export const rows: SecretStore = {
  keep: async (_key, envelope) => envelope,
  find: async (_key, kept) => kept,
  remove: async () => undefined,
};
