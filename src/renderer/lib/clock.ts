import { useEffect, useState } from 'react';
import { useAppState } from './app-state.ts';
import { serverNow } from './format.ts';

/** The server's time, updated every `seconds`. Countdowns and "ago" are computed from it. */
export function useNow(seconds: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  const skew = useAppState(state => state.sync?.clockSkewSeconds ?? 0);
  return serverNow(now, skew);
}

/** True when `waiting` has lasted longer than `ms`, so that a quick answer shows no sign of waiting. */
export function useLate(waiting: boolean, ms = 180): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [waiting, ms]);
  return waiting && late;
}
