import type { Problem } from '@astrix/contract';

/**
 * Why a call did not bring an answer: `network` nobody was reached or the line broke, `timeout` nobody answered in time,
 * `not-astrix` somebody else answered (a captive portal, a proxy), `aborted` the caller gave up.
 */
export type Unreached = {
  readonly ok: false;
  readonly kind: 'network' | 'timeout' | 'not-astrix' | 'aborted';
  readonly message: string;
};
export type Refused = { readonly ok: false; readonly kind: 'problem'; readonly problem: Problem };
export type Failure = Unreached | Refused;

/** Thrown by the two streams, with the same kinds as a call that failed. */
export class SdkError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind === 'problem' ? failure.problem.title : failure.message);
    this.name = 'SdkError';
    this.failure = failure;
  }
}

/** Sorts what fetch throws. Its words differ from platform to platform, its names do not. */
export function unreached(error: unknown, timedOut: boolean, aborted: boolean): Unreached {
  if (aborted) return { ok: false, kind: 'aborted', message: 'The request was given up.' };
  if (timedOut) return { ok: false, kind: 'timeout', message: 'The server did not answer in time.' };
  const cause =
    error instanceof Error && error.cause instanceof Error && 'code' in error.cause
      ? ` (${String(error.cause.code)})`
      : '';
  return { ok: false, kind: 'network', message: `The server cannot be reached${cause}.` };
}
