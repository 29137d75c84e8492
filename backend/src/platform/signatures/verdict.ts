import type { Secret } from '../../kernel/secret.ts';

/** A delivery as it arrived, and what we hold to judge it by. */
export type WebhookRequest = {
  readonly rawBody: Buffer;
  /** Names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Every live secret of the endpoint, two during a rotation (WH-05). For RS256 the public keys, for unsigned deliveries the tokens. */
  readonly secrets: readonly Secret[];
  readonly now: Date;
  /** The secret part of the address that was called, and the live ones. */
  readonly urlToken?: string;
  readonly urlSecrets?: readonly Secret[];
  /** The id of our app at the provider, where the scheme's audience is `ours`. */
  readonly audience?: string;
  /** Whether the endpoint belongs to the live side, where the scheme has a `liveField`. */
  readonly live?: boolean;
};

/** For the log and the metrics; the caller of a webhook learns only that it was refused. */
export type Fault =
  /** A secret or setting of ours that the scheme needs is not there: answered with 503 and an alert, never skipped (WH-04). */
  | 'secret_missing'
  | 'header_missing'
  | 'header_repeated'
  | 'malformed'
  | 'algorithm'
  | 'signature'
  | 'too_old'
  | 'too_new'
  | 'issuer'
  | 'audience'
  | 'address'
  | 'other_mode';

/**
 * `content` are the bytes that the signature vouches for; nothing else of the request may be believed. `hint` is the body of a delivery
 * that anyone who saw one could have changed: it may make us ask the provider for the truth, and nothing more (WH-06).
 */
export type Verdict =
  | { readonly ok: true; readonly verified: true; readonly content: Buffer }
  | { readonly ok: true; readonly verified: false; readonly hint: Buffer }
  | { readonly ok: false; readonly fault: Fault };

export const vouched = (content: Buffer): Verdict => ({ ok: true, verified: true, content });
export const hinted = (hint: Buffer): Verdict => ({ ok: true, verified: false, hint });

/** Ends a verification from the inside; `verify` turns it into a verdict. */
export class Refused extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault);
    this.name = 'Refused';
    this.fault = fault;
  }
}

export function refuse(fault: Fault): never {
  throw new Refused(fault);
}
