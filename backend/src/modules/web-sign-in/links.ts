import type { Services } from '../../composition/index.ts';
import { randomToken, sha256 } from '../../platform/crypto/index.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { defineMail } from '../../platform/mail/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { findAccount } from '../identity/index.ts';
import type { Recognised } from './flows.ts';
import './tables.ts';
import { waysOf } from './ways.ts';

const LINK_SECONDS = 10 * 60;
/** For how long a link counts against the limit of its address. */
const COUNTED_SECONDS = 60 * 60;
const LINKS_OF_ADDRESS = 5;
const CODE_TRIES = 5;

const hashOf = (token: string) => sha256(`link\n${token}`);
const later = (from: Date, seconds: number) => new Date(from.getTime() + seconds * 1000);

export const signInLinkMail = defineMail<{ readonly url: string; readonly device: string }>({
  name: 'web-sign-in.link',
  subject: () => 'Your link to sign in to Astrix Console',
  body: ({ url, device }) => [
    { kind: 'text', text: `Somebody, probably you, is signing in to Astrix Console on “${device}”.` },
    { kind: 'button', label: 'Go on with signing in', url },
    { kind: 'note', text: 'The link works once, for 10 minutes. It does not replace your second factor.' },
    { kind: 'note', text: 'If it was not you, do nothing. Nobody can sign in without opening this link.' },
  ],
});

export type LinkDeps = Pick<Services, 'db' | 'log' | 'mail' | 'installation'>;

/**
 * Sends a link to the address when somebody has it. Whether anybody has it shows neither in the answer nor in its time: the row is written in
 * any case, and the mail beside the answer (AU-14). Past the limit of an address nothing is sent.
 */
export async function requestLink(
  { db, log, mail, installation }: LinkDeps,
  flowId: string,
  email: string,
  device: string,
): Promise<void> {
  const token = `astrix-link-${randomToken(32)}`;
  const email_hash = sha256(`address\n${email}`);
  const allowed = await withSystem(db, 'sign-in', async tx => {
    const now = txNow(tx);
    const earlier = await tx
      .selectFrom('sign_in_links')
      .select('hash')
      .where('email_hash', '=', email_hash)
      .where('created_at', '>', later(now, -COUNTED_SECONDS))
      .execute();
    await tx
      .insertInto('sign_in_links')
      .values({
        ...{ hash: hashOf(token), flow_id: flowId, email_hash, person_id: null, created_at: now },
        ...{ valid_until: later(now, LINK_SECONDS), used_at: null, code_hash: null, tries: 0 },
        expires_at: later(now, COUNTED_SECONDS),
      })
      .execute();
    return earlier.length < LINKS_OF_ADDRESS;
  });
  if (!allowed) return;
  const send = async (tx: SystemTx) => {
    const account = await findAccount(tx, { email });
    if (account === null || !(await waysOf(tx, account.agencyId)).includes('link')) return;
    await tx
      .updateTable('sign_in_links')
      .set({ person_id: account.personId })
      .where('hash', '=', hashOf(token))
      .execute();
    await mail.send(tx, signInLinkMail, {
      to: email,
      name: account.name,
      agencyId: account.agencyId,
      values: { url: `${installation.publicUrl()}/sign-in/link/${token}`, device },
      until: later(txNow(tx), LINK_SECONDS),
    });
  };
  withSystem(db, 'sign-in', send).catch(error => log.error('a link to sign in was not sent', { error: nameOf(error) }));
}

/** The flow of a link that still works; looking at it uses nothing up, because scanners of mail look as well. */
export async function flowOfLink(tx: SystemTx, token: string): Promise<string | null> {
  const row = await tx
    .selectFrom('sign_in_links')
    .select('flow_id')
    .where('hash', '=', hashOf(token))
    .where('person_id', 'is not', null)
    .where('used_at', 'is', null)
    .where('valid_until', '>', txNow(tx))
    .executeTakeFirst();
  return row?.flow_id ?? null;
}

/** Uses the link up. Elsewhere than in the browser that asked for it, answers a code that has to be typed there. */
export async function useLink(
  tx: SystemTx,
  token: string,
  elsewhere: boolean,
): Promise<{ readonly flowId: string; readonly person: Recognised; readonly code: string | null } | null> {
  const flowId = await flowOfLink(tx, token);
  if (flowId === null) return null;
  const code = elsewhere ? newCode() : null;
  const used = await tx
    .updateTable('sign_in_links')
    .set({ used_at: txNow(tx), code_hash: code === null ? null : codeHash(flowId, code) })
    .where('hash', '=', hashOf(token))
    .where('used_at', 'is', null)
    .returning('person_id')
    .executeTakeFirst();
  const account = used?.person_id ? await findAccount(tx, { personId: used.person_id }) : null;
  return account === null ? null : { flowId, person: account, code };
}

/** Who opened the link of this flow on another device, when the code is the one that is shown there; five tries, once. */
export async function takeLinkCode(tx: SystemTx, flowId: string, code: string): Promise<Recognised | null> {
  const row = await tx
    .updateTable('sign_in_links')
    .set(eb => ({ tries: eb('tries', '+', 1) }))
    .where('flow_id', '=', flowId)
    .where('code_hash', 'is not', null)
    .where('valid_until', '>', txNow(tx))
    .where('tries', '<', CODE_TRIES)
    .returning(['hash', 'code_hash', 'person_id'])
    .executeTakeFirst();
  if (!row?.person_id || !row.code_hash?.equals(codeHash(flowId, code))) return null;
  await tx.updateTable('sign_in_links').set({ code_hash: null }).where('hash', '=', row.hash).execute();
  return findAccount(tx, { personId: row.person_id });
}

const codeHash = (flowId: string, code: string) => sha256(`link code\n${flowId}\n${code}`);

/** Six digits; guessed with one in a million, five times. */
function newCode(): string {
  const number = Buffer.from(randomToken(6), 'base64url').readUIntBE(0, 6) % 1_000_000;
  return String(number).padStart(6, '0');
}
