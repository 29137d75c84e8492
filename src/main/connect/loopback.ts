import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { openVisitListener } from './visit.ts';

/** What came back from the browser: the receipt of a grant, or why there is none. */
export type Arrival =
  | { readonly kind: 'receipt'; readonly receipt: string }
  | { readonly kind: 'error'; readonly code: string };

export type Loopback = {
  /** 1024 to 65,535, chosen by the system. */
  readonly port: number;
  /** Says which attempt is waited for; before that every request is refused. `onArrival` is called at most once. */
  readonly expect: (attemptId: string, onArrival: (arrival: Arrival) => void) => void;
  readonly close: () => void;
};

/** Exactly these parameters: a request with anything else was not made by our server. */
const Query = z.union([
  z.strictObject({ attempt: z.uuid(), receipt: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  z.strictObject({ attempt: z.uuid(), error: z.string().regex(/^[a-z][a-z_-]{0,59}$/) }),
]);

export const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const BACK = 'Go back to Astrix Console';
const WORDS = {
  receipt: 'It asks you there which account to connect. You can close this tab.',
  declined: 'Access was not allowed, so nothing was connected. You can close this tab.',
  failed: 'This did not work, and nothing was connected. The console says why. You can close this tab.',
} as const;

/**
 * Waits on 127.0.0.1 for the one visit with which a browser on this machine brings the receipt of an attempt (VT-08). Whoever consents on
 * another machine reaches nobody here.
 */
export async function openLoopback(): Promise<Loopback> {
  const { port, close, expect } = await openVisitListener();
  return {
    port,
    close,
    expect: (attemptId, onArrival) =>
      expect<Arrival>({
        path: '/connect',
        onArrival,
        read(query) {
          const { data } = Query.safeParse(query);
          if (!data || !same(data.attempt, attemptId)) return null;
          return 'receipt' in data ? { kind: 'receipt', receipt: data.receipt } : { kind: 'error', code: data.error };
        },
        words: arrival => {
          const failure = arrival.kind === 'error' && (arrival.code === 'declined' ? 'declined' : 'failed');
          return [BACK, WORDS[failure || 'receipt']];
        },
      }),
  };
}
