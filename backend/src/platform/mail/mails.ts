import { expiresAt } from '@astrix/contract';
import { sql, type Updateable } from 'kysely';
import { z } from 'zod';
import { newId } from '../../kernel/ids.ts';
import { mailAddress } from '../../kernel/mail-address.ts';
import { hmacSha256, type Keyring, open, type SealContext, seal } from '../crypto/index.ts';
import { type AnyTx, type Db, notify, type Schema, type SystemTx, txNow, withSystem } from '../db/index.ts';
import type { MailOutcome, MailSender, OutgoingMail } from '../egress/index.ts';
import type { Loop } from '../loops/index.ts';
import { type Log, type Metrics, nameOf } from '../telemetry/index.ts';
import type { MailDefinition } from './define.ts';
import { displayName, render } from './render.ts';
import type { MailState } from './tables.ts';

export type MailTo<V> = {
  readonly to: string;
  readonly name?: string;
  /** Whose mail it is; null for one of the installation. In a tenant's transaction it is that tenant's agency. */
  readonly agencyId: string | null;
  readonly values: V;
  /** With the same key and template nothing is sent a second time, for as long as the row of the first mail is kept. */
  readonly dedupe?: string;
  /** When the mail is worth nothing any more, such as the end of its link. At most a day away, which is also the default. */
  readonly until?: Date;
};

export type Delivery = {
  readonly id: string;
  readonly state: MailState;
  readonly reason: string | null;
  readonly sentAt: Date | null;
};

export type Mail = {
  /** A mail server is configured. Without one nothing is queued, and a link must be shown for copying instead. */
  readonly ready: boolean;
  /**
   * Queues a mail in the caller's transaction, and answers its id; null when there is no mail server or the same mail was queued before.
   * Throws for what is not the address of one mailbox, and for a link that is not allowed.
   */
  readonly send: <V>(tx: AnyTx, mail: MailDefinition<V>, message: MailTo<V>) => Promise<string | null>;
  /** What became of these mails. Unknown and expired ones are left out. */
  readonly deliveries: (tx: AnyTx, ids: readonly string[]) => Promise<readonly Delivery[]>;
  /** A report that came back later says that the mailbox of this mail does not exist. False for a mail that is not known. */
  readonly bounced: (tx: SystemTx, id: string) => Promise<boolean>;
  /** Sends to an address again that was refused before. False when it was not. */
  readonly allow: (tx: SystemTx, address: string) => Promise<boolean>;
  readonly loop: Loop;
};

export type MailParts = {
  readonly db: Db;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Seals what waits to be sent. */
  readonly keyring: Keyring;
  /** Keys the digests of addresses. */
  readonly digestKey: Buffer;
  /** Null where no mail server is configured. */
  readonly outlet: Outlet | null;
};

type Outlet = { readonly sender: MailSender; readonly from: OutgoingMail['from'] };

const CHANNEL = 'astrix_mails';
const EVERY_SECONDS = 15;
const BATCH = 8;
const AT_ONCE = 4;
/** Longer than a whole batch may take. */
const LEASE_SECONDS = 300;
const DAY_MS = 24 * 60 * 60_000;
/** Seconds before the next attempt; the last one goes on. Grey lists let a mail pass after some minutes. */
const WAITS = [30, 60, 120, 300, 600, 1200, 1800];
/** After trouble with the server itself, which is not the fault of the mails that wait. */
const TROUBLE_SECONDS = 30;

