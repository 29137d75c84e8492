import type { Generated } from 'kysely';

export type MailState = 'queued' | 'sent' | 'failed' | 'bounced';

declare module '../db/schema.ts' {
  interface Schema {
    mails: {
      id: string;
      agency_id: string | null;
      name: string;
      dedupe: string | null;
      address_hash: Buffer;
      sealed: string | null;
      state: Generated<MailState>;
      attempts: Generated<number>;
      next_at: Date;
      reason: string | null;
      give_up_at: Date;
      created_at: Date;
      sent_at: Date | null;
      expires_at: Date;
    };
    mail_suppressions: { address_hash: Buffer; reason: string; at: Date; expires_at: Date };
  }
}
