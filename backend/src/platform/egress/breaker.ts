import type { Clock } from '../../kernel/clock.ts';
import { msOf } from './wait.ts';

export type BreakerSettings = {
  /** Failures in a row that open it. */
  readonly failures: number;
  readonly coolDownMs: number;
  /** Doubles up to this while the provider stays away: short enough that a recovery is seen within a minute. */
  readonly maxCoolDownMs: number;
};
export const BREAKER: BreakerSettings = { failures: 5, coolDownMs: 5000, maxCoolDownMs: 30_000 };

type State = { failures: number; coolDownMs: number; openUntil: number; probing: boolean };

const PROBE_SECONDS = 1;

/**
 * Stops asking a provider that does not answer, for each connection by itself: closed, then open after failures in a row, then half-open,
 * when one call goes ahead and the others wait for what it finds. Only trouble is kept, so the memory follows the failing connections.
 */
export function createBreaker(clock: Clock, settings: BreakerSettings = BREAKER) {
  const states = new Map<string, State>();

  return {
    /** 0 when a call may leave, else the milliseconds until it is worth asking again. */
    blockedMs(key: string): number {
      const state = states.get(key);
      if (!state || state.failures < settings.failures) return 0;
      return state.probing ? PROBE_SECONDS * 1000 : Math.max(0, state.openUntil - msOf(clock));
    },

    /** Like `blockedMs`, and takes the place of the one probe when the breaker is half-open. */
    enter(key: string): number {
      const ms = this.blockedMs(key);
      const state = states.get(key);
      if (ms === 0 && state && state.failures >= settings.failures) state.probing = true;
      return ms;
    },

    /** True when this failure opened it. */
    failed(key: string): boolean {
      const state = states.get(key) ?? { failures: 0, coolDownMs: settings.coolDownMs, openUntil: 0, probing: false };
      states.set(key, state);
      const reopened = state.probing;
      state.failures += 1;
      state.probing = false;
      if (state.failures < settings.failures) return false;
      // Calls that were under way when it opened fail as well; they say nothing new.
      if (state.failures > settings.failures && !reopened) return false;
      if (reopened) state.coolDownMs = Math.min(state.coolDownMs * 2, settings.maxCoolDownMs);
      state.openUntil = msOf(clock) + state.coolDownMs;
      return true;
    },

    alive(key: string): void {
      states.delete(key);
    },

    /** The call ended without saying anything about the provider: another one may probe. */
    unknown(key: string): void {
      const state = states.get(key);
      if (state) state.probing = false;
    },

    size: () => states.size,
  };
}

export type Breaker = ReturnType<typeof createBreaker>;
