import type { ErrorCode } from '../errors.ts';

/** What decides whether a reply may be written, as far as its reader knows. */
export type Writable = {
  readonly optedOut: boolean;
  /** End of the customer service window; null when the customer has never written. */
  readonly windowExpiresAt: Date | string | null;
  /** Whether the channel sends. Only the server knows; where it is left out, the channel counts as working. */
  readonly channelActive?: boolean;
};

export type WriteRefusal = Extract<ErrorCode, 'opted_out' | 'window_closed' | 'channel_unavailable'>;

/**
 * Whether a reply may be written to the customer at `now`: null, or the error that refuses it. The composer, the request and the send function
 * all ask here (ME-03, ME-04).
 */
export function mayWrite(conversation: Writable, now: Date): WriteRefusal | null {
  const { optedOut, windowExpiresAt, channelActive = true } = conversation;
  if (optedOut) return 'opted_out';
  if (windowExpiresAt === null || new Date(windowExpiresAt) <= now) return 'window_closed';
  return channelActive ? null : 'channel_unavailable';
}
