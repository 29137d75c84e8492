import { z } from 'zod';

/** What the sandbox can do wrong, for the next `times` sends. */
export const FAULTS = [
  'none',
  'rate-limited',
  'rate-limited-no-hint',
  'server-error',
  'time-out',
  'cut-reply',
  'failed-status',
  'duplicate-statuses',
  'reordered-statuses',
  'bad-token',
] as const;
export const Fault = z.strictObject({ kind: z.enum(FAULTS), times: z.int().min(0).max(1000).default(1) });
export type FaultKind = (typeof FAULTS)[number];

export type Faults = {
  readonly set: (kind: FaultKind, times: number) => void;
  readonly take: () => FaultKind;
  readonly current: () => { kind: FaultKind; times: number };
};

export function createFaults(): Faults {
  let kind: FaultKind = 'none';
  let left = 0;
  return {
    set: (next, times) => {
      kind = next;
      left = next === 'none' ? 0 : times;
    },
    take: () => {
      if (left === 0) return 'none';
      left -= 1;
      return kind;
    },
    current: () => ({ kind: left > 0 ? kind : 'none', times: left }),
  };
}
