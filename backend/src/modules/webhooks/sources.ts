import type { ProviderId } from '@astrix/contract';
import type { SystemTx } from '../../platform/db/index.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import type { Applied } from '../conversations/index.ts';
import { hookSource } from './hooks.ts';
import { inboundSource } from './inbound.ts';

export type { Applied } from '../conversations/index.ts';

export type StoredDelivery = {
  readonly provider: string;
  readonly connection_id: string | null;
  readonly verified: boolean;
  readonly received_at: Date;
  readonly expires_at: Date;
  readonly body: Buffer;
};

export type Exploded = {
  readonly accountId: string | null;
  readonly businessId: string | null;
  /** What must not be worked on twice at the same moment. */
  readonly entity: string;
  readonly kind: string;
  /** The same for every copy, within one provider. Letters that a database can keep. */
  readonly naturalKey: string;
  readonly payload: object;
};

export type PendingEvent = {
  readonly id: string;
  readonly provider: string;
  readonly account_id: string | null;
  readonly business_id: string | null;
  readonly connection_id: string | null;
  readonly verified: boolean;
  readonly entity: string;
  readonly natural_key: string;
  readonly payload: unknown;
  readonly attempts: number;
  readonly expires_at: Date;
};

/** How the deliveries of a provider are taken apart and what their events do. */
export type Source = {
  readonly topic: 'inbound' | 'change';
  /**
   * Every event in a delivery. Never throws: one that cannot be taken apart must not keep the rest waiting, and comes out as an event that
   * `apply` sends to the dead letters.
   */
  readonly explode: (tx: SystemTx, delivery: StoredDelivery) => Promise<readonly Exploded[]>;
  readonly apply: (tx: SystemTx, event: PendingEvent) => Promise<Applied>;
  /** Whose dead letter it is; null for nobody's. */
  readonly whose: (
    tx: SystemTx,
    event: PendingEvent,
  ) => Promise<{ readonly agencyId: string; readonly clientId: string | null } | null>;
};

/** Messaging providers bring what customers write; all others only say that something has changed. */
export function sourceOf(provider: string): Source {
  const messaging = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider as ProviderId].messaging : undefined;
  return messaging ? inboundSource(messaging) : hookSource;
}
