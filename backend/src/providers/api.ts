import type { Clock } from '../kernel/clock.ts';
import type { CallRequest, Connection, Egress, Failed, Outcome } from '../platform/egress/index.ts';
import { explainToken } from './oauth2.ts';
import type { Account, Api, Ask, Connector, Credential, Manifest, ProviderApp, TokenApi } from './provider.ts';

/** One attempt; reads of reports take their time. */
const TIMEOUT_MS = 15_000;
const DEADLINE_MS = 30_000;

export type ApiParts = {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly manifest: Manifest;
  /** On whose behalf, for budgets and the call ledger. */
  readonly connection: Connection;
  readonly app: ProviderApp | null;
  /** Its calls give access back, and go out under a switch as well. */
  readonly ending?: boolean;
};

export type Held = { readonly kind: 'ok'; readonly credential: Credential; readonly version: number };

export type Holder = {
  /** What is asked, as the call ledger names it. */
  readonly capability: string;
  /** The credential of now. With `notVersion` another one than that: the provider did not take it. */
  readonly credential: (notVersion: number | null) => Promise<Held | Failed>;
  readonly account: Account | null;
  readonly settings: Readonly<Record<string, string>>;
  readonly extras: Readonly<Record<string, string>>;
};

/** A connection that is ready to be called, or why it is not. */
export type Opened = { readonly kind: 'ok'; readonly api: Api } | Failed;

/**
 * Opens a connection for a caller who is not the one that connected it. The credential is looked up here, so nothing has left before this
 * resolves. Throws when the vault cannot be reached: the caller tries again later.
 */
export type OpenConnection = (request: {
  readonly agencyId: string;
  readonly connectionId: string;
  /** What is asked, as the call ledger names it. */
  readonly capability: string;
  /** On whose behalf: the client it is done for, and who asked. */
  readonly clientId: string | null;
  readonly actorId: string | null;
}) => Promise<Opened>;

const around = <T>(parts: ApiParts, capability: string, ask: Ask<T>): Omit<CallRequest<T>, 'explain'> => ({
  ...ask,
  provider: parts.manifest.id,
  connection: parts.connection,
  ...(parts.ending ? { ending: true } : {}),
  capability,
  timeoutMs: ask.timeoutMs ?? TIMEOUT_MS,
  deadlineMs: Math.max(DEADLINE_MS, (ask.timeoutMs ?? 0) * 2),
});

/** Calls with the credential of a connection; one that is not accepted is renewed once, and the call made again (VT-12). */
export function apiOver(parts: ApiParts & { readonly connector: Connector }, holder: Holder): Api {
  const { connector, egress } = parts;
  async function once<T>(ask: Ask<T>, held: Held): Promise<Outcome<T>> {
    const signed = connector.sign(held.credential, parts.app);
    return egress.call({
      ...around(parts, holder.capability, ask),
      headers: { ...ask.headers, ...signed.headers },
      query: { ...ask.query, ...signed.query },
      explain: connector.explain,
    });
  }
  return {
    clock: parts.clock,
    account: holder.account,
    settings: holder.settings,
    extras: holder.extras,
    async call(ask) {
      const held = await holder.credential(null);
      if (held.kind !== 'ok') return held;
      const outcome = await once(ask, held);
      if (outcome.kind !== 'reauth' || held.credential.kind !== 'grant') return outcome;
      const renewed = await holder.credential(held.version);
      return renewed.kind === 'ok' ? once(ask, renewed) : renewed;
    },
  };
}

/** Calls of the token endpoints, without a credential. */
export function tokenApiOver(parts: ApiParts & { readonly app: ProviderApp }): TokenApi {
  return {
    clock: parts.clock,
    app: parts.app,
    call: ask => parts.egress.call({ ...around(parts, 'credentials', ask), explain: ask.explain ?? explainToken }),
  };
}
