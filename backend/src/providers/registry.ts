import { WHATSAPP } from './whatsapp/manifest.ts';

/** Every provider there is. A missing entry does not compile. */
export const PROVIDER_IDS = ['whatsapp'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

export const PROVIDERS = { whatsapp: WHATSAPP } as const satisfies Record<
  ProviderId,
  { readonly id: string; readonly hosts: readonly string[] }
>;
