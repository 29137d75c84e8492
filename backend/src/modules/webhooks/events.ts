import { Capability, type ProviderId } from '@astrix/contract';
import { z } from 'zod';
import type { InboundEvent } from '../../providers/messaging.ts';

/**
 * What became of an event. `out-of-order`: it speaks of something that has not arrived yet, so it is tried again. `dead` goes to the dead
 * letters, where a person finds it. `foreign`: it is about something that another tool did on the same account, and is counted only.
 */
export type Applied =
  | { readonly outcome: 'applied' | 'nothing-new' | 'foreign' }
  /** `inTheEnd`: what it is taken for when it has been tried often enough. */
  | { readonly outcome: 'out-of-order'; readonly reason: string; readonly inTheEnd: 'dead' | 'foreign' }
  | { readonly outcome: 'dead'; readonly reason: string };

export const APPLIED: Applied = { outcome: 'applied' };
export const NOTHING_NEW: Applied = { outcome: 'nothing-new' };
export const FOREIGN: Applied = { outcome: 'foreign' };
export const outOfOrder = (reason: string, inTheEnd: 'dead' | 'foreign' = 'dead'): Applied => ({
  outcome: 'out-of-order',
  reason,
  inTheEnd,
});
export const dead = (reason: string): Applied => ({ outcome: 'dead', reason });

/** A change at a provider as it is stored: what it means, and nothing that a person wrote. */
export const ProviderChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), capability: Capability }),
  z.object({ kind: z.literal('revoked') }),
  z.object({ kind: z.literal('nothing'), why: z.string() }),
  /** The API can be asked instead, so the body of what cannot be read is not kept: it may name somebody's customers. */
  z.object({ kind: z.literal('unknown'), why: z.string(), bytes: z.int() }),
]);
export type ProviderChange = z.infer<typeof ProviderChange>;

/** An event of a delivery, with where it came from. A hearer that knows whose it is claims it, and settles it when it is applied. */
export type WebhookEvent<E> = {
  readonly provider: ProviderId;
  /** The connection whose address was called; null where the app of a provider has one address for all. */
  readonly connectionId: string | null;
  /** The provider's account that it is about, where the event says so. */
  readonly accountId: string | null;
  /** The business account above it. */
  readonly businessId: string | null;
  /** False where nothing vouches for the body: then the event is a hint, and no more (WH-06). */
  readonly verified: boolean;
  readonly event: E;
  /** Names the tenant, before anything can fail: a dead letter is shown to that agency. */
  readonly claim: (tenant: { readonly agencyId: string; readonly clientId: string | null }) => void;
  /** Says what became of it. An event that no hearer settles is dead-lettered. */
  readonly settle: (result: Applied) => void;
};

/** What a person did at a provider, as its callbacks to our app say. */
export type OwnerEvent = {
  /** The name of our app in the manifests. */
  readonly app: string;
  /** The person, by the provider's id. */
  readonly ownerId: string;
  readonly at: Date;
  readonly requestId: string;
};

declare module '../../platform/events/events.ts' {
  interface Events {
    /** What a customer did, or a status of a message to them. */
    'webhook.inbound': WebhookEvent<InboundEvent>;
    /** Something changed at the provider. The event is a hint: the API says what is true. */
    'webhook.changed': WebhookEvent<ProviderChange>;
    /** A person removed our app at the provider. */
    'webhook.deauthorized': OwnerEvent;
    /** A person asked the provider to have their data deleted. */
    'webhook.deletion-requested': OwnerEvent;
  }
}
