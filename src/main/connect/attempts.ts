import type { ConnectionView, ProviderId } from '@astrix/contract';
import type { AstrixClient, Failure } from '@astrix/sdk';
import type { ConnectState } from '../../shared/connect.ts';
import { refusalOf } from '../account/session.ts';
import { ConsoleError } from '../ipc/errors.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Clock, Emit, ShellPort } from '../ports.ts';
import type { Timers } from '../timers.ts';
import { type Arrival, type Loopback, openLoopback } from './loopback.ts';

export type ConnectingDeps = {
  readonly client: AstrixClient;
  readonly shell: Pick<ShellPort, 'openConsent'>;
  readonly emit: Emit;
  /** The clock of the server, as far as it is known. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: ConsoleLog;
  /** A person has something to choose; the window may be behind the browser. */
  readonly onChoice: (state: ConnectState) => void;
};

export type Connecting = {
  readonly state: (clientId: string) => ConnectState | null;
  readonly start: (wish: Wish) => Promise<ConnectState>;
  readonly reopen: (of: Of) => Promise<void>;
  readonly confirm: (of: Of, accountId: string) => Promise<ConnectionView>;
  readonly cancel: (of: Of) => Promise<ConnectState>;
  /** Ends what is open, as when a person signs out. The server ends the attempts by itself. */
  readonly closeAll: () => void;
};

type Wish = {
  readonly clientId: string;
  readonly provider: ProviderId;
  readonly shared: boolean;
  readonly connectionId: string | null;
};
type Of = { readonly clientId: string; readonly attemptId: string };
type Ended = Extract<ConnectState['now'], { step: 'ended' }>;

type Attempt = {
  state: ConnectState;
  readonly loopback: Loopback;
  readonly authorizeUrl: string;
  receipt: string | null;
  endTimer: () => void;
};

const ended = (code: Ended['code'], reason: string, next: string): Ended => ({ step: 'ended', code, reason, next });

const CANCELLED = ended('cancelled', 'Cancelled. Nothing was connected.', 'You can start again at any time.');
const EXPIRED = ended('expired', 'The connection timed out after ten minutes. Nothing was connected.', 'Start again.');
const DENIED = ended(
  'denied',
  'Access was not allowed at the provider. Nothing was connected.',
  'If this was not intended, start again and allow access.',
);
const LOST = ended('failed', 'This attempt has ended. Nothing was connected.', 'Start again.');

