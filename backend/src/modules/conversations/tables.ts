import type { AccountNoticeRow, ConsentScope, ConversationRow, MessageRow, ProviderId } from '@astrix/contract';

declare module '../../platform/db/schema.ts' {
  interface Schema {
    channels: {
      agency_id: string;
      id: string;
      client_id: string;
      provider: ProviderId;
      account_id: string;
      business_account_id: string | null;
      /** What people see: a phone number or a handle. */
      address: string;
      /** A credential from before the vault; null once it is adopted. */
      token_sealed: string | null;
      connection_id: string | null;
      status: 'active' | 'broken';
      created_at: Date;
    };
    account_notices: {
      agency_id: string;
      id: string;
      client_id: string;
      channel_id: string;
      connection_id: string;
      provider: ProviderId;
      topic: AccountNoticeRow['topic'];
      severity: AccountNoticeRow['severity'];
      reason: string;
      next: string;
      at: Date;
      until: Date | null;
      ended_at: Date | null;
      ends: AccountNoticeRow['topic'][];
      natural_key: string;
    };
    conversations: {
      agency_id: string;
      id: string;
      client_id: string;
      contact_id: string;
      channel_id: string;
      provider: ProviderId;
      contact_name: string;
      status: ConversationRow['status'];
      assignee_id: string | null;
      snoozed_until: Date | null;
      tags: string[];
      unread: number;
      failed: number;
      preview: string;
      preview_direction: 'in' | 'out' | null;
      last_message_at: Date;
      last_inbound_id: string | null;
      last_inbound_at: Date | null;
      window_expires_at: Date | null;
      opted_out: boolean;
      /** Newest `seq` of its messages and notes. Whoever counts it up holds the lock of the row. */
      last_seq: import('kysely').Generated<number>;
      marketing_opted_out: import('kysely').Generated<boolean>;
      stop_hint: ConsentScope | null;
      stop_hint_at: Date | null;
      version: number;
      expires_at: Date;
    };
    messages: {
      agency_id: string;
      id: string;
      client_id: string;
      conversation_id: string;
      channel_id: string;
      direction: 'in' | 'out';
      kind: MessageRow['kind'];
      text: string;
      /** Phones and mail addresses of people in it are whole. */
      content: import('kysely').Generated<unknown>;
      media: unknown;
      reply_to_id: string | null;
      author_id: string | null;
      from_phone: import('kysely').Generated<boolean>;
      status: MessageRow['status'];
      failure: unknown;
      reactions: unknown;
      edited_at: Date | null;
      edit_id: string | null;
      deleted_at: Date | null;
      sent_at: Date;
      delivered_at: Date | null;
      read_at: Date | null;
      provider_id: string | null;
      seq: number;
      attempts: import('kysely').Generated<number>;
      claimed_until: Date | null;
      not_before: Date | null;
      version: import('kysely').Generated<number>;
      expires_at: Date;
    };
    notes: {
      agency_id: string;
      id: string;
      client_id: string;
      conversation_id: string;
      author_id: string;
      text: string;
      created_at: Date;
      seq: number;
      expires_at: Date;
    };
  }
}

/** Kept with the time and the provider's id, so that an older one that arrives late does not win. */
export type StoredReaction = {
  readonly by: 'customer' | 'us';
  readonly emoji: string;
  readonly at: string;
  readonly id: string;
};
