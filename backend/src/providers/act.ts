import type { ActInput, ActName, ActResult, Fault } from '@astrix/contract';
import type { Actor } from '../platform/db/index.ts';
import type { Failed, Outcome } from '../platform/egress/index.ts';
import type { Api } from './adapter-api.ts';

/**
 * What one attempt came to. `refused`: surely nothing was done, for the reason of the call. `unknown`: it may have been done, and nobody can
 * tell from the reply.
 */
export type ActOutcome<R> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'refused'; readonly failed: Failed }
  | { readonly kind: 'unknown' };

/**
 * The provider honours an idempotency key: the same key again has no second effect and brings the first reply. `keptSeconds` is how long it
 * surely remembers a key; an outcome that is unknown for longer is never found out by repeating.
 */
export type ByKey = { readonly by: 'key'; readonly keptSeconds: number };

/** What a search for the mark of a key has brought. */
export type Found<R> = { readonly kind: 'found'; readonly result: R } | { readonly kind: 'absent' } | Failed;

/**
 * The provider knows no keys. `run` leaves a mark of the key on what it makes, and `find` looks for that mark before anything is repeated.
 * `visibleAfterSeconds`: what was made is surely found after this long; until then, not finding it says nothing.
 */
export type ByLookUp<A extends ActName> = {
  readonly by: 'look-up';
  readonly visibleAfterSeconds: number;
  readonly find: (api: Api, input: ActInput<A>, key: string) => Promise<Found<ActResult<A>>>;
};

/** Something that a provider does for us. It is asked once for each attempt, with `effect: 'write'` in every call that changes something. */
export type Act<A extends ActName> = {
  readonly effect: 'write';
  /** Scopes without which it is refused before it is tried; empty where the manifest has none that can be compared. */
  readonly needs: readonly string[];
  /** What keeps a second attempt from having a second effect. */
  readonly once: ByKey | ByLookUp<A>;
  readonly run: (api: Api, input: ActInput<A>, key: string) => Promise<ActOutcome<ActResult<A>>>;
};

/** An outcome of the call that changes something, as the outcome of its act. */
export function actOutcome<T, R>(outcome: Outcome<T>, resultOf: (data: T) => R): ActOutcome<R> {
  if (outcome.kind === 'ok') return { kind: 'done', result: resultOf(outcome.data) };
  // An answer that cannot be read came after the request was taken.
  if (outcome.kind === 'ambiguous' || outcome.kind === 'malformed') return { kind: 'unknown' };
  return { kind: 'refused', failed: outcome };
}

/** The provider cannot do what is asked, which is known without asking it. */
export const cannotDo = (code: string, reason: string): ActOutcome<never> => ({
  kind: 'refused',
  failed: { kind: 'permanent', code, reason, status: 422 },
});

export type ActRequest<A extends ActName> = {
  /** Who wants it. It is done with the rights of this person, and recorded as theirs. */
  readonly actor: Actor;
  /** Of the request that led to it, for the audit; null for work behind the requests. */
  readonly requestId: string | null;
  readonly clientId: string;
  readonly connectionId: string;
  readonly act: A;
  /** The same for every attempt at one thing (`ActKey`). */
  readonly key: string;
  readonly input: ActInput<A>;
};

/**
 * What is known of an act. `refused`: nothing was done; with `mayRepeat` the same key tries again, because the reason lay outside of the request.
 * `unknown`: it may have been done. Asking again with the same key finds out, and never does it twice.
 */
export type ActAnswer<R> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'refused'; readonly fault: Fault; readonly mayRepeat: boolean }
  | { readonly kind: 'unknown'; readonly fault: Fault };

/**
 * Does something at the provider of a connection, once for each key. Throws `AppError` when it may not be tried: `invalid_request`, `forbidden`,
 * `not_found`, `provider_denied`, `connection_unusable`, `switched_off`, and `idempotency_mismatch` for a key that stands for something else.
 */
export type ActOnConnection = <A extends ActName>(request: ActRequest<A>) => Promise<ActAnswer<ActResult<A>>>;
