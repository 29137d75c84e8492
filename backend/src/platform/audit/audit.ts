import { expiresAt } from '@astrix/contract';
import { sql } from 'kysely';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { newId } from '../../kernel/ids.ts';
import { equalDigests, hmacSha256 } from '../crypto/index.ts';
import { type AnyTx, type SystemTx, txNow } from '../db/index.ts';
import './tables.ts';

export type AuditEntry = {
  readonly event: string;
  readonly agencyId: string;
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly clientId?: string | null | undefined;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Ids, counts and names of fields only; never what a customer wrote or is called. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  readonly requestId?: string | null | undefined;
};

export type AuditTrail = {
  readonly write: (tx: AnyTx, entry: AuditEntry) => Promise<void>;
  readonly verify: (
    tx: SystemTx,
    agencyId: string,
  ) => Promise<{ readonly checked: number; readonly firstBad: number | null }>;
};

/**
 * Rows are written in the transaction that they describe and chained per agency: each MAC covers the row and the MAC before it (AL-02).
 * What can be claimed: changes are detectable back to the last head that is known outside this database.
 */
export function createAuditTrail(key: Buffer): AuditTrail {
  const macOf = (row: Record<string, unknown>, previous: Buffer) =>
    hmacSha256(key, Buffer.concat([previous, Buffer.from(canonicalJson(row))]));

  return {
    async write(tx, entry) {
      const now = txNow(tx);
      await sql`insert into audit_heads (agency_id, seq, mac) values (${entry.agencyId}, 0, ''::bytea) on conflict do nothing`.execute(
        tx,
      );
      const head = await tx
        .selectFrom('audit_heads')
        .selectAll()
        .where('agency_id', '=', entry.agencyId)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const row = {
        agency_id: entry.agencyId,
        seq: head.seq + 1,
        id: newId(now),
        at: now,
        event: entry.event,
        actor_id: entry.actorId,
        session_id: entry.sessionId,
        client_id: entry.clientId ?? null,
        subject_type: entry.subjectType,
        subject_id: entry.subjectId,
        detail: entry.detail ?? {},
        request_id: entry.requestId ?? null,
      };
      const mac = macOf(row, head.mac);
      await tx
        .insertInto('audit_log')
        .values({
          ...row,
          detail: JSON.stringify(row.detail),
          mac,
          expires_at: expiresAt('security-audit', now),
        })
        .execute();
      await tx.updateTable('audit_heads').set({ seq: row.seq, mac }).where('agency_id', '=', entry.agencyId).execute();
    },

    async verify(tx, agencyId) {
      const rows = await tx
        .selectFrom('audit_log')
        .selectAll()
        .where('agency_id', '=', agencyId)
        .orderBy('seq')
        .execute();
      const head = await tx.selectFrom('audit_heads').selectAll().where('agency_id', '=', agencyId).executeTakeFirst();
      // The oldest rows may have expired; the chain is judged from the first one that is left, whose own MAC anchors it.
      let previous: Buffer = Buffer.alloc(0);
      let expected = rows[0]?.seq ?? 1;
      for (const [index, { mac, expires_at: _expiry, ...row }] of rows.entries()) {
        const anchored = index === 0 && row.seq > 1;
        if (row.seq !== expected || (!anchored && !equalDigests(mac, macOf(row, previous))))
          return { checked: index, firstBad: expected };
        previous = mac;
        expected += 1;
      }
      const complete =
        head === undefined ? rows.length === 0 : head.seq === expected - 1 && equalDigests(head.mac, previous);
      return { checked: rows.length, firstBad: complete ? null : expected };
    },
  };
}

export type AuditRange = {
  /** The number of the last row that was read before; -1 for the beginning. */
  readonly after: number;
  readonly first: Date | null;
  readonly end: Date | null;
  readonly limit: number;
};

/** Rows of an agency in the order of the chain. */
export function readAudit(tx: SystemTx, agencyId: string, { after, first, end, limit }: AuditRange) {
  let query = tx.selectFrom('audit_log').selectAll().where('agency_id', '=', agencyId).where('seq', '>', after);
  if (first) query = query.where('at', '>=', first);
  if (end) query = query.where('at', '<', end);
  return query.orderBy('seq').limit(limit).execute();
}
