import { useEffect, useState } from 'react';
import { useAppState } from './app-state.ts';
import { serverNow } from './format.ts';

/** The time of the server, told again every `seconds`; countdowns and "ago" follow it. */
export function useNow(seconds: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  const skew = useAppState(state => state.sync?.clockSkewSeconds ?? 0);
  return serverNow(now, skew);
}

/** True after a wait: what comes at once shows no sign of waiting. */
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
