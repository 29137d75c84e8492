import { bytesOf, readRsaKey, rs256Holds } from '../crypto/index.ts';
import { asWritten, demandHmac, demandUrlToken, demandWithin, headerOf, keysOf, objectIn } from './evidence.ts';
import type { JwtCarrier, JwtHs256, JwtRs256 } from './scheme.ts';
import { hinted, refuse, type Verdict, vouched, type WebhookRequest } from './verdict.ts';

export function verifyJwtRs256(scheme: JwtRs256, request: WebhookRequest): Verdict {
  const keys = keysOf(request.secrets, readRsaKey);
  return verifyJwt(scheme, request, {
    algorithm: 'RS256',
    demand(data, signature) {
      let holds = false;
      for (const key of keys) holds = rs256Holds(key, data, signature) || holds;
      if (!holds) refuse('signature');
    },
  });
}

export function verifyJwtHs256(scheme: JwtHs256, request: WebhookRequest): Verdict {
  const keys = keysOf(request.secrets, asWritten);
  demandUrlToken(request);
  if (
    scheme.presence === 'sometimes' &&
    scheme.carrier !== 'body' &&
    request.headers[scheme.carrier.header] === undefined
  )
    return hinted(request.rawBody);
  return verifyJwt(scheme, request, {
    algorithm: 'HS256',
    demand: (data, signature) => demandHmac(keys, data, [signature]),
  });
}

/** The algorithm is ours to name: the token's `alg` must say the same, and nothing else of its header chooses anything (RFC 8725 §3.1). */
type Signer = { readonly algorithm: string; readonly demand: (data: Buffer, signature: Buffer) => void };

function verifyJwt(scheme: JwtRs256 | JwtHs256, request: WebhookRequest, signer: Signer): Verdict {
  if (scheme.audience === 'ours' && !request.audience) refuse('secret_missing');
  const token = tokenIn(scheme.carrier, request);
  const parts = token.split('.');
  const [head, payload, signature] = parts.map(part => bytesOf(part, 'base64url') ?? refuse('malformed'));
  if (!head || !payload || !signature || parts.length !== 3) return refuse('malformed');
  const header = objectIn(head);
  // Extensions that must be understood are not (RFC 7515 §4.1.11).
  if (header.alg !== signer.algorithm || 'crit' in header) refuse('algorithm');
  signer.demand(Buffer.from(token.slice(0, token.lastIndexOf('.'))), signature);
  demandClaims(scheme, objectIn(payload), request);
  return scheme.carrier === 'body' ? vouched(payload) : hinted(request.rawBody);
}

function tokenIn(carrier: JwtCarrier, request: WebhookRequest): string {
  if (carrier === 'body') return request.rawBody.toString('latin1');
  const header = headerOf(request.headers, carrier.header);
  return header.startsWith(carrier.prefix) ? header.slice(carrier.prefix.length) : refuse('malformed');
}

type Claims = Readonly<Record<string, unknown>>;

function demandClaims(scheme: JwtRs256 | JwtHs256, claims: Claims, { now, audience }: WebhookRequest): void {
  const { toleranceSeconds } = scheme;
  demandWithin(numericDate(claims.exp), now, { past: toleranceSeconds, future: Number.POSITIVE_INFINITY });
  for (const from of [claims.iat, claims.nbf ?? claims.iat])
    demandWithin(numericDate(from), now, { past: Number.POSITIVE_INFINITY, future: toleranceSeconds });
  if (scheme.issuer !== null && claims.iss !== scheme.issuer) refuse('issuer');
  const heard = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (scheme.audience === 'ours' && !heard.includes(audience)) refuse('audience');
}

const numericDate = (claim: unknown): number => (typeof claim === 'number' ? claim : refuse('malformed'));
