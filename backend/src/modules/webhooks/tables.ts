import type { Generated, Selectable } from 'kysely';
import type { Schema } from '../../platform/db/index.ts';

/** What a customer did, or a change at the provider. */
export type Topic = 'inbound' | 'change';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    webhook_deliveries: {
      id: Generated<number>;
      provider: string;
      connection_id: string | null;
      verified: Generated<boolean>;
      received_at: Date;
      body: Buffer;
      expires_at: Date;
    };
    webhook_events: {
      id: string;
      seq: Generated<number>;
      provider: string;
      topic: Topic;
      account_id: string | null;
      business_id: string | null;
      connection_id: string | null;
      verified: Generated<boolean>;
      entity: string;
      kind: string;
      natural_key: string;
      payload: unknown;
      state: Generated<'pending' | 'dead'>;
      agency_id: string | null;
      client_id: string | null;
      attempts: Generated<number>;
      reason: string | null;
      received_at: Date;
      next_at: Date;
      expires_at: Date;
    };
    webhook_markers: { key: string; expires_at: Date };
    webhook_effects: { key: string; expires_at: Date };
    webhook_deletions: {
      code_hash: Buffer;
      provider: string;
      received_at: Date;
      done_at: Date | null;
      expires_at: Date;
    };
  }
}

export const WEBHOOKS_CHANNEL = 'astrix_webhooks';

/** An event that waits to be applied. */
export type PendingEvent = Pick<
  Selectable<Schema['webhook_events']>,
  | 'id'
  | 'provider'
  | 'topic'
  | 'account_id'
  | 'business_id'
  | 'connection_id'
  | 'verified'
  | 'entity'
  | 'natural_key'
  | 'payload'
  | 'attempts'
>;

/** Events with the same key are never processed at the same time, by however many workers. */
export const lockKeyOf = ({ provider, entity }: Pick<PendingEvent, 'provider' | 'entity'>): string =>
  `${provider}/${entity}`;
