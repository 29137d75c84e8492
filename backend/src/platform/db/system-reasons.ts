/**
 * Why the system, and not a person, touches tenant data: the one way around the RLS policies of tenants. A test holds which file may use which
 * reason; a new one needs an entry here and there.
 */
export const SYSTEM_REASONS = {
  authenticate: 'find the person, session and access behind a token before any tenant is known',
  'sign-in': 'check a password or a code, and keep the count of failures',
  people: 'change who belongs to an agency in which role, and how they prove themselves',
  'webhook-ingest': 'store what a provider delivered before its tenant is known',
  'webhook-process': 'find the tenant behind a verified provider account and apply the event',
  'send-message': 'carry a queued message to the provider and record the outcome',
  'provider-calls': 'write down which calls were made to providers, for whom',
  connect: 'take in what a provider sends a browser back with, before any session is known',
  connections: 'renew, check and end credentials of connections, and keep their health',
  imports: 'bring what connected accounts hold into the modules that own it, and keep how far that has come',
  switches: 'know in each process what has been switched off',
  'send-mail': 'carry queued mail to the mail server and record the outcome',
  'snooze-wake': 'wake conversations whose time has come',
  'client-end': 'delete a client whose time to be deleted has come, with everything of it',
  'client-retention': 'give what a client keeps the end that was chosen for it',
  'retention-sweep': 'delete what has expired',
  lease: 'decide which process does periodic work',
  operator: 'do what an operator of the installation asked for on its command line',
  'demo-seed': 'make the demo agency in an empty database',
  'vault-keys': 'check, keep and re-wrap the keys that seal credentials',
  telemetry: 'count rows for the monitoring, without reading them',
} as const;

export type SystemReason = keyof typeof SYSTEM_REASONS;
