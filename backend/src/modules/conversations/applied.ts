import type { InboundEvent } from '../../providers/messaging.ts';

export type Event<K extends InboundEvent['kind']> = Extract<InboundEvent, { kind: K }>;

/**
 * What became of an event. `out-of-order`: it speaks of something that has not arrived yet, so it is tried again. `dead` goes to the dead
 * letters, where a person finds it.
 */
export type Applied =
  | { readonly outcome: 'applied' | 'nothing-new' }
  | { readonly outcome: 'out-of-order' | 'dead'; readonly reason: string };

export const APPLIED: Applied = { outcome: 'applied' };
export const NOTHING_NEW: Applied = { outcome: 'nothing-new' };
export const outOfOrder = (reason: string): Applied => ({ outcome: 'out-of-order', reason });
