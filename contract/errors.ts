import type { Fault } from './fault.ts';
/**
 * Every error a caller can meet: HTTP status, one sentence for a person, what to do next.
 * The code is stable; the words may change. Errors leave the backend as application/problem+json (RFC 9457).
 */
export const ERRORS = {
  invalid_request: {
    status: 400,
    reason: 'Some of what was sent is not valid',
    next: 'Correct the fields named in the details and send it again.',
  },
  unauthenticated: { status: 401, reason: 'You are not signed in', next: 'Sign in and try again.' },
  sign_in_refused: {
    status: 401,
    reason: 'E-mail or password is not right',
    next: 'Check both and try again. After 10 failures sign-in pauses for 15 minutes.',
  },
  totp_refused: {
    status: 401,
    reason: 'That code is not right or has been used',
    next: 'Wait for the next code in your authenticator and type that.',
  },
  challenge_expired: {
    status: 401,
    reason: 'This sign-in took too long',
    next: 'Start again with your e-mail and password.',
  },
  session_ended: { status: 401, reason: 'This session has ended', next: 'Sign in again.' },
  session_expired: {
    status: 401,
    reason: 'You were away too long',
    next: 'Sign in again. What you had queued is still here.',
  },
  forbidden: { status: 403, reason: 'Your role does not allow this', next: 'Ask an owner or admin of your agency.' },
  webhook_refused: {
    status: 403,
    reason: 'The verification was not accepted',
    next: 'Check the verify token in the provider dashboard.',
  },
  not_found: {
    status: 404,
    reason: 'There is nothing here that you may see',
    next: 'Check the address, or ask for access.',
  },
  method_not_allowed: {
    status: 405,
    reason: 'This address does not answer that method',
    next: 'Check the method in the API description.',
  },
  window_closed: {
    status: 409,
    reason: 'The 24-hour customer service window is closed',
    next: 'Send an approved template, or wait for the customer to write again.',
  },
  opted_out: {
    status: 409,
    reason: 'This customer has opted out',
    next: 'Do not write to them until they opt in again.',
  },
  marketing_opted_out: {
    status: 409,
    reason: 'This customer has opted out of promotions',
    next: 'Write only about what they ask for.',
  },
  consent_unclear: {
    status: 409,
    reason: 'This customer may want no more messages, and nobody has decided yet',
    next: 'Choose Stop all, Stop promotions or Keep in the conversation.',
  },
  account_stopped: {
    status: 409,
    reason: 'The provider lets this account send nothing at the moment',
    next: 'Ask an admin to look at the notices on the page of the connection.',
  },
  conversation_changed: {
    status: 409,
    reason: 'The conversation has moved on since this was written',
    next: 'Read the newer messages, then send again or discard.',
  },
  idempotency_mismatch: {
    status: 409,
    reason: 'This key was already used for something else',
    next: 'Use a new idempotency key for a new request.',
  },
  channel_unavailable: {
    status: 409,
    reason: 'This client has no working channel for the conversation',
    next: 'Ask an admin to reconnect the channel.',
  },
  provider_denied: {
    status: 403,
    reason: 'You may not use this provider',
    next: 'Ask an owner or admin of your agency to allow it for you.',
  },
  connect_refused: {
    status: 400,
    reason: 'This link to connect is not valid any more',
    next: 'Close this window and start again from the console.',
  },
  provider_unavailable: {
    status: 409,
    reason: 'This system cannot be connected here',
    next: 'Its entry in the catalogue says why, and what would change that.',
  },
  switched_off: {
    status: 409,
    reason: 'An admin has switched this off',
    next: 'Ask an owner or admin of your agency why, and when it is on again.',
  },
  connection_unusable: {
    status: 409,
    reason: 'This connection does not work at the moment',
    next: 'Open Connections and use the button shown there.',
  },
  account_differs: {
    status: 409,
    reason: 'That is another account than the connected one',
    next: 'Sign in at the provider with the account that is connected, or connect the other one anew.',
  },
  already_connected: {
    status: 409,
    reason: 'This account is connected already',
    next: 'Use the connection that is there, or disconnect it first.',
  },
  provider_refused: {
    status: 422,
    reason: 'The provider refused',
    next: 'Read what it said, correct that, and try again.',
  },
  provider_unreachable: {
    status: 503,
    reason: 'The provider does not answer',
    next: 'Nothing was changed. Try again in a few minutes.',
  },
  payload_too_large: { status: 413, reason: 'This is larger than allowed', next: 'Send less at once.' },
  unsupported_media_type: {
    status: 415,
    reason: 'This content type is not accepted here',
    next: 'Send application/json.',
  },
  signature_invalid: {
    status: 401,
    reason: 'The signature does not match',
    next: 'Sign the raw body with the current secret.',
  },
  locked_out: { status: 429, reason: 'Too many failed attempts', next: 'Wait for the time shown, then try again.' },
  rate_limited: { status: 429, reason: 'Too many requests', next: 'Wait for the time in Retry-After, then try again.' },
  internal: {
    status: 500,
    reason: 'Something went wrong on our side',
    next: 'Try again. If it stays, tell support the reference.',
  },
  secret_missing: {
    status: 503,
    reason: 'This webhook has no secret configured',
    next: 'Set the secret; until then nothing is accepted.',
  },
  unavailable: {
    status: 503,
    reason: 'The service cannot store your request right now',
    next: 'Try again in a moment.',
  },
} as const satisfies Record<string, { readonly status: number } & Omit<Fault, 'code'>>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
