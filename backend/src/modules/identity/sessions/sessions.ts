import { ROLES_WITH_ALL_CLIENTS, type Role, type SignedIn } from '@astrix/contract';
import { sql } from 'kysely';
import type { AgencySettings } from '../../../composition/index.ts';
import { newId } from '../../../kernel/ids.ts';
import type { SessionActor } from '../../../platform/authz/index.ts';
import { randomToken, sha256 } from '../../../platform/crypto/index.ts';
import { type AnyTx, notify, type SystemTx, txNow } from '../../../platform/db/index.ts';
import { type Given, stillSuffices } from '../factors/suffices.ts';
import { later } from '../sign-in/lock-out.ts';
import type { EndReason } from '../tables.ts';
import { hashToken, newAccessToken, type RefreshClaim, refreshToken, refreshTokenHolds } from './tokens.ts';

/** AU-06. An agency can set shorter limits, never longer ones. */
const ACCESS_SECONDS = 15 * 60;
export const SESSION_LIMITS: AgencySettings['session'] = {
  idleSeconds: 8 * 3600,
  lifeSeconds: 30 * 86_400,
  privilegedLifeSeconds: 12 * 3600,
};
type Limits = AgencySettings['session'];
const withinLimits = (own: Limits): Limits => ({
  idleSeconds: Math.min(own.idleSeconds, SESSION_LIMITS.idleSeconds),
  lifeSeconds: Math.min(own.lifeSeconds, SESSION_LIMITS.lifeSeconds),
  privilegedLifeSeconds: Math.min(own.privilegedLifeSeconds, SESSION_LIMITS.privilegedLifeSeconds),
});
const lifeOf = (role: Role, limits: Limits) =>
  ROLES_WITH_ALL_CLIENTS.includes(role)
    ? Math.min(limits.lifeSeconds, limits.privilegedLifeSeconds)
    : limits.lifeSeconds;
const listed = (roles: readonly Role[]) => `{${roles.join(',')}}`;
/** For how long a lost reply can be asked for again (AU-05). */
const REPLAY_SECONDS = 30;

export const SESSIONS_CHANNEL = 'astrix_sessions';

export type Device = { readonly name: string; readonly platform: string; readonly key: string };

export type NewSession = {
  readonly agencyId: string;
  readonly personId: string;
  readonly role: Role;
  readonly device: Device;
  readonly given: readonly Given[];
  readonly network: string;
  readonly networkHash: Buffer;
};

export async function startSession(tx: SystemTx, key: Buffer, limits: Limits, session: NewSession): Promise<SignedIn> {
  const now = txNow(tx);
  const id = newId(now);
  const salt = Buffer.from(randomToken(32), 'base64url');
  const { agencyId, personId, device } = session;
  const within = withinLimits(limits);
  await tx
    .insertInto('sessions')
    .values({
      agency_id: agencyId,
      id,
      person_id: personId,
      generation: 1,
      salt,
      device_key_hash: sha256(device.key),
      device_name: device.name,
      platform: device.platform,
      network_hash: session.networkHash,
      network: session.network,
      given: [...session.given],
      authenticated_at: now,
      created_at: now,
      rotated_at: now,
      last_seen_at: now,
      idle_until: later(now, within.idleSeconds),
      ends_at: later(now, lifeOf(session.role, within)),
      ended_at: null,
      end_reason: null,
    })
    .execute();
  return issue(tx, key, { id, agency_id: agencyId, person_id: personId, generation: 1, salt });
}

/** Whether the person has used the device before, and whether they have signed in at all before. */
export async function isKnownDevice(
  tx: SystemTx,
  personId: string,
  device: Device,
): Promise<'known' | 'new' | 'first'> {
  const found = (query: 'any' | 'same') => {
    const base = tx.selectFrom('sessions').select('id').where('person_id', '=', personId).limit(1);
    return (query === 'any' ? base : base.where('device_key_hash', '=', sha256(device.key))).executeTakeFirst();
  };
  if (await found('same')) return 'known';
  return (await found('any')) ? 'new' : 'first';
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
  limitsOf: (agencyId: string) => Promise<Limits>,
): Promise<RefreshOutcome> {
  const now = txNow(tx);
  const session = await tx
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', claim.sessionId)
    .forUpdate()
    .executeTakeFirst();
  if (!session || !refreshTokenHolds(key, claim, session.salt) || session.ended_at !== null) return { kind: 'ended' };
  if (session.idle_until <= now || session.ends_at <= now) return { kind: 'expired' };
  const limits = withinLimits(await limitsOf(session.agency_id));
  if (!(await mayStillSignIn(tx, session, limits))) return { kind: 'expired' };
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
      idle_until: later(now, limits.idleSeconds),
      ...(replayed ? {} : { rotated_at: now }),
    })
    .where('agency_id', '=', session.agency_id)
    .where('id', '=', session.id)
    .execute();
  return { kind: 'signed-in', answer: await issue(tx, key, { ...session, generation }) };
}

