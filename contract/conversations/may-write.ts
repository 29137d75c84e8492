import type { ErrorCode } from '../errors.ts';
import type { AccountNoticeRow } from './rows.ts';

/**
 * Why a message is sent. `reply`: a person answers. `utility`: about something that the customer asked for, such as an order. `automatic`: no
 * person wrote it. `marketing`: it promotes something, to one customer or to many.
 */
export type SendPurpose = 'reply' | 'utility' | 'automatic' | 'marketing';

/** What decides whether a message may be written, as far as its reader knows. */
export type Writable = {
  /** Nobody writes for a paused client. */
  readonly clientPaused?: boolean;
  readonly optedOut: boolean;
  /** The customer stopped promotions and nothing else. */
  readonly marketingOptedOut?: boolean;
  /** A request to stop that is not certain and that nobody has answered; null for none. */
  readonly stopHint?: object | null;
  /** End of the customer service window; null when the customer has never written. */
  readonly windowExpiresAt: Date | string | null;
  /** Whether the channel sends. Only the server knows; where it is left out, the channel counts as working. */
  readonly channelActive?: boolean;
  /** Notices of the provider about the account that sends. */
  readonly notices?: readonly Pick<AccountNoticeRow, 'severity' | 'until' | 'endedAt'>[];
};

/** Whether nothing can be sent at `now` because of a notice of the provider. */
export const isStopping = (
  { severity, until, endedAt }: Pick<AccountNoticeRow, 'severity' | 'until' | 'endedAt'>,
  now: Date,
): boolean => severity === 'stops' && endedAt === null && (until === null || new Date(until) > now);

export type WriteRefusal = Extract<
  ErrorCode,
  | 'client_paused'
  | 'opted_out'
  | 'marketing_opted_out'
  | 'consent_unclear'
  | 'account_stopped'
  | 'window_closed'
  | 'channel_unavailable'
>;

/**
 * Whether a message may be written to the customer at `now` for this purpose: null, or the error that refuses it. The composer, the request and
 * the send function all ask here (ME-03, ME-04).
 */
export function mayWrite(conversation: Writable, now: Date, purpose: SendPurpose): WriteRefusal | null {
  const {
    clientPaused = false,
    optedOut,
    marketingOptedOut = false,
    stopHint = null,
    windowExpiresAt,
    channelActive = true,
    notices = [],
  } = conversation;
  if (clientPaused) return 'client_paused';
  if (optedOut) return 'opted_out';
  if (marketingOptedOut && purpose === 'marketing') return 'marketing_opted_out';
  if (stopHint !== null && (purpose === 'marketing' || purpose === 'automatic')) return 'consent_unclear';
  // A new message of the customer would not allow a reply.
  if (notices.some(notice => isStopping(notice, now))) return 'account_stopped';
  if (windowExpiresAt === null || new Date(windowExpiresAt) <= now) return 'window_closed';
  return channelActive ? null : 'channel_unavailable';
}
