import { shorten } from '@astrix/contract';
import type { Clock } from '../../kernel/clock.ts';
import type { Log, Metrics } from '../telemetry/index.ts';
import { type Breaker, type BreakerSettings, createBreaker } from './breaker.ts';
import { type BudgetLeft, type Budgets, createBudgets } from './budget.ts';
import { buildUrl } from './build-url.ts';
import { createDialer, createSandboxDialer, type DialParts } from './dial.ts';
import { type Exchange, exchange, type Outgoing } from './exchange.ts';
import { EgressError, refuse } from './failures.ts';
import { judgeReply, judgeSilence } from './judge.ts';
import type { CallLedger, Connection } from './ledger.ts';
import { type Failed, type Outcome, retryLater } from './outcome.ts';
import { bytesOf, type CallRequest, headersOf } from './request.ts';
import { checkRules, type EgressRules, hostOf, isAllowed, type ProviderRules } from './rules.ts';
import { msOf, realWait, type Wait } from './wait.ts';

export type EgressParts = {
  readonly rules: EgressRules;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly ledger: CallLedger;
  /** The switch of VT-13: false, or an error, and nothing leaves. Asked before each attempt and while one waits for its turn. */
  readonly allowed?: (connection: Connection, provider: string) => boolean | Promise<boolean>;
  readonly wait?: Wait;
  readonly random?: () => number;
  readonly breaker?: BreakerSettings;
  readonly dial?: DialParts;
  /** The longest that any attempt may take, whatever it asks for; tests are less patient. */
  readonly patienceMs?: () => number;
};

export type Egress = {
  /** Never throws for what the network, the provider or the values of the request do. */
  readonly call: <T>(request: CallRequest<T>) => Promise<Outcome<T>>;
  /** Calls that may leave at once, and how long the provider asked to wait. Of this process; null before the first call. */
  readonly budgetOf: (provider: string, connectionId: string) => BudgetLeft | null;
  readonly close: () => Promise<void>;
};

const ATTEMPTS = 3;
const BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 8000;
const LEDGER_FULL_MS = 5000;
const CLOSE_MS = 3000;

type Prepared = {
  readonly rules: ProviderRules;
  readonly outgoing: Omit<Outgoing, 'timeoutMs'>;
  readonly bytesOut: number;
};
type Key = { readonly breaker: Breaker; readonly budgets: Budgets; readonly key: string };

