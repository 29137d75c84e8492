import type { ErrorCode } from '../errors.ts';

/**
 * Why a message is sent. `reply`: a person answers. `utility`: about something that the customer asked for, such as an order. `automatic`: no
 * person wrote it. `marketing`: it promotes something, to one customer or to many.
 */
export type SendPurpose = 'reply' | 'utility' | 'automatic' | 'marketing';

/** What decides whether a message may be written, as far as its reader knows. */
export type Writable = {
  readonly optedOut: boolean;
  /** The customer stopped promotions and nothing else. */
  readonly marketingOptedOut?: boolean;
  /** A request to stop that is not certain and that nobody has answered; null for none. */
  readonly stopHint?: object | null;
  /** End of the customer service window; null when the customer has never written. */
  readonly windowExpiresAt: Date | string | null;
  /** Whether the channel sends. Only the server knows; where it is left out, the channel counts as working. */
  readonly channelActive?: boolean;
};

export type WriteRefusal = Extract<
  ErrorCode,
  'opted_out' | 'marketing_opted_out' | 'consent_unclear' | 'window_closed' | 'channel_unavailable'
>;

/**
 * Whether a message may be written to the customer at `now` for this purpose: null, or the error that refuses it. The composer, the request and
 * the send function all ask here (ME-03, ME-04).
 */
export function mayWrite(conversation: Writable, now: Date, purpose: SendPurpose): WriteRefusal | null {
  const { optedOut, marketingOptedOut = false, stopHint = null, windowExpiresAt, channelActive = true } = conversation;
  if (optedOut) return 'opted_out';
  if (marketingOptedOut && purpose === 'marketing') return 'marketing_opted_out';
  if (stopHint !== null && (purpose === 'marketing' || purpose === 'automatic')) return 'consent_unclear';
  if (windowExpiresAt === null || new Date(windowExpiresAt) <= now) return 'window_closed';
  return channelActive ? null : 'channel_unavailable';
}
