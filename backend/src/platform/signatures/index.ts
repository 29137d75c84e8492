export type { WebhookScheme } from './scheme.ts';
export type { Fault, Verdict, WebhookRequest } from './verdict.ts';
export { verify } from './verify.ts';
