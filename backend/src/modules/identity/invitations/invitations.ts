import { type InvitationRow, ROLES_WITH_ALL_CLIENTS, type Role } from '@astrix/contract';
import { addressWarnings } from '@astrix/contract/people/names';
import { sql } from 'kysely';
import { fail } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import { hashToken } from '../sessions/tokens.ts';
import { later } from '../sign-in/lock-out.ts';
import { newInvitationToken } from './links.ts';
import '../tables.ts';

/** AU-15. */
export const INVITATION_SECONDS = 72 * 3600;
/** Access that nobody has claimed by then is pointed out (AU-09). */
const UNCLAIMED_SECONDS = 24 * 3600;
const DAY_SECONDS = 86_400;
/** How often one invitation is sent at most. */
const MOST_SENT = 10;

export type Invited = {
  readonly email: string;
  readonly role: Role;
  readonly clientIds: readonly string[];
  readonly teamIds: readonly string[];
};

export type Sent = {
  readonly row: InvitationRow;
  /** Known at this moment only: its digest is kept. */
  readonly token: string;
  readonly warnings: readonly string[];
};

type Row = {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly client_ids: string[];
  readonly team_ids: string[];
  readonly invited_by: string | null;
  readonly created_at: Date;
  readonly sent_at: Date;
  readonly valid_until: Date;
  readonly accepted_at: Date | null;
  readonly revoked_at: Date | null;
};
const COLUMNS = [
  'id',
  'email',
  'role',
  'client_ids',
  'team_ids',
  'invited_by',
  'created_at',
  'sent_at',
  'valid_until',
  'accepted_at',
  'revoked_at',
] as const;

const stateOf = (row: Pick<Row, 'accepted_at' | 'revoked_at' | 'valid_until'>, now: Date): InvitationRow['state'] => {
  if (row.accepted_at !== null) return 'accepted';
  if (row.revoked_at !== null) return 'revoked';
  return row.valid_until > now ? 'open' : 'expired';
};

function toRow(row: Row, now: Date): InvitationRow {
  const state = stateOf(row, now);
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    clientIds: row.client_ids,
    teamIds: row.team_ids,
    invitedBy: row.invited_by,
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at.toISOString(),
    validUntil: row.valid_until.toISOString(),
    state,
    isUnclaimed: (state === 'open' || state === 'expired') && row.created_at <= later(now, -UNCLAIMED_SECONDS),
  };
}

/** Invitations of an agency, the newest first; what has been accepted or revoked more than 30 days ago is left out. */
export async function listInvitations(tx: SystemTx, agencyId: string): Promise<InvitationRow[]> {
  const now = txNow(tx);
  const rows = await tx
    .selectFrom('invitations')
    .select(COLUMNS)
    .where('agency_id', '=', agencyId)
    .where('sent_at', '>', later(now, -30 * DAY_SECONDS))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1000)
    .execute();
  return rows.map(row => toRow(row, now));
}

export async function findInvitation(tx: SystemTx, agencyId: string, id: string): Promise<InvitationRow | null> {
  const row = await tx
    .selectFrom('invitations')
    .select(COLUMNS)
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toRow(row, txNow(tx)) : null;
}

