import { verifyHmacBody, verifyHmacTimestamped, verifyStandardWebhooks } from './hmac.ts';
import { verifyJwtHs256, verifyJwtRs256 } from './jwt.ts';
import type { WebhookScheme } from './scheme.ts';
import { verifySignedRequest } from './signed-request.ts';
import { verifySecretUrlToken } from './unsigned.ts';
import { Refused, type Verdict, type WebhookRequest } from './verdict.ts';

/**
 * Whether a delivery is the provider's, judged on the bytes that arrived before anything is parsed (WH-01). Never throws for what a
 * stranger sent. Without a usable secret the fault is `secret_missing`, whatever was sent (WH-04).
 */
export function verify(scheme: WebhookScheme, request: WebhookRequest): Verdict {
  try {
    return judge(scheme, request);
  } catch (error) {
    if (error instanceof Refused) return { ok: false, fault: error.fault };
    throw error;
  }
}

function judge(scheme: WebhookScheme, request: WebhookRequest): Verdict {
  switch (scheme.kind) {
    case 'hmac-body':
      return verifyHmacBody(scheme, request);
    case 'hmac-timestamped':
      return verifyHmacTimestamped(scheme, request);
    case 'standard-webhooks':
      return verifyStandardWebhooks(scheme, request);
    case 'jwt-rs256':
      return verifyJwtRs256(scheme, request);
    case 'jwt-hs256':
      return verifyJwtHs256(scheme, request);
    case 'signed-request':
      return verifySignedRequest(scheme, request);
    case 'secret-url-token':
      return verifySecretUrlToken(scheme, request);
  }
}
