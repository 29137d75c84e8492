import { asWritten, demandUrlToken, headerOf, isOneOf, keysOf } from './evidence.ts';
import type { SecretUrlToken } from './scheme.ts';
import { hinted, refuse, type Verdict, type WebhookRequest } from './verdict.ts';

export function verifySecretUrlToken(scheme: SecretUrlToken, request: WebhookRequest): Verdict {
  const tokens = keysOf(request.secrets, asWritten);
  demandUrlToken(request);
  const [name, ...more] = scheme.headers.filter(header => request.headers[header] !== undefined);
  if (name === undefined) return refuse('header_missing');
  if (more.length > 0) refuse('header_repeated');
  if (!isOneOf(headerOf(request.headers, name), tokens)) refuse('signature');
  return hinted(request.rawBody);
}
