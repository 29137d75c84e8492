import type { Clock } from '../kernel/clock.ts';
import type { CallRequest, Outcome } from '../platform/egress/index.ts';

/** One account that a grant or key reaches: what a connection is bound to. A person chooses where there are several. */
export type Account = {
  readonly id: string;
  readonly name: string;
  /** Tells it from others of the same name: «₹ · Asia/Kolkata», «sandbox». */
  readonly detail: string | null;
  /** What the reads need: currency, time zone, manager id. Never a secret. */
  readonly settings: Readonly<Record<string, string>>;
};

/** A call of an adapter: where, what and how to read it. Who asks, with what and for how long is added around it. */
export type Ask<T> = Omit<
  CallRequest<T>,
  'provider' | 'connection' | 'capability' | 'explain' | 'timeoutMs' | 'deadlineMs' | 'signal' | 'ending'
> & { readonly timeoutMs?: number };

/** What an adapter works with. */
export type Api = {
  /** With the credential of the connection. */
  readonly call: <T>(ask: Ask<T>) => Promise<Outcome<T>>;
  readonly clock: Clock;
  /** Null until one is chosen, that is in `identify`. */
  readonly account: Account | null;
  /** Values of the form that are no secrets. */
  readonly settings: Readonly<Record<string, string>>;
  /** What came with the grant. */
  readonly extras: Readonly<Record<string, string>>;
};
