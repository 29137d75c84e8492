import { z } from 'zod';
import type { DataClass } from './data-classes.ts';
import type { ErrorCode } from './errors.ts';
import { Id } from './fields.ts';

/**
 * Who may call:
 * `public` anyone · `provider` whoever signs the raw body · `session` a signed-in person · `operator` the machine's own monitoring.
 */
export type RouteAuth = 'public' | 'provider' | 'session' | 'operator';

/** Where the tenant comes from: nowhere, the session's agency, or the `clientId` in the path (checked against the session). */
export type RouteScope = 'none' | 'agency' | 'client';

/** What a feature declares of a route. Its id is the feature's name and the route's key; `defineFeature` adds it. */
export type RouteSpec = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly summary: string;
  readonly auth: RouteAuth;
  readonly scope: RouteScope;
  /** One of the permissions that the same feature declares. */
  readonly permission: string | null;
  readonly dataClasses: readonly [DataClass, ...DataClass[]];
  /** Requests a minute for each caller (session, else address). */
  readonly ratePerMinute: number;
  /** Bytes. */
  readonly bodyLimit: number;
  /** `key` requires an Idempotency-Key header (UUID); `natural` means repeating it changes nothing by itself. */
  readonly idempotency: 'natural' | 'key';
  /** Name of the audit event that is written with the effect; null for reads without one. */
  readonly audit: string | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** `raw` and `raw-form` keep the exact bytes for signature checks, of JSON and of a form. */
  readonly bodyKind?: 'json' | 'raw' | 'raw-form';
  readonly reply: z.ZodType;
  readonly replyStatus: 200 | 201 | 202 | 204 | 303;
  /** `redirect` sends a browser on, to the `location` of the reply. */
  readonly replyKind?: 'json' | 'ndjson' | 'events' | 'text' | 'redirect';
  /**
   * The handler reaches beyond the tenant's rows, to a provider or to the facts of a secret. It runs outside of a transaction and opens
   * its own, so that no row lock waits for a network call.
   */
  readonly reaches?: 'provider' | 'vault';
  /**
   * Only for a session that has proved itself within the last five minutes (AU-12): at its sign-in, or by `identity.step-up`. A route of
   * which `mustSayStepUp` is true says it either way.
   */
  readonly stepUp?: boolean;
  /** The window of the console may call it, through main. What carries a session's tokens or streams never does (SH-13). */
  readonly window?: true;
  readonly errors: readonly ErrorCode[];
};

/** What AU-12 names: who may do what, how people prove themselves, and what leaves the agency. */
const SENSITIVE =
  /^(?:membership|invitation|factor|password|recovery|ownership|team|export|reveal|retention|settings)\./;

/** Whether a route must say if it needs a step-up: silence would be a decision that nobody made. */
export const mustSayStepUp = ({ auth, method, audit }: Pick<RouteSpec, 'auth' | 'method' | 'audit'>): boolean =>
  auth === 'session' && method !== 'GET' && audit !== null && SENSITIVE.test(audit);

export type ParamsOf<R extends RouteSpec> = R['params'] extends z.ZodType ? z.output<R['params']> : undefined;
export type QueryOf<R extends RouteSpec> = R['query'] extends z.ZodType ? z.output<R['query']> : undefined;
export type BodyOf<R extends RouteSpec> = R['body'] extends z.ZodType ? z.output<R['body']> : undefined;
export type ReplyOf<R extends RouteSpec> = z.output<R['reply']>;

/** Keeps the literal types of a route that no preset fits. */
export const route = <const R extends RouteSpec>(spec: R): R => spec;

/** What a route adds to a preset: the fields that the preset lacks, and any field that it overrides. */
type Rest<P> = Omit<RouteSpec, keyof P> & Partial<RouteSpec>;
type Merged<P, R> = Omit<P, keyof R> & R;

const preset =
  <const P extends Partial<RouteSpec>>(given: P) =>
  <const R extends Rest<P>>(rest: R): Merged<P, R> => ({ ...given, ...rest });

const reads = { method: 'GET', bodyLimit: 0, idempotency: 'natural', audit: null, replyStatus: 200 } as const;

/** Reads rows of one client. */
export const clientRead = preset({
  ...reads,
  auth: 'session',
  scope: 'client',
  ratePerMinute: 300,
  params: z.strictObject({ clientId: Id }),
  errors: ['not_found'],
});

/** Changes something of one client; the caller names an idempotency key, so that it can wait in an outbox and be repeated. */
export const clientWrite = preset({
  auth: 'session',
  scope: 'client',
  ratePerMinute: 300,
  bodyLimit: 16_384,
  idempotency: 'key',
  replyStatus: 200,
  errors: ['not_found', 'idempotency_mismatch'],
});

/** Changes something of one client, where repeating the request changes nothing by itself. */
export const clientChange = preset({
  auth: 'session',
  scope: 'client',
  ratePerMinute: 60,
  bodyLimit: 32_768,
  idempotency: 'natural',
  replyStatus: 200,
  errors: ['not_found'],
});

/** Reads what belongs to the whole agency. */
export const agencyRead = preset({ ...reads, auth: 'session', scope: 'agency', ratePerMinute: 120, errors: [] });

/** Changes what belongs to the whole agency or to the session itself. */
export const agencyChange = preset({
  auth: 'session',
  scope: 'agency',
  ratePerMinute: 60,
  bodyLimit: 1024,
  idempotency: 'natural',
  replyStatus: 200,
  errors: [],
});

/** Answers anyone, without a session. */
export const publicRead = preset({ ...reads, auth: 'public', scope: 'none', permission: null });

/** Takes a body from anyone, without a session. */
export const publicChange = preset({
  method: 'POST',
  auth: 'public',
  scope: 'none',
  permission: null,
  bodyLimit: 4096,
  idempotency: 'natural',
  replyStatus: 200,
});

export const PROVIDER_CALL_ERRORS = [
  'signature_invalid',
  'secret_missing',
  'payload_too_large',
  'unsupported_media_type',
  'invalid_request',
  'unavailable',
] as const;

/** Takes what a provider signs. */
export const providerCall = preset({
  method: 'POST',
  auth: 'provider',
  scope: 'none',
  permission: null,
  bodyKind: 'raw',
  idempotency: 'natural',
  audit: null,
  reply: z.strictObject({ received: z.literal(true) }),
  replyStatus: 200,
  errors: PROVIDER_CALL_ERRORS,
});