/** One after the other in an agency, so that many at once cannot all be below the limit. */
async function takeQuota(tx: SystemTx, agencyId: string, count: number, perDay: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`invitations/${agencyId}`}, 0))`.execute(tx);
  const since = later(txNow(tx), -DAY_SECONDS);
  const sent = await tx
    .selectFrom('invitations')
    .select(['sent_at', 'sent_times'])
    .where('agency_id', '=', agencyId)
    .where('sent_at', '>', since)
    .orderBy('sent_at')
    .execute();
  const used = sent.reduce((sum, row) => sum + row.sent_times, 0);
  if (used + count <= perDay) return;
  const first = sent[0]?.sent_at ?? txNow(tx);
  const retryAfterSeconds = Math.max(1, Math.ceil((first.getTime() - since.getTime()) / 1000));
  fail('rate_limited', {
    detail: `An agency sends at most ${perDay} invitations within 24 hours, and ${used} have been sent. Invite the others later.`,
    retryAfterSeconds,
  });
}

/** Invites one person: bound to the address, the agency and the role; what the link says is looked up, never read from it (AU-15). */
export async function invite(
  tx: SystemTx,
  agencyId: string,
  invitedBy: string | null,
  invited: Invited,
  perDay: number,
): Promise<Sent> {
  await takeQuota(tx, agencyId, 1, perDay);
  const now = txNow(tx);
  const members = await tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .select('p.email')
    .where('m.agency_id', '=', agencyId)
    .where('m.disabled_at', 'is', null)
    .execute();
  if (members.some(({ email }) => email === invited.email)) fail('already_member');
  const open = await tx
    .selectFrom('invitations')
    .select(COLUMNS)
    .where('agency_id', '=', agencyId)
    .where('email', '=', invited.email)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (open && open.valid_until > now) fail('already_invited');
  if (open) await end(tx, agencyId, [open.id], invitedBy);
  const token = newInvitationToken();
  const isEverywhere = ROLES_WITH_ALL_CLIENTS.includes(invited.role);
  const row: Row = {
    id: newId(now),
    email: invited.email,
    role: invited.role,
    client_ids: isEverywhere ? [] : [...new Set(invited.clientIds)],
    team_ids: isEverywhere ? [] : [...new Set(invited.teamIds)],
    invited_by: invitedBy,
    created_at: now,
    sent_at: now,
    valid_until: later(now, INVITATION_SECONDS),
    accepted_at: null,
    revoked_at: null,
  };
  await tx
    .insertInto('invitations')
    .values({ ...row, agency_id: agencyId, token_hash: hashToken(token) })
    .execute();
  return {
    row: toRow(row, now),
    token,
    warnings: addressWarnings(
      invited.email,
      members.map(({ email }) => email),
    ),
  };
}

/** Makes a new link in place of the old one, which is dead from now on, with 72 hours of its own. */
export async function resend(
  tx: SystemTx,
  agencyId: string,
  id: string,
  perDay: number,
): Promise<Omit<Sent, 'warnings'>> {
  await takeQuota(tx, agencyId, 1, perDay);
  const now = txNow(tx);
  const known = await tx
    .selectFrom('invitations')
    .select([...COLUMNS, 'sent_times'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!known) fail('not_found');
  if (known.accepted_at !== null) fail('invitation_used', { detail: 'This person has joined already.' });
  if (known.revoked_at !== null) fail('invitation_revoked');
  if (known.sent_times >= MOST_SENT)
    fail('rate_limited', {
      detail: `This invitation has been sent ${MOST_SENT} times. Check the address, revoke it and invite anew.`,
      retryAfterSeconds: DAY_SECONDS,
    });
  const token = newInvitationToken();
  const changed = { sent_at: now, valid_until: later(now, INVITATION_SECONDS) };
  await tx
    .updateTable('invitations')
    .set({ ...changed, sent_times: known.sent_times + 1, token_hash: hashToken(token) })
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .execute();
  return { row: toRow({ ...known, ...changed }, now), token };
}

async function end(tx: SystemTx, agencyId: string, ids: readonly string[], by: string | null): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('invitations')
    .set({ revoked_at: txNow(tx), revoked_by: by })
    .where('agency_id', '=', agencyId)
    .where('id', 'in', ids)
    .execute();
  // Who is half-way through with one of these does not come in by it.
  await tx.deleteFrom('enrolments').where('subject_id', 'in', ids).execute();
}

/** Its link is dead from now on. Revoking twice changes nothing; one that was accepted stays accepted. */
export async function revokeInvitation(tx: SystemTx, agencyId: string, id: string, by: string): Promise<boolean> {
  const known = await tx
    .selectFrom('invitations')
    .select(['accepted_at', 'revoked_at'])
    .where('agency_id', '=', agencyId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!known) return false;
  if (known.accepted_at !== null) fail('invitation_used', { detail: 'This person has joined already.' });
  if (known.revoked_at === null) await end(tx, agencyId, [id], by);
  return true;
}

/** Revokes what a person has sent and what was sent to them, when they leave. Answers how many were open. */
export async function revokeInvitationsOf(
  tx: SystemTx,
  agencyId: string,
  person: { readonly id: string; readonly email: string },
  by: string,
): Promise<number> {
  const open = await tx
    .selectFrom('invitations')
    .select('id')
    .where('agency_id', '=', agencyId)
    .where(eb => eb.or([eb('invited_by', '=', person.id), eb('email', '=', person.email)]))
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
  await end(
    tx,
    agencyId,
    open.map(({ id }) => id),
    by,
  );
  return open.length;
}

/** What the page of an invitation shows. Whoever has the link may know it. */
export type InvitationPage = {
  readonly email: string;
  readonly agencyId: string;
  readonly agencyName: string;
  readonly role: Role;
  readonly validUntil: Date;
  readonly state: InvitationRow['state'];
  /** Whether the address has an account in use elsewhere: it is joined with its own password. */
  readonly hasAccount: boolean;
};

/** Null for a token that never was, or whose invitation was sent again. Reading uses nothing up. */
export async function readInvitation(tx: SystemTx, token: string): Promise<InvitationPage | null> {
  const row = await invitationOf(tx, token);
  if (!row) return null;
  const account = await activeAccount(tx, row.email);
  return {
    email: row.email,
    agencyId: row.agency_id,
    agencyName: row.agency_name,
    role: row.role,
    validUntil: row.valid_until,
    state: stateOf(row, txNow(tx)),
    hasAccount: account !== null,
  };
}

export const invitationOf = (tx: SystemTx, token: string) =>
  tx
    .selectFrom('invitations as i')
    .innerJoin('agencies as a', 'a.agency_id', 'i.agency_id')
    .select([
      'i.agency_id',
      'a.name as agency_name',
      'i.id',
      'i.email',
      'i.role',
      'i.client_ids',
      'i.team_ids',
      'i.valid_until',
      'i.accepted_at',
      'i.revoked_at',
    ])
    .where('i.token_hash', '=', hashToken(token))
    .executeTakeFirst();

/** Refuses an invitation that is not open, and says which of the three it is. */
export function demandOpen(row: Pick<Row, 'accepted_at' | 'revoked_at' | 'valid_until'>, now: Date): void {
  const state = stateOf(row, now);
  if (state === 'accepted') fail('invitation_used');
  if (state === 'revoked') fail('invitation_revoked');
  if (state === 'expired') fail('invitation_expired');
}

/** The account of an address, if it is a member of any agency now; an account that nobody uses is set up anew by its next invitation. */
export async function activeAccount(tx: SystemTx, email: string) {
  const found = await tx
    .selectFrom('people as p')
    .innerJoin('memberships as m', 'm.person_id', 'p.id')
    .select(['p.id', 'p.name', 'p.password_hash'])
    .where('p.email', '=', email)
    .where('p.disabled_at', 'is', null)
    .where('m.disabled_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return found ?? null;
}
