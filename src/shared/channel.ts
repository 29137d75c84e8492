import { z } from 'zod';

/** `read` and `write` are calls from the window; a `write` names its client in its argument (SH-21). `event` goes to the window. */
export type Channel = {
  readonly kind: 'read' | 'write' | 'event';
  /** Needs a signed-in, unlocked session; refused with `signed_out` otherwise. */
  readonly session: boolean;
  readonly args: z.ZodType;
  readonly result: z.ZodType;
};

export const call = <K extends 'read' | 'write', A extends z.ZodType, R extends z.ZodType>(
  kind: K,
  session: boolean,
  args: A,
  result: R,
) => ({ kind, session, args, result }) as const;
export const event = <A extends z.ZodType>(args: A) =>
  ({ kind: 'event', session: false, args, result: z.void() }) as const;
