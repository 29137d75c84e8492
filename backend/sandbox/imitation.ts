import type { ProviderId } from '@astrix/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Things } from './things.ts';

/** Tokens that the sandbox has given out. A family begins with one consent; using a rotated refresh token again ends all of it. */
export type Granted = {
  readonly provider: ProviderId;
  readonly family: string;
  readonly scopes: readonly string[];
  readonly extras: Readonly<Record<string, string>>;
};

export type Issued = {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the access token. */
  readonly expiresIn: number;
  readonly granted: Granted;
};

/** What an imitation of a provider stands on. */
export type Stage = {
  readonly now: () => Date;
  /** Who a bearer token belongs to; null when it is unknown, over or revoked. */
  readonly grantOf: (accessToken: string | undefined) => Granted | null;
  /** New tokens in the same family; for exchanges that are not by the book. */
  readonly issue: (granted: Granted, accessSeconds?: number) => Issued;
  /** Ends a family, as a person does under «connected apps» or a revocation endpoint. True when there was one. */
  readonly revoke: (token: string) => boolean;
  /** A code of the consent page, used up by this; null when it is unknown, over, used, or its verifier does not match. */
  readonly redeem: (
    code: string,
    given: { readonly redirectUri?: string | undefined; readonly verifier?: string | undefined },
  ) => Granted | null;
  /** A refresh token exchanged by the book: rotation and reuse as the manifest says. Null: invalid_grant. */
  readonly renew: (refreshToken: string, provider: ProviderId) => Issued | null;
  /** What it has, and what was written to it. */
  readonly things: Things;
  /** Something that the provider really did, for tests and for the page to compare with. */
  readonly note: (provider: ProviderId, what: string, detail?: Readonly<Record<string, unknown>>) => void;
};

/**
 * One provider on loopback, in its official shapes. A file in `providers/` that exports `imitation` is found by itself. Requests arrive with
 * the provider's own host name in their Host header, so routes are kept apart by `constraints: { host }`. Consent, token, refresh and revoke
 * by the book come from the manifest; only what a provider does in its own way is served here.
 */
export type Imitation = {
  readonly provider: ProviderId;
  readonly serve: (app: FastifyInstance, stage: Stage) => void;
  /** What comes back beside the code, such as `selling_partner_id`. */
  readonly callbackExtras?: Readonly<Record<string, string>>;
  /** Serves its own token endpoint; the one by the book is left out. */
  readonly ownTokens?: boolean;
  /** Values of the manifest's form that are accepted, of one account and of another where there are several. */
  readonly forms?: readonly Readonly<Record<string, string>>[];
  /** What its reads that want to be asked something can be asked. */
  readonly find?: string;
  /** For a person who connects by hand: which key works, what is there to see. */
  readonly hint: string;
};

/** The token behind `Authorization: Bearer …`. */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];

export type Answer = (reply: FastifyReply) => FastifyReply;