const Content = z.strictObject({
  to: z.string(),
  name: z.string().optional(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});
type Claimed = {
  readonly id: string;
  readonly name: string;
  readonly sealed: string;
  readonly attempts: number;
  readonly address_hash: Buffer;
  readonly created_at: Date;
  readonly give_up_at: Date;
  readonly suppressed: boolean;
};
type Verdict = MailOutcome | { readonly kind: 'failed'; readonly reason: string };

/**
 * Mail of the product: queued with what causes it, sealed while it waits, sent at least once with one Message-ID. A mail that the server does
 * not take is tried again for a day. An address that it refuses for good gets nothing more.
 */
export function createMail({ db, log, metrics, keyring, digestKey, outlet }: MailParts): Mail {
  const digest = (address: string) => hmacSha256(digestKey, address.toLowerCase());
  const placeOf = (id: string): SealContext => ({ use: 'mail', id });

  const claim = () =>
    withSystem(db, 'send-mail', async tx => {
      const { rows } = await sql<Claimed>`
        update mails set attempts = attempts + 1, next_at = astrix_now() + ${LEASE_SECONDS} * interval '1 second'
        where id in (select id from mails where state = 'queued' and next_at <= astrix_now() order by next_at limit ${BATCH} for update skip locked)
        returning id, name, sealed, attempts, address_hash, created_at, give_up_at,
          exists (select 1 from mail_suppressions s where s.address_hash = mails.address_hash and s.expires_at > astrix_now()) as suppressed`.execute(
        tx,
      );
      return { now: txNow(tx), rows };
    });

  async function attempt({ sender, from }: Outlet, row: Claimed, now: Date, signal: AbortSignal): Promise<Verdict> {
    if (row.suppressed) return { kind: 'failed', reason: 'address-refused-before' };
    if (row.give_up_at <= now) return { kind: 'failed', reason: 'too-late' };
    const content = opened(row);
    if (content === null) return { kind: 'failed', reason: 'not-readable' };
    const { to, name, ...parts } = content;
    return await sender.send({
      messageId: `${row.id}@${from.address.substring(from.address.lastIndexOf('@') + 1)}`,
      from: { name: from.name, address: from.address },
      to: { name, address: to },
      ...parts,
      at: row.created_at,
      signal,
    });
  }

  function opened(row: Claimed): z.output<typeof Content> | null {
    try {
      return Content.parse(JSON.parse(open(keyring, row.sealed, placeOf(row.id))));
    } catch (error) {
      log.error('a mail does not open', { field: row.name, error: nameOf(error) });
      return null;
    }
  }

  /** Only while it still waits: another process may have taken over, or a report may have come in. */
  const settle = (row: Claimed, verdict: Verdict) =>
    withSystem(db, 'send-mail', async tx => {
      const now = txNow(tx);
      const change = changeOf(row, verdict, now);
      await tx.updateTable('mails').set(change).where('id', '=', row.id).where('state', '=', 'queued').execute();
      if (verdict.kind === 'refused' && verdict.badAddress) await suppress(tx, row.address_hash, verdict.reason);
      return change.state;
    });

  async function suppress(tx: SystemTx, addressHash: Buffer, reason: string): Promise<void> {
    const now = txNow(tx);
    const facts = { reason, at: now, expires_at: expiresAt('operational-log', now) };
    await tx
      .insertInto('mail_suppressions')
      .values({ address_hash: addressHash, ...facts })
      .onConflict(conflict => conflict.column('address_hash').doUpdateSet(facts))
      .execute();
  }

  /** False when nothing can be sent at the moment. */
  async function deliver(through: Outlet, row: Claimed, now: Date, signal: AbortSignal): Promise<boolean> {
    const verdict = await attempt(through, row, now, signal);
    const state = await settle(row, verdict);
    metrics.mails.inc({ outcome: verdict.kind === 'later' && state === 'queued' ? 'later' : state });
    if (verdict.kind === 'sent') return true;
    const fields = { field: row.name, reason: verdict.reason, attempt: row.attempts };
    if (state === 'failed') log.warn('a mail was given up', fields);
    else log.info('a mail is tried again later', fields);
    return !(verdict.kind === 'later' && verdict.serverTrouble);
  }

  /** Back into the queue as if nobody had touched them: they were never tried. */
  const putBack = (rows: readonly Claimed[]) =>
    withSystem(db, 'send-mail', async tx => {
      const ids = rows.map(({ id }) => id);
      await sql`update mails set attempts = attempts - 1, next_at = astrix_now() + ${TROUBLE_SECONDS} * interval '1 second'
        where id = any(${ids}::uuid[]) and state = 'queued'`.execute(tx);
    });

  /** True when the queue may hold more. */
  async function sendBatch(through: Outlet, signal: AbortSignal): Promise<boolean> {
    const { now, rows } = await claim();
    const waiting = [...rows];
    let works = true;
    const one = async () => {
      for (let row = waiting.shift(); row && works && !signal.aborted; row = waiting.shift()) {
        if (await deliver(through, row, now, signal)) continue;
        works = false;
        return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    if (waiting.length > 0) await putBack(waiting);
    if (!works) log.warn('the mail server takes no mail', { count: rows.length });
    return works && rows.length === BATCH;
  }

  return {
    ready: outlet !== null,
    async send(tx, mail, { to, name, agencyId, values, dedupe, until }) {
      if (outlet === null) return null;
      const address = mailAddress(to);
      if (address === null) throw new Error(`The mail ${mail.name} is addressed to what is not a mailbox.`);
      const now = txNow(tx);
      const id = newId(now);
      const shown = name === undefined ? undefined : displayName(name);
      const content = { to: address, ...(shown === undefined ? {} : { name: shown }), ...render(mail, values) };
      const giveUpAt = new Date(Math.min(now.getTime() + DAY_MS, until?.getTime() ?? Number.POSITIVE_INFINITY));
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('mails')
        .values({
          id,
          agency_id: agencyId,
          name: mail.name,
          dedupe: dedupe ?? null,
          address_hash: digest(address),
          sealed: seal(keyring, JSON.stringify(content), placeOf(id)),
          next_at: now,
          give_up_at: giveUpAt,
          created_at: now,
          expires_at: expiresAt('operational-log', now),
        })
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 1n) return null;
      await notify(tx, CHANNEL, '');
      return id;
    },
    async deliveries(tx, ids) {
      if (ids.length === 0) return [];
      const rows = await tx
        .selectFrom('mails')
        .select(['id', 'state', 'reason', 'sent_at'])
        .where('id', 'in', [...ids])
        .execute();
      return rows.map(({ id, state, reason, sent_at: sentAt }) => ({ id, state, reason, sentAt }));
    },
    async bounced(tx, id) {
      const row = await tx
        .updateTable('mails')
        .set({ state: 'bounced', reason: 'bounced', sealed: null })
        .where('id', '=', id)
        .returning('address_hash')
        .executeTakeFirst();
      if (!row) return false;
      await suppress(tx, row.address_hash, 'bounced');
      metrics.mails.inc({ outcome: 'bounced' });
      return true;
    },
    async allow(tx, address) {
      const known = mailAddress(address);
      if (known === null) return false;
      const { numDeletedRows } = await tx
        .deleteFrom('mail_suppressions')
        .where('address_hash', '=', digest(known))
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    loop: {
      name: 'mail.send',
      seconds: EVERY_SECONDS,
      wake: CHANNEL,
      run: async signal => {
        if (outlet === null) return;
        while (!signal.aborted && (await sendBatch(outlet, signal)));
      },
    },
  };
}

/** What is erased as soon as it is not needed: the address and the words of a mail, with the links in it. */
const ERASED = { sealed: null } as const;

function changeOf(
  row: Claimed,
  verdict: Verdict,
  now: Date,
): Updateable<Schema['mails']> & { readonly state: MailState } {
  if (verdict.kind === 'sent') return { state: 'sent', reason: null, sent_at: now, ...ERASED };
  if (verdict.kind !== 'later') return { state: 'failed', reason: verdict.reason, ...ERASED };
  const next = new Date(now.getTime() + WAITS[Math.min(row.attempts, WAITS.length) - 1]! * 1000);
  if (next >= row.give_up_at) return { state: 'failed', reason: verdict.reason, ...ERASED };
  return { state: 'queued', next_at: next, reason: verdict.reason };
}