/** The only client of the network: manifests decide where, budgets when, and every attempt is in the ledger (EG-01 to EG-05, VT-13). */
export function createEgress(parts: EgressParts): Egress {
  checkRules(parts.rules);
  const { clock, wait = realWait, random = Math.random, ledger } = parts;
  const providers = new Map(parts.rules.providers.map(rules => [rules.id, rules]));
  const dialer = createDialer(parts.dial);
  const sandbox = createSandboxDialer();
  const budgets = createBudgets({ clock, wait });
  const breaker = createBreaker(clock, parts.breaker);

  function prepare<T>(request: CallRequest<T>): Prepared {
    const rules = providers.get(request.provider) ?? refuse('provider');
    const host = hostOf(rules, request.host ?? rules.hosts[0]!, request.hostPart);
    const url = buildUrl(rules.sandbox ?? `https://${host}`, request.path, request.parameters, request.query);
    if (!isAllowed(rules, url)) refuse('host');
    const body = bytesOf(request.body);
    return {
      rules,
      bytesOut: body === null ? 0 : Buffer.byteLength(body),
      outgoing: {
        method: request.method,
        url,
        headers: {
          ...headersOf(request.headers ?? {}, request.reply.accept, request.body),
          // The sandbox stands for many hosts and tells them apart by this.
          ...(rules.sandbox ? { host } : {}),
        },
        body,
        maxBytes: request.reply.maxBytes,
        signal: request.signal,
      },
    };
  }

  async function forbidden({ connection, provider, ending }: CallRequest<unknown>): Promise<string | null> {
    if (ending === true) return null;
    try {
      return !parts.allowed || (await parts.allowed(connection, provider)) ? null : 'switched-off';
    } catch {
      return 'switched-off';
    }
  }

  /** Null when the call may leave now. */
  async function leave(
    request: CallRequest<unknown>,
    { rules }: Prepared,
    key: string,
    until: number,
  ): Promise<Failed | null> {
    const cost = request.cost ?? 'default';
    const bucket = Object.hasOwn(rules.budget, cost) ? rules.budget[cost] : undefined;
    if (!bucket) return { kind: 'refused', reason: 'cost' };
    if (ledger.isFull()) return retryLater('ledger-full', LEDGER_FULL_MS);
    const blocked = breaker.blockedMs(key);
    if (blocked > 0) return retryLater('breaker-open', blocked);
    const turn = await budgets.turn({
      connection: key,
      cost,
      bucket,
      until,
      forbidden: () => forbidden(request),
      signal: request.signal,
    });
    if (turn.kind === 'stopped') return { kind: 'refused', reason: turn.reason };
    if (turn.kind === 'later') return retryLater('budget', turn.afterMs);
    const probing = breaker.enter(key);
    return probing > 0 ? retryLater('breaker-open', probing) : null;
  }

  async function attempt<T>(
    request: CallRequest<T>,
    prepared: Prepared,
    key: string,
    number: number,
    timeoutMs: number,
  ): Promise<Outcome<T>> {
    const at = clock.now();
    const from = performance.now();
    const dispatcher = prepared.rules.sandbox ? sandbox : dialer;
    const reply = await exchange(dispatcher, { ...prepared.outgoing, timeoutMs }).catch((error: EgressError) => error);
    const outcome: Outcome<T> =
      reply instanceof EgressError ? judgeSilence(reply, request.effect) : judgeReply(reply, request, clock.now());
    const answer = reply instanceof EgressError ? null : reply;
    if (report({ breaker, budgets, key }, answer, outcome))
      parts.log.warn('provider stopped answering', {
        provider: request.provider,
        client: request.connection.clientId,
      });
    ledger.record({
      connection: request.connection,
      provider: request.provider,
      capability: request.capability,
      method: request.method,
      path: request.path,
      attempt: number,
      status: answer?.status ?? null,
      outcome: outcome.kind,
      reason: outcome.kind === 'ok' ? null : wordOf(outcome),
      durationMs: performance.now() - from,
      bytesOut: prepared.bytesOut,
      bytesIn: answer?.bytes ?? 0,
      at,
    });
    return outcome;
  }

  async function run<T>(request: CallRequest<T>): Promise<Outcome<T>> {
    const deadlineMs = request.deadlineMs ?? request.timeoutMs * 2;
    const timeoutMs = Math.min(request.timeoutMs, deadlineMs, parts.patienceMs?.() ?? Number.POSITIVE_INFINITY);
    // Leave room for a whole attempt; otherwise a write could time out with an unknown outcome.
    const until = msOf(clock) + deadlineMs - timeoutMs;
    const prepared = prepare(request);
    const key = `${request.provider}/${request.connection.connectionId}`;
    let last: Failed | null = null;
    for (let number = 1; ; number++) {
      const held = await leave(request, prepared, key, until);
      // What stopped a further attempt says less than what the provider said before, unless it is final.
      if (held) return held.kind === 'refused' || last === null ? held : { ...last, ...later(held) };
      const outcome = await attempt(request, prepared, key, number, timeoutMs);
      if (outcome.kind !== 'retry' || request.effect === 'write' || number >= ATTEMPTS) return outcome;
      last = outcome;
      const pause = outcome.afterSeconds === null ? fullJitter(number, random) : outcome.afterSeconds * 1000;
      if (msOf(clock) + pause > until) return outcome;
      await wait(pause, request.signal);
    }
  }

  return {
    async call(request) {
      const outcome = await run(request).catch(error => {
        if (error instanceof EgressError) return { kind: 'refused', reason: error.reason } as const;
        throw error;
      });
      parts.metrics.providerCalls.inc({ provider: request.provider, outcome: outcome.kind });
      if (outcome.kind !== 'ok')
        parts.log.warn('provider call failed', {
          provider: request.provider,
          client: request.connection.clientId,
          code: outcome.kind,
          reason: wordOf(outcome),
          status: 'status' in outcome ? outcome.status : null,
        });
      return outcome;
    },
    budgetOf: (provider, connectionId) => budgets.left(`${provider}/${connectionId}`),
    async close() {
      // Whoever calls has been stopped before; a provider that dawdles does not hold up the end.
      const grace = new AbortController();
      await Promise.race([Promise.all([dialer.close(), sandbox.close()]), realWait(CLOSE_MS, grace.signal)]);
      grace.abort();
      await Promise.all([dialer.destroy(), sandbox.destroy()]);
      await ledger.stop();
    },
  };
}

/** What an attempt says about the provider; true when the breaker opened. A refusal is an answer, a fault of ours says nothing. */
function report({ breaker, budgets, key }: Key, reply: Exchange | null, outcome: Outcome<unknown>): boolean {
  const hint = outcome.kind === 'retry' ? outcome.afterSeconds : null;
  const answers = reply !== null && reply.status < 500;
  if (reply?.status === 429 || (reply?.status === 503 && hint !== null)) budgets.pause(key, hint);
  else if (answers) budgets.relax(key);
  if (outcome.kind === 'refused' || (outcome.kind === 'retry' && outcome.reason === 'cancelled')) breaker.unknown(key);
  else if (answers) breaker.alive(key);
  else return breaker.failed(key);
  return false;
}

/** A provider's code as codes look: too short for a phone number, too plain for a name and a sentence. */
const CODE = /^(?:-?\d{1,6}|[A-Za-z][\w.-]{0,39})$/;

/** Words of ours only: `reauth` and `permanent` may carry the provider's own, which belong in no log and no ledger. */
const wordOf = (outcome: Failed): string =>
  outcome.kind === 'reauth' || outcome.kind === 'permanent'
    ? (CODE.exec(outcome.code)?.[0] ?? 'other')
    : shorten(outcome.reason, 60);

const later = (held: Failed) => (held.kind === 'retry' ? { afterSeconds: held.afterSeconds } : {});

/** Anything between nothing and twice as long as before, so that callers who failed together do not come back together. */
const fullJitter = (attempt: number, random: () => number) =>
  Math.floor(random() * Math.min(MAX_BACK_OFF_MS, BACK_OFF_MS * 2 ** (attempt - 1)));
