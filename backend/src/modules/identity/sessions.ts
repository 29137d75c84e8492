import { ROLES_WITH_ALL_CLIENTS, ROLES_WITH_MFA, type Role, type SignedIn } from '@astrix/contract';
import { sql } from 'kysely';
import { newId } from '../../kernel/ids.ts';
import { randomToken, sha256 } from '../../platform/crypto/index.ts';
import { type Actor, type AnyTx, notify, type SystemTx, txNow } from '../../platform/db/index.ts';
import { later } from './lock-out.ts';
import type { EndReason } from './tables.ts';
import { hashToken, newAccessToken, type RefreshClaim, refreshToken, refreshTokenHolds } from './tokens.ts';

/** AU-06. */
const ACCESS_SECONDS = 15 * 60;
const IDLE_SECONDS = 8 * 3600;
const ABSOLUTE_SECONDS = 30 * 86_400;
const ABSOLUTE_SECONDS_PRIVILEGED = 12 * 3600;
/** For how long a lost reply can be asked for again (AU-05). */
const REPLAY_SECONDS = 30;

export const SESSIONS_CHANNEL = 'astrix_sessions';

export type Device = { readonly name: string; readonly platform: string; readonly key: string };

export async function startSession(
  tx: SystemTx,
  key: Buffer,
  member: { agencyId: string; personId: string; role: Role },
  device: Device,
  networkHash: Buffer,
): Promise<SignedIn> {
  const now = txNow(tx);
  const id = newId(now);
  const salt = Buffer.from(randomToken(32), 'base64url');
  const privileged = ROLES_WITH_ALL_CLIENTS.includes(member.role);
  await tx
    .insertInto('sessions')
    .values({
      agency_id: member.agencyId,
      id,
      person_id: member.personId,
      generation: 1,
      salt,
      device_key_hash: sha256(device.key),
      device_name: device.name,
      platform: device.platform,
      network_hash: networkHash,
      created_at: now,
      rotated_at: now,
      last_seen_at: now,
      idle_until: later(now, IDLE_SECONDS),
      ends_at: later(now, privileged ? ABSOLUTE_SECONDS_PRIVILEGED : ABSOLUTE_SECONDS),
      ended_at: null,
      end_reason: null,
    })
    .execute();
  return issue(tx, key, { id, agency_id: member.agencyId, person_id: member.personId, generation: 1, salt });
}

/** For how long a network is known after a sign-in from it. */
const KNOWN_SECONDS = 90 * 86_400;

