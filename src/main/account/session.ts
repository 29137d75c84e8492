import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { permissionsOf, type SignedIn, shorten } from '@astrix/contract';
import type { AstrixClient, Failure } from '@astrix/sdk';
import type { AccountState, StorageMode } from '../../shared/ipc.ts';
import { ConsoleError, faultyFields } from '../ipc/errors.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Clock } from '../ports.ts';
import type { BrowserProof } from './browser-sign-in.ts';
import type { AccountVault, KeptSession } from './vault.ts';

export type SignedOutNotice = Extract<AccountState, { status: 'signed-out' }>['notice'];

/** Ask for the next access token this long before the old one ends. */
const EARLY_MS = 60_000;
/** How long the cache may be read at most without the server having been seen (LC-08). An agency can choose less. */
export const LEASE_MS = 72 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export type SessionDeps = {
  readonly client: AstrixClient;
  readonly clock: Clock;
  readonly log: ConsoleLog;
  readonly platform: 'win32' | 'darwin' | 'linux';
  /** Null in memory mode. */
  readonly vault: () => AccountVault | null;
  /** The server ended the session, or it ran out. */
  readonly onEnded: (notice: 'revoked' | 'expired') => Promise<void>;
};

const deviceName = (): string => shorten(hostname(), 80) || 'This computer';

export type Session = ReturnType<typeof createSession>;

