import type { Fault } from './fault.ts';
/**
 * Every error a caller can meet: HTTP status, one sentence for a person, what to do next.
 * The code is stable; the words may change. Errors leave the backend as application/problem+json (RFC 9457).
 */
export const ERRORS = {
  invalid_request: {
    status: 400,
    reason: 'Some fields are not valid',
    next: 'Correct the fields named in the details and send it again.',
  },
  unauthenticated: { status: 401, reason: 'You are not signed in', next: 'Sign in and try again.' },
  sign_in_refused: {
    status: 401,
    reason: 'The e-mail or password is wrong',
    next: 'Check both and try again. After 10 failures sign-in pauses for 15 minutes.',
  },
  totp_refused: {
    status: 401,
    reason: 'The code is wrong or was already used',
    next: 'Enter the next code from your authenticator app.',
  },
  challenge_expired: {
    status: 401,
    reason: 'The sign-in timed out',
    next: 'Start again with your e-mail and password.',
  },
  session_ended: { status: 401, reason: 'This session has ended', next: 'Sign in again.' },
  session_expired: {
    status: 401,
    reason: 'You were signed out after a long absence',
    next: 'Sign in again. Your unsent replies are kept.',
  },
  forbidden: {
    status: 403,
    reason: 'You do not have permission to do this',
    next: 'Ask an owner or admin of your agency.',
  },
  step_up_needed: {
    status: 403,
    reason: 'Confirm that it is you',
    next: 'Type a code from your authenticator; it counts for five minutes.',
  },
  passkey_needed: {
    status: 403,
    reason: 'Your second factor is a passkey',
    next: 'Choose Sign in with the browser.',
  },
  recovery_code_refused: {
    status: 401,
    reason: 'That recovery code is not right or has been used',
    next: 'Type another one of your recovery codes.',
  },
  invitation_invalid: {
    status: 404,
    reason: 'This invitation is not valid',
    next: 'Check that the whole link was copied, or ask for a new invitation.',
  },
  invitation_used: {
    status: 409,
    reason: 'This invitation has been used',
    next: 'Sign in. If it was not you who used it, tell an owner of your agency at once.',
  },
  invitation_expired: {
    status: 410,
    reason: 'This invitation is older than 72 hours',
    next: 'Ask whoever invited you to send it again.',
  },
  invitation_revoked: {
    status: 410,
    reason: 'This invitation was withdrawn',
    next: 'Use the newest invitation that you got, or ask for a new one.',
  },
  enrolment_expired: {
    status: 401,
    reason: 'This took too long',
    next: 'Open the link of your e-mail again.',
  },
  password_refused: {
    status: 422,
    reason: 'This password is not safe enough',
    next: 'Choose another one: three or four words that do not belong together are good.',
  },
  already_member: {
    status: 409,
    reason: 'This person is in your agency already',
    next: 'Find them in the list of people.',
  },
  already_invited: {
    status: 409,
    reason: 'This address has an open invitation',
    next: 'Send that invitation again, or revoke it first.',
  },
  factor_needed: {
    status: 409,
    reason: 'Your role needs a second factor',
    next: 'Set up another authenticator or passkey first, then remove this one.',
  },
  recovery_invalid: {
    status: 404,
    reason: 'This link to recover an account is not valid',
    next: 'Ask an owner or admin of your agency to start again.',
  },
  recovery_waiting: {
    status: 409,
    reason: 'This recovery waits, so that nobody can do it behind your back',
    next: 'Open the link again when the time in the e-mail has come.',
  },
  last_owner: {
    status: 409,
    reason: 'An agency keeps at least one owner',
    next: 'Hand the ownership over to somebody first.',
  },
  role_refused: {
    status: 403,
    reason: 'Your role may not do this to that person',
    next: 'Ask an owner of your agency.',
  },
  proposal_ended: {
    status: 409,
    reason: 'This offer of ownership is not open any more',
    next: 'Ask the owner to offer it again.',
  },
  name_taken: {
    status: 409,
    reason: 'There is one of that name already',
    next: 'Choose another name.',
  },
  browser_sign_in_refused: {
    status: 401,
    reason: 'This sign-in in the browser is not valid any more',
    next: 'Start again in the console.',
  },
  webhook_refused: {
    status: 403,
    reason: 'The verification was not accepted',
    next: 'Check the verify token in the provider dashboard.',
  },
  not_found: {
    status: 404,
    reason: 'You do not have access to this',
    next: 'Check the address, or ask an admin for access.',
  },
  method_not_allowed: {
    status: 405,
    reason: 'This address does not support that method',
    next: 'Check the method in the API description.',
  },
  window_closed: {
    status: 409,
    reason: 'The 24-hour reply window has closed',
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
    reason: 'This customer may have asked to stop messages, and nobody has confirmed it',
    next: 'Choose Stop all, Stop promotions or Keep sending in the conversation.',
  },
  account_stopped: {
    status: 409,
    reason: 'The provider does not allow this account to send messages at the moment',
    next: 'Ask an admin to check the account notices under Connections.',
  },
  conversation_changed: {
    status: 409,
    reason: 'The customer wrote again before this reply was sent',
    next: 'Read the new messages, then send the reply again or discard it.',
  },
  client_paused: {
    status: 409,
    reason: 'This client is paused',
    next: 'End the pause in the settings of the client, then send again.',
  },
  client_name_taken: {
    status: 409,
    reason: 'Another client of the agency has this name',
    next: 'Choose a name that nobody mistakes for the other one.',
  },
  client_mark_taken: {
    status: 409,
    reason: 'Another client of the agency looks like this',
    next: 'Choose another colour, shape or initials.',
  },
  client_not_ready: {
    status: 409,
    reason: 'This client cannot be deleted yet',
    next: 'Archive it, disconnect its systems, and type its name exactly.',
  },
  feature_off: {
    status: 409,
    reason: 'This feature is switched off for the client',
    next: 'Ask an owner, admin or manager to switch it on in the settings of the client.',
  },
  changed_meanwhile: {
    status: 409,
    reason: 'Somebody else has changed this meanwhile',
    next: 'Look at what is there now, and make your change again.',
  },
  idempotency_mismatch: {
    status: 409,
    reason: 'This key was already used for something else',
    next: 'Use a new idempotency key for a new request.',
  },
  channel_unavailable: {
    status: 409,
    reason: 'The channel of this conversation is not connected',
    next: 'Ask an admin to reconnect the channel.',
  },
  provider_denied: {
    status: 403,
    reason: 'You do not have access to this system',
    next: 'Ask an owner or admin of your agency for access.',
  },
  connect_refused: {
    status: 400,
    reason: 'This connect link is no longer valid',
    next: 'Close this window and start again from the console.',
  },
  provider_unavailable: {
    status: 409,
    reason: 'This system cannot be connected here',
    next: 'Open the system under Connections to see why.',
  },
  no_public_address: {
    status: 503,
    reason: 'This server has no public address',
    next: 'Ask its operator to set ASTRIX_PUBLIC_URL: links and sign-ins at providers lead back there.',
  },
  switched_off: {
    status: 409,
    reason: 'An admin turned this off',
    next: 'Ask an owner or admin of your agency to turn it on again.',
  },
  connection_unusable: {
    status: 409,
    reason: 'This connection is not working',
    next: 'Open Connections and follow the instructions there.',
  },
  account_differs: {
    status: 409,
    reason: 'This is a different account from the connected one',
    next: 'Sign in at the provider with the connected account, or add the other one as a new connection.',
  },
  already_connected: {
    status: 409,
    reason: 'This account is already connected',
    next: 'Use the existing connection, or disconnect it first.',
  },
  provider_refused: {
    status: 422,
    reason: 'The provider rejected the request',
    next: 'Correct the problem that the provider names, and try again.',
  },
  provider_unreachable: {
    status: 503,
    reason: 'The provider is not responding',
    next: 'Nothing was changed. Try again in a few minutes.',
  },
  payload_too_large: { status: 413, reason: 'This is too large', next: 'Send less data at a time.' },
  unsupported_media_type: {
    status: 415,
    reason: 'This content type is not supported',
    next: 'Send application/json.',
  },
  signature_invalid: {
    status: 401,
    reason: 'The signature does not match',
    next: 'Sign the raw body with the current secret.',
  },
  locked_out: { status: 429, reason: 'Too many failed attempts', next: 'Wait until the time shown, then try again.' },
  export_quota: {
    status: 429,
    reason: 'Your agency has exported as much as it may in one day',
    next: 'Wait for the time in Retry-After, or look at the page instead.',
  },
  rate_limited: { status: 429, reason: 'Too many requests', next: 'Wait for the time in Retry-After, then try again.' },
  internal: {
    status: 500,
    reason: 'Something went wrong on the server',
    next: 'Try again. If it happens again, send the reference to support.',
  },
  secret_missing: {
    status: 503,
    reason: 'This webhook has no secret configured',
    next: 'Set the secret. Webhooks are rejected until then.',
  },
  unavailable: {
    status: 503,
    reason: 'The server cannot save your request right now',
    next: 'Try again in a moment.',
  },
} as const satisfies Record<string, { readonly status: number } & Omit<Fault, 'code'>>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
