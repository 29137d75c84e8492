import type { Clock } from '../../kernel/clock.ts';

/** Resolves after the time, or earlier when the signal ends it. Tests let time pass by hand. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

export const realWait: Wait = (ms, signal) =>
  new Promise(resolve => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });

export type Time = { readonly clock: Clock; readonly wait: Wait };

export const msOf = (clock: Clock): number => clock.now().getTime();
