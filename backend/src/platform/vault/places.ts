import type { SealPlace } from '../crypto/index.ts';

/** Whose credentials these are. Every part is bound into what is sealed. */
export type Place = {
  readonly agencyId: string;
  /** Null for a connection of the agency itself. */
  readonly clientId: string | null;
  readonly connectionId: string;
};

export const canaryPlace = (kek: string): SealPlace => ({ use: 'canary', kek });
export const keptKeyPlace = (purpose: string, kek: string): SealPlace => ({ use: 'kept-key', purpose, kek });

export const agencyKeyPlace = (agency: string, version: number, kek: string): SealPlace => ({
  use: 'agency-key',
  agency,
  version: String(version),
  kek,
});

const ofConnection = (place: Place) => ({
  agency: place.agencyId,
  client: place.clientId ?? '',
  connection: place.connectionId,
});

/** The version of the agency key is in the envelope, and bound by it. */
export const dataKeyPlace = (place: Place, version: number): SealPlace => ({
  use: 'data-key',
  ...ofConnection(place),
  version: String(version),
});

/** With the version of the value, so that an older one cannot be put back in its place. */
export const secretPlace = (place: Place, field: string, version: number): SealPlace => ({
  use: 'secret',
  ...ofConnection(place),
  field,
  version: String(version),
});
