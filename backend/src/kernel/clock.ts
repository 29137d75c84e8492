/** The only source of time. Tests move it by hand; nothing sleeps to wait. */
export type Clock = { readonly now: () => Date };

export const systemClock: Clock = { now: () => new Date() };

export type ManualClock = Clock & { readonly advance: (seconds: number) => void; readonly set: (at: Date) => void };

export function manualClock(start: Date | string): ManualClock {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    advance: seconds => {
      at += seconds * 1000;
    },
    set: to => {
      at = to.getTime();
    },
  };
}