/** Whether the person with this e-mail address has begun a session from the network of late. */
export async function signedInFrom(tx: SystemTx, email: string, networkHash: Buffer): Promise<boolean> {
  const found = await tx
    .selectFrom('sessions as s')
    .innerJoin('people as p', 'p.id', 's.person_id')
    .select('s.id')
    .where('p.email', '=', email)
    .where('s.network_hash', '=', networkHash)
    .where('s.created_at', '>', later(txNow(tx), -KNOWN_SECONDS))
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

type Issued = { id: string; agency_id: string; person_id: string; generation: number; salt: Buffer };

async function issue(tx: SystemTx, key: Buffer, session: Issued): Promise<SignedIn> {
  const accessToken = newAccessToken();
  const expires_at = later(txNow(tx), ACCESS_SECONDS);
  await tx
    .insertInto('access_tokens')
    .values({ hash: hashToken(accessToken), session_id: session.id, expires_at })
    .execute();
  return {
    step: 'signed-in',
    accessToken,
    accessExpiresIn: ACCESS_SECONDS,
    refreshToken: refreshToken(key, session.id, session.generation, session.salt),
    sessionId: session.id,
    personId: session.person_id,
    agencyId: session.agency_id,
  };
}

export type RefreshOutcome =
  | { readonly kind: 'signed-in'; readonly answer: SignedIn }
  | { readonly kind: 'ended' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'reuse'; readonly agencyId: string; readonly personId: string; readonly sessionId: string };

/**
 * One turn of the family. The current token makes its successor; the one before it, from the same device and within 30 seconds,
 * gets that same successor again; anything older, or from another device, ends every session of that device (AU-04).
 */
export async function refreshSession(
  tx: SystemTx,
  key: Buffer,
  claim: RefreshClaim,
  deviceKey: string,
): Promise<RefreshOutcome> {
  const now = txNow(tx);
  const session = await tx
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', claim.sessionId)
    .forUpdate()
    .executeTakeFirst();
  if (!session || !refreshTokenHolds(key, claim, session.salt) || session.ended_at !== null) return { kind: 'ended' };
  if (session.idle_until <= now || session.ends_at <= now || !(await mayStillSignIn(tx, session)))
    return { kind: 'expired' };
  const sameDevice = session.device_key_hash.equals(sha256(deviceKey));
  const replayed =
    claim.generation === session.generation - 1 &&
    now.getTime() - session.rotated_at.getTime() <= REPLAY_SECONDS * 1000;
  if (!sameDevice || (claim.generation !== session.generation && !replayed)) {
    await endDevice(tx, session);
    return { kind: 'reuse', agencyId: session.agency_id, personId: session.person_id, sessionId: session.id };
  }
  const generation = replayed ? session.generation : session.generation + 1;
  await tx
    .updateTable('sessions')
    .set({
      generation,
      last_seen_at: now,
      idle_until: later(now, IDLE_SECONDS),
      ...(replayed ? {} : { rotated_at: now }),
    })
    .where('agency_id', '=', session.agency_id)
    .where('id', '=', session.id)
    .execute();
  return { kind: 'signed-in', answer: await issue(tx, key, { ...session, generation }) };
}

type Lived = { agency_id: string; person_id: string; created_at: Date };

/** As the person is now: a role that came later brings its own factor and its own end with it (AU-06, AU-10). */
async function mayStillSignIn(tx: SystemTx, session: Lived): Promise<boolean> {
  const row = await tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .select(['m.role', 'p.totp_sealed'])
    .where('m.agency_id', '=', session.agency_id)
    .where('m.person_id', '=', session.person_id)
    .where('m.disabled_at', 'is', null)
    .where('p.disabled_at', 'is', null)
    .executeTakeFirst();
  if (!row || (row.totp_sealed === null && ROLES_WITH_MFA.includes(row.role))) return false;
  return (
    !ROLES_WITH_ALL_CLIENTS.includes(row.role) || later(session.created_at, ABSOLUTE_SECONDS_PRIVILEGED) > txNow(tx)
  );
}

/** Whoever holds a token that was used before holds more of the same device: all its sessions end. */
async function endDevice(tx: SystemTx, session: { person_id: string; device_key_hash: Buffer }): Promise<void> {
  const live = await tx
    .selectFrom('sessions')
    .select(['agency_id', 'id'])
    .where('person_id', '=', session.person_id)
    .where('device_key_hash', '=', session.device_key_hash)
    .where('ended_at', 'is', null)
    .execute();
  for (const { agency_id, id } of live) await endSession(tx, agency_id, id, 'reuse');
}

/** Ends a session for good and tells every process, so that its live streams close (AU-07). False when it was not live. */
export async function endSession(tx: AnyTx, agencyId: string, sessionId: string, reason: EndReason): Promise<boolean> {
  const ended = await tx
    .updateTable('sessions')
    .set({ ended_at: txNow(tx), end_reason: reason })
    .where('agency_id', '=', agencyId)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!ended) return false;
  await notify(tx, SESSIONS_CHANNEL, sessionId);
  return true;
}

type Found = { agency_id: string; person_id: string; role: Role; session_id: string; clients: string[] | null };
const listed = (roles: readonly Role[]) => `{${roles.join(',')}}`;

/** Session, membership, role and clients as they are now: a change holds on the very next request (AU-08). */
export async function findActor(tx: SystemTx, accessToken: string): Promise<Actor | null> {
  const { rows } = await sql<Found>`
    select s.agency_id, s.person_id, m.role, s.id as session_id,
      (select array_agg(a.client_id::text) from client_access a where a.agency_id = s.agency_id and a.person_id = s.person_id) as clients
    from access_tokens t
    join sessions s on s.id = t.session_id
    join memberships m on m.agency_id = s.agency_id and m.person_id = s.person_id
    join people p on p.id = s.person_id
    where t.hash = ${hashToken(accessToken)} and t.expires_at > astrix_now()
      and s.ended_at is null and s.ends_at > astrix_now() and s.idle_until > astrix_now()
      and m.disabled_at is null and p.disabled_at is null
      and (p.totp_sealed is not null or m.role <> all (${listed(ROLES_WITH_MFA)}::text[]))
      and (m.role <> all (${listed(ROLES_WITH_ALL_CLIENTS)}::text[])
        or s.created_at > astrix_now() - make_interval(secs => ${ABSOLUTE_SECONDS_PRIVILEGED}))`.execute(tx);
  const found = rows[0];
  if (!found) return null;
  return {
    agencyId: found.agency_id,
    personId: found.person_id,
    role: found.role,
    sessionId: found.session_id,
    clientIds: ROLES_WITH_ALL_CLIENTS.includes(found.role) ? 'all' : (found.clients ?? []),
  };
}