type Lived = { agency_id: string; person_id: string; created_at: Date; given: readonly Given[] };

/** As the person is now: a role that came later brings its own factor and its own end with it (AU-06, AU-10). */
async function mayStillSignIn(tx: SystemTx, session: Lived, limits: Limits): Promise<boolean> {
  const row = await tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .select(eb => [
      'm.role',
      eb.exists(eb.selectFrom('factors as f').select('f.id').whereRef('f.person_id', '=', 'p.id')).as('factor'),
    ])
    .where('m.agency_id', '=', session.agency_id)
    .where('m.person_id', '=', session.person_id)
    .where('m.disabled_at', 'is', null)
    .where('p.disabled_at', 'is', null)
    .executeTakeFirst();
  if (!row || !stillSuffices(row.role, session.given, row.factor === true)) return false;
  return later(session.created_at, lifeOf(row.role, limits)) > txNow(tx);
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

/** Ends every live session of a person, in all agencies, except `keep`. Answers how many, and of how many devices. */
export async function endSessionsOf(
  tx: SystemTx,
  personId: string,
  reason: EndReason,
  only: { readonly keep?: string; readonly agencyId?: string } = {},
): Promise<{ readonly sessions: number; readonly devices: number }> {
  let live = tx
    .selectFrom('sessions')
    .select(['agency_id', 'id', 'device_key_hash'])
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null);
  if (only.keep !== undefined) live = live.where('id', '!=', only.keep);
  if (only.agencyId !== undefined) live = live.where('agency_id', '=', only.agencyId);
  const found = await live.execute();
  for (const { agency_id, id } of found) await endSession(tx, agency_id, id, reason);
  return { sessions: found.length, devices: new Set(found.map(row => row.device_key_hash.toString('hex'))).size };
}

type Found = {
  agency_id: string;
  person_id: string;
  role: Role;
  session_id: string;
  authenticated_at: Date;
  given: Given[];
  factor: boolean;
  clients: string[] | null;
};

/** Session, membership, role and clients as they are now: a change holds on the very next request (AU-08). */
export async function findActor(tx: SystemTx, accessToken: string): Promise<SessionActor | null> {
  const { rows } = await sql<Found>`
    select s.agency_id, s.person_id, m.role, s.id as session_id, s.authenticated_at, s.given,
      exists (select 1 from factors f where f.person_id = s.person_id) as factor,
      (select array_agg(a.client_id::text) from client_access a where a.agency_id = s.agency_id and a.person_id = s.person_id) as clients
    from access_tokens t
    join sessions s on s.id = t.session_id
    join memberships m on m.agency_id = s.agency_id and m.person_id = s.person_id
    join people p on p.id = s.person_id
    where t.hash = ${hashToken(accessToken)} and t.expires_at > astrix_now()
      and s.ended_at is null and s.ends_at > astrix_now() and s.idle_until > astrix_now()
      and m.disabled_at is null and p.disabled_at is null
      and (m.role <> all (${listed(ROLES_WITH_ALL_CLIENTS)}::text[])
        or s.created_at > astrix_now() - make_interval(secs => ${SESSION_LIMITS.privilegedLifeSeconds}))`.execute(tx);
  const found = rows[0];
  if (!found || !stillSuffices(found.role, found.given, found.factor)) return null;
  return {
    agencyId: found.agency_id,
    personId: found.person_id,
    role: found.role,
    sessionId: found.session_id,
    clientIds: ROLES_WITH_ALL_CLIENTS.includes(found.role) ? 'all' : (found.clients ?? []),
    authenticatedAt: found.authenticated_at,
  };
}
