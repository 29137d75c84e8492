import { bytesOf } from '../crypto/index.ts';
import { asWritten, demandHmac, demandWithin, keysOf, objectIn } from './evidence.ts';
import type { SignedRequest } from './scheme.ts';
import { refuse, type Verdict, vouched, type WebhookRequest } from './verdict.ts';

/** The signature is over the payload as it is spelled, before decoding. */
export function verifySignedRequest(scheme: SignedRequest, request: WebhookRequest): Verdict {
  const keys = keysOf(request.secrets, asWritten);
  const [value, ...more] = new URLSearchParams(request.rawBody.toString('latin1')).getAll(scheme.field);
  if (value === undefined || more.length > 0) return refuse('malformed');
  const parts = value.split('.');
  const [signature, payload] = parts.map(part => bytesOf(part, 'base64url') ?? refuse('malformed'));
  if (!signature || !payload || parts.length !== 2) return refuse('malformed');
  demandHmac(keys, Buffer.from(value.slice(value.indexOf('.') + 1)), [signature]);
  const { algorithm, issued_at } = objectIn(payload);
  if (algorithm !== 'HMAC-SHA256') refuse('algorithm');
  if (typeof issued_at !== 'number') return refuse('malformed');
  demandWithin(issued_at, request.now, { past: scheme.maxAgeSeconds, future: scheme.toleranceSeconds });
  return vouched(payload);
}
