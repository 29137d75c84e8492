/**
 * How a provider proves that a delivery is its own, as plain data: a constant of the manifest, read by `verify`. Header names are in lower
 * case, times in seconds.
 */
export type WebhookScheme =
  | HmacBody
  | HmacTimestamped
  | StandardWebhooks
  | JwtRs256
  | JwtHs256
  | SignedRequest
  | SecretUrlToken;

/**
 * HMAC-SHA-256 of the body in one header: Meta (`sha256=` and hex), Razorpay (hex), Shopify (base64). It signs no timestamp, so there is
 * no window to check (WH-03): what guards against replays are the natural keys of the effects (WH-08).
 */
export type HmacBody = {
  readonly kind: 'hmac-body';
  readonly header: string;
  /** What stands before the signature; empty for nothing. */
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64';
};

/**
 * Stripe: `t=<unix seconds>,v1=<hex>`, HMAC-SHA-256 of `<t>.<body>` under the secret as it is written, `whsec_` included. There may be
 * several v1 while a secret is rolled; other versions are ignored, so that nobody can choose a weaker one.
 */
export type HmacTimestamped = {
  readonly kind: 'hmac-timestamped';
  readonly header: string;
  readonly toleranceSeconds: number;
  /** The field of the body that says whether it comes from the live or the test side; null where there is none. */
  readonly liveField: string | null;
};

/** Standard Webhooks 1.0.0, symmetric: `<family>-id`, `-timestamp` and `-signature`, secret in base64 after `whsec_`. */
export type StandardWebhooks = {
  readonly kind: 'standard-webhooks';
  /** The first whose signature is there is read, and nothing of the others. */
  readonly families: readonly ('webhook' | 'svix')[];
  readonly toleranceSeconds: number;
};

/** Where a JSON Web Token travels. One that is the body vouches for it; one in a header says only who calls. */
export type JwtCarrier = 'body' | { readonly header: string; readonly prefix: string };

type Jwt = {
  readonly carrier: JwtCarrier;
  /** Null where the provider does not name itself. */
  readonly issuer: string | null;
  /** `ours`: the id of our app at the provider must be (among) the audience. */
  readonly audience: 'ours' | 'any';
  /** How far `exp`, `iat` and `nbf` may be off. */
  readonly toleranceSeconds: number;
};

/** Wix. The keys are the public ones; the token's own `kid`, `jku`, `jwk` and `x5u` choose nothing. */
export type JwtRs256 = Jwt & { readonly kind: 'jwt-rs256' };

/** Jira: the client secret signs the token, and the address holds a secret of its own. */
export type JwtHs256 = Jwt & {
  readonly kind: 'jwt-hs256';
  /** `sometimes`: a delivery without a token stands on the secret of its address alone; a wrong token is refused all the same. */
  readonly presence: 'always' | 'sometimes';
};

/** Meta's deauthorize and data-deletion calls: a form field with `<signature>.<payload>`, both base64url (WH-14). */
export type SignedRequest = {
  readonly kind: 'signed-request';
  readonly field: string;
  /** How old `issued_at` may be. */
  readonly maxAgeSeconds: number;
  /** How far in the future it may be. */
  readonly toleranceSeconds: number;
};

/**
 * Delhivery, Shiprocket, Instantly: nothing is signed. The address cannot be guessed and a header carries a token that we chose; who knows
 * both may still have changed the body, so it is never more than a hint (WH-06).
 */
export type SecretUrlToken = {
  readonly kind: 'secret-url-token';
  /** The names under which the token may come; exactly one of them. */
  readonly headers: readonly string[];
};
