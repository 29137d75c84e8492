/** Delays that tests can run themselves. */
export type Timers = {
  /** Runs `work` after `ms` milliseconds. Answers the function that cancels it. */
  readonly after: (ms: number, work: () => void) => () => void;
};

export const realTimers: Timers = {
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};