/** Attempts to connect by OAuth that were begun on this machine, at most one for each client. Receipts are never logged and never leave main. */
export function createConnecting(deps: ConnectingDeps): Connecting {
  const { client, shell, emit, clock, timers, log } = deps;
  const attempts = new Map<string, Attempt>();
  /** Counts the people who sat here: what was begun by one must not open for the next. */
  let sitting = 0;

  function move(attempt: Attempt, now: ConnectState['now']): ConnectState {
    attempt.state = { ...attempt.state, now };
    if (now.step === 'ended' || now.step === 'connected') {
      attempt.receipt = null;
      attempt.endTimer();
      attempt.loopback.close();
    }
    // One that was replaced by a newer one has nothing to say any more.
    if (attempts.get(attempt.state.clientId) === attempt) emit('connectChanged', attempt.state);
    return attempt.state;
  }

  const isOpen = ({ state }: Attempt) => state.now.step === 'waiting' || state.now.step === 'choosing';

  function demand({ clientId, attemptId }: Of): Attempt {
    const found = attempts.get(clientId);
    if (!found || found.state.attemptId !== attemptId || !isOpen(found))
      throw new ConsoleError('not_found', LOST.reason, LOST.next);
    return found;
  }

  async function arrived(attempt: Attempt, arrival: Arrival): Promise<void> {
    log('connect: the browser came back', { provider: attempt.state.provider, with: arrival.kind });
    if (arrival.kind === 'error') {
      move(attempt, arrival.code === 'declined' ? DENIED : failedWith(arrival.code));
      return;
    }
    const { clientId, attemptId } = attempt.state;
    const answer = await client.call('connections.claim', {
      params: { clientId, attemptId },
      body: { receipt: arrival.receipt },
    });
    if (!isOpen(attempt)) return;
    if (!answer.ok) {
      move(attempt, failure(answer));
      return;
    }
    attempt.receipt = arrival.receipt;
    deps.onChoice(move(attempt, { step: 'choosing', found: answer.value }));
  }

  /** Told to the server without waiting for it: it ends an attempt after ten minutes in any case. */
  const giveUp = ({ state: { clientId, attemptId } }: Attempt): void =>
    void client.call('connections.cancel', { params: { clientId, attemptId } });

  async function start({ clientId, provider, shared, connectionId }: Wish): Promise<ConnectState> {
    const begun = sitting;
    const loopback = await openLoopback();
    const answer = await client.call('connections.start', {
      params: { clientId },
      body: { provider, shared, connectionId, loopbackPort: loopback.port },
    });
    if (!answer.ok) {
      loopback.close();
      throw refusalOf(answer);
    }
    if (begun !== sitting) {
      loopback.close();
      throw new ConsoleError('signed_out', 'You are not signed in.', 'Sign in and try again.');
    }
    const { attemptId, authorizeUrl, expiresAt } = answer.value;
    const former = attempts.get(clientId);
    const attempt: Attempt = {
      state: { clientId, attemptId, provider, shared, connectionId, expiresAt, now: { step: 'waiting' } },
      loopback,
      authorizeUrl,
      receipt: null,
      endTimer: () => undefined,
    };
    attempts.set(clientId, attempt);
    if (former && isOpen(former)) {
      move(former, CANCELLED);
      giveUp(former);
    }
    attempt.endTimer = timers.after(Math.max(0, Date.parse(expiresAt) - clock.now().getTime()), () =>
      move(attempt, EXPIRED),
    );
    loopback.expect(attemptId, arrival => void arrived(attempt, arrival));
    if (!(await shell.openConsent(authorizeUrl))) {
      giveUp(attempt);
      return move(attempt, UNOPENED);
    }
    return move(attempt, attempt.state.now);
  }

  return {
    state: clientId => attempts.get(clientId)?.state ?? null,
    start,
    async reopen(of) {
      const attempt = demand(of);
      if (attempt.state.now.step !== 'waiting') return;
      if (!(await shell.openConsent(attempt.authorizeUrl)))
        throw new ConsoleError('refused', UNOPENED.reason, UNOPENED.next);
    },
    async confirm(of, accountId) {
      const attempt = demand(of);
      const { receipt } = attempt;
      if (receipt === null) throw new ConsoleError('not_found', LOST.reason, LOST.next);
      const answer = await client.call('connections.confirm', { params: of, body: { receipt, accountId } });
      if (!answer.ok) {
        // What the person can still choose differently keeps the attempt open.
        if (answer.kind === 'problem' && answer.problem.code === 'connect_refused') move(attempt, failure(answer));
        throw refusalOf(answer);
      }
      move(attempt, { step: 'connected', connectionId: answer.value.id });
      return answer.value;
    },
    async cancel(of) {
      const attempt = demand(of);
      const state = move(attempt, CANCELLED);
      giveUp(attempt);
      return state;
    },
    closeAll() {
      sitting += 1;
      for (const attempt of attempts.values()) {
        attempt.receipt = null;
        attempt.endTimer();
        attempt.loopback.close();
      }
      attempts.clear();
    },
  };
}

const UNOPENED = ended(
  'failed',
  'The browser could not be opened.',
  'Check that this computer has a default browser, then start again.',
);

function failure(answer: Failure): Ended {
  const { reason, next } = refusalOf(answer).error;
  return ended('failed', reason, next);
}

/** Why a consent came to nothing, by the word that the server sends with the browser. */
const ENDINGS: Readonly<Record<string, readonly [reason: string, next: string]>> = {
  'provider-refused': [
    'The provider did not accept the consent.',
    'Start again. If it happens again, contact support and name the system.',
  ],
  'provider-unreachable': ['The provider is temporarily unavailable.', 'Try again in a few minutes.'],
  'not-set-up': [
    'The provider rejected the Astrix app. The app settings are wrong, not the account.',
    'Tell support which system it was.',
  ],
  'no-account': [
    'The sign-in gives no access to an account that Astrix can connect.',
    'Sign in at the provider as a user with access to the account, and allow all permissions.',
  ],
  'wrong-issuer': [
    'The response did not come from the provider.',
    'Start again. If it happens again, contact support and name the system.',
  ],
  'no-code': [
    'The provider sent a response that Astrix cannot read.',
    'Start again. If it happens again, contact support.',
  ],
};

function failedWith(code: string): Ended {
  const [reason, next] = (Object.hasOwn(ENDINGS, code) ? ENDINGS[code] : undefined) ?? [
    'The connection failed.',
    'Start again. If it happens again, contact support and name the system.',
  ];
  return ended('failed', `${reason} Nothing was connected.`, next);
}