/** Who is signed in. The access token lives here, in memory, and nowhere else (LC-01). */
export function createSession(deps: SessionDeps) {
  const { client, clock, log } = deps;
  let kept: KeptSession | null = null;
  let access: { token: string; until: number } | null = null;
  let challenge: { token: string; email: string; deviceKey: string } | null = null;
  let refreshing: Promise<string | null> | null = null;

  /** A keychain that fails now costs the session at the next start, and nothing before it. */
  async function keep(session: KeptSession): Promise<void> {
    kept = session;
    await deps
      .vault()
      ?.writeSession(session)
      .catch(error => log('session not kept', { error: error instanceof Error ? error.name : 'unknown' }));
  }

  function takeAccess(answer: SignedIn): void {
    access = { token: answer.accessToken, until: clock.now().getTime() + answer.accessExpiresIn * 1000 };
  }

  async function complete(answer: SignedIn, email: string, deviceKey: string): Promise<KeptSession> {
    takeAccess(answer);
    const me = await client.call('identity.me', {});
    if (!me.ok) throw refusalOf(me);
    const { person, agency } = me.value;
    const session: KeptSession = {
      refreshToken: answer.refreshToken,
      deviceKey,
      sessionId: answer.sessionId,
      personId: person.id,
      name: person.name,
      email,
      role: person.role,
      agencyName: agency.name,
      seenAt: clock.now().toISOString(),
    };
    kept = session;
    return session;
  }

  /** The second step of a sign-in. */
  async function prove(
    route: 'identity.verify-totp' | 'identity.use-recovery-code',
    code: string,
  ): Promise<KeptSession> {
    if (!challenge)
      throw new ConsoleError('refused', 'The sign-in timed out.', 'Start again with your e-mail and password.');
    const { token, email, deviceKey } = challenge;
    const answer = await client.call(route, { body: { challenge: token, code } });
    if (!answer.ok) {
      if (answer.kind === 'problem' && answer.problem.code === 'challenge_expired') challenge = null;
      throw refusalOf(answer);
    }
    challenge = null;
    return complete(answer.value, email, deviceKey);
  }

  /** One refresh at a time; a failure of the network leaves everything as it is (F-10). */
  function refresh(): Promise<string | null> {
    refreshing ??= refreshOnce().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function refreshOnce(): Promise<string | null> {
    const before = kept;
    if (!before) return null;
    const answer = await client.call('identity.refresh', {
      body: { refreshToken: before.refreshToken, deviceKey: before.deviceKey },
    });
    // Signed out meanwhile, or somebody else now. That the server was seen meanwhile changes nothing here.
    if (kept?.refreshToken !== before.refreshToken) return null;
    if (answer.ok) {
      const { refreshToken, accessToken } = answer.value;
      await keep({ ...kept, refreshToken, seenAt: clock.now().toISOString() });
      // Signed out while it was being written.
      if (kept?.refreshToken !== refreshToken) return null;
      takeAccess(answer.value);
      return accessToken;
    }
    if (answer.kind === 'problem' && answer.problem.status === 401) {
      log('session ended by the server', { code: answer.problem.code });
      await deps.onEnded(answer.problem.code === 'session_expired' ? 'expired' : 'revoked');
    }
    return null;
  }

  return {
    current: (): KeptSession | null => kept,
    hasChallenge: (): boolean => challenge !== null,
    restore: (session: KeptSession): void => {
      kept = session;
    },
    /** Answers null where the next step is the code. */
    async signIn(email: string, password: string): Promise<KeptSession | null> {
      const deviceKey = randomBytes(32).toString('base64url');
      const device = { name: deviceName(), platform: deps.platform, key: deviceKey };
      const answer = await client.call('identity.sign-in', { body: { email, password, device } });
      if (!answer.ok) throw refusalOf(answer);
      if (answer.value.step === 'signed-in') return complete(answer.value, email, deviceKey);
      challenge = { token: answer.value.challenge, email, deviceKey };
      return null;
    },
    verifyTotp: (code: string): Promise<KeptSession> => prove('identity.verify-totp', code),
    /** A code that was written down for the day on which the authenticator is gone. The server uses it up. */
    async spendRecoveryCode(code: string): Promise<KeptSession> {
      if (!/^(?:[0-9a-z][\s-]*){16}$/i.test(code.trim()))
        throw new ConsoleError('refused', 'A recovery code has 16 letters and digits.', 'Check it and enter it again.');
      return prove('identity.use-recovery-code', code.trim());
    },
    deviceName,
    /** Exchanges what the browser has brought (RFC 8252). */
    async exchange({ deviceKey, ...proof }: BrowserProof): Promise<KeptSession> {
      const device = { name: deviceName(), platform: deps.platform, key: deviceKey };
      const answer = await client.call('web-sign-in.exchange', { body: { ...proof, device } });
      if (!answer.ok) throw refusalOf(answer);
      return complete(answer.value, answer.value.email, deviceKey);
    },
    cancelChallenge(): void {
      challenge = null;
    },
    persist: async (): Promise<void> => {
      if (kept) await keep(kept);
    },
    /** A token that holds for at least a minute, or null when the server cannot be reached or has ended the session. */
    async accessToken(): Promise<string | null> {
      if (access && access.until - clock.now().getTime() > EARLY_MS) return access.token;
      return refresh();
    },
    /** The server refused the token although it should hold: look whether the session is still alive. */
    async accessRefused(): Promise<void> {
      access = null;
      await refresh();
    },
    /** The server was seen: the lease begins anew. Written at most every ten minutes. */
    async seen(): Promise<void> {
      if (!kept || clock.now().getTime() - Date.parse(kept.seenAt) < 600_000) return;
      await keep({ ...kept, seenAt: clock.now().toISOString() });
    },
    /** Kept beside the session, because the cache itself is closed when the lease has ended. */
    async limitLease(days: number): Promise<void> {
      if (kept && kept.leaseDays !== days) await keep({ ...kept, leaseDays: days });
    },
    leaseHolds: ({ seenAt, leaseDays }: KeptSession): boolean =>
      Math.abs(clock.now().getTime() - Date.parse(seenAt)) <=
      Math.min(LEASE_MS, (leaseDays ?? Number.POSITIVE_INFINITY) * DAY_MS),
    forget(): void {
      kept = null;
      access = null;
      challenge = null;
    },
    lastToken: (): string | null => access?.token ?? null,
  };
}

export function signedInState(session: KeptSession, storage: StorageMode): AccountState {
  const { personId, name, email, role, agencyName } = session;
  return { status: 'signed-in', personId, name, email, role, agencyName, permissions: permissionsOf(role), storage };
}

/** What the server or the network said, for a person. */
export function refusalOf(failure: Failure): ConsoleError {
  if (failure.kind === 'problem') {
    const { code, title, detail, reference, retryAfterSeconds, fields = [] } = failure.problem;
    return new ConsoleError('refused', title, detail, {
      serverCode: code,
      reference,
      retryAfterSeconds: retryAfterSeconds ?? null,
      fields: faultyFields(fields),
    });
  }
  const next =
    failure.kind === 'not-astrix'
      ? 'If this network asks for a sign-in of its own, open a browser and do that first.'
      : 'Check the network and try again.';
  return new ConsoleError('offline', failure.message, next);
}
