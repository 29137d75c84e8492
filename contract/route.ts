import type { z } from 'zod';
import type { DataClass } from './data-classes.ts';
import type { ErrorCode } from './errors.ts';
import type { Permission } from './roles.ts';

/**
 * Who may call:
 * `public` anyone · `provider` whoever signs the raw body · `session` a signed-in person · `operator` the machine's own monitoring.
 */
export type RouteAuth = 'public' | 'provider' | 'session' | 'operator';

/** Where the tenant comes from: nowhere, the session's agency, or the `clientId` in the path (checked against the session). */
export type RouteScope = 'none' | 'agency' | 'client';

/** Everything a route must say about itself; the backend refuses to boot with one that does not (AZ-01). */
export type RouteDefinition = {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly summary: string;
  readonly auth: RouteAuth;
  readonly scope: RouteScope;
  readonly permission: Permission | null;
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
   * The handler reaches beyond the tenant's rows, to a provider or to the facts of a secret: it runs outside of a transaction and opens its
   * own, so that nobody's rows wait for a network.
   */
  readonly reaches?: 'provider' | 'vault';
  readonly errors: readonly ErrorCode[];
};

/** Keeps the literal types of a definition, so that handlers and the SDK are typed from it. */
export function defineRoute<const R extends RouteDefinition>(route: R): R {
  return route;
}

export type ParamsOf<R extends RouteDefinition> = R['params'] extends z.ZodType ? z.output<R['params']> : undefined;
export type QueryOf<R extends RouteDefinition> = R['query'] extends z.ZodType ? z.output<R['query']> : undefined;
export type BodyOf<R extends RouteDefinition> = R['body'] extends z.ZodType ? z.output<R['body']> : undefined;
export type ReplyOf<R extends RouteDefinition> = z.output<R['reply']>;
