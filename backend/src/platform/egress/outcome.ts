/**
 * What came of a call, as a value: nobody has to catch, and nobody can take a failure for an answer. docs/decisions/0010-egress-outcomes.md tells why these.
 *
 * - `ok`: the reply fits its schema, whole.
 * - `retry`: nothing happened, or asking again has the same effect. Not before `afterSeconds`, where that is known.
 * - `reauth`: the credential is not accepted. Nothing will work until somebody reconnects.
 * - `permanent`: the provider understood and refused; the same request will be refused again.
 * - `malformed`: there was an answer that cannot be used. What is stored stays, marked as stale.
 * - `ambiguous`: it may have been executed. Find out before repeating (EG-04).
 * - `refused`: it never left. A wrong request of ours, a switch that was pulled, or a caller that cancelled.
 */
export type Outcome<T> =
  | {
      readonly kind: 'ok';
      readonly data: T;
      readonly status: number;
      readonly headers: Headers;
      readonly bytes: number;
    }
  | Failed;

export type Failed =
  | {
      readonly kind: 'retry';
      readonly afterSeconds: number | null;
      readonly reason: string;
      readonly status: number | null;
    }
  | {
      readonly kind: 'reauth' | 'permanent';
      readonly code: string;
      readonly reason: string;
      readonly status: number;
      /** What a person can do about it, where the reason alone would lead to the wrong step: one sentence. */
      readonly next?: string;
    }
  | { readonly kind: 'malformed'; readonly reason: string; readonly stale: true; readonly status: number | null }
  | { readonly kind: 'ambiguous'; readonly reason: string; readonly status: number | null }
  | { readonly kind: 'refused'; readonly reason: string };

export type OutcomeKind = Outcome<unknown>['kind'];

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** What a provider's own error body means. `reason` may hold its words: it is shown to people and never logged. */
export type Judgement =
  | { readonly kind: 'retry'; readonly reason: string; readonly afterSeconds?: number | null }
  | { readonly kind: 'reauth' | 'permanent'; readonly code: string; readonly reason: string; readonly next?: string };

export const retryLater = (reason: string, afterMs: number | null, status: number | null = null): Failed => ({
  kind: 'retry',
  reason,
  status,
  afterSeconds: afterMs === null ? null : Math.max(1, Math.ceil(afterMs / 1000)),
});
