import type { Parameters, Query } from './build-url.ts';
import { refuse } from './failures.ts';
import type { Effect, Explain } from './judge.ts';
import type { Connection } from './ledger.ts';
import type { Headers } from './outcome.ts';
import type { Reader } from './reader.ts';

export type Body =
  | { readonly json: unknown }
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly bytes: Uint8Array; readonly contentType: string };

/** A call as a provider's client names it. There is no place for a URL: hosts and paths are constants, the rest are values. */
export type CallRequest<T> = {
  readonly provider: string;
  /** What it is for, as the manifest calls it: `messaging`, `shipments` … */
  readonly capability: string;
  readonly connection: Connection;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** One of the manifest's hosts; the first one without it. */
  readonly host?: string;
  /** Fills the `{part}` of such a host. */
  readonly hostPart?: string;
  readonly path: string;
  readonly parameters?: Parameters;
  readonly query?: Query;
  readonly headers?: Headers;
  readonly body?: Body;
  readonly effect: Effect;
  readonly reply: Reader<T>;
  /** The provider's own error body, in ours. Pure; asked for every failure, and for a 200 that is JSON. */
  readonly explain?: Explain;
  /** The class of cost in the manifest's budget. */
  readonly cost?: string;
  /** One attempt, from beginning to end. */
  readonly timeoutMs: number;
  /** Everything, waiting and further attempts included; nothing begins that could end later. Twice the time of an attempt without it. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** It gives access back: no switch holds that up. */
  readonly ending?: boolean;
};

/** These are ours to say: they decide where a request goes and how it ends. */
const OURS =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|accept-encoding|cookie|proxy-.*|x-forwarded-.*|forwarded|x-http-method.*)$/i;

const NAME = /^[A-Za-z0-9-]{1,100}$/;
/** Printable, and nothing that ends a line. Checked here because undici, given one bad value, loses track of its connection. */
const VALUE = /^[\t\u0020-\u007e\u00a0-\u00ff]{0,8192}$/;

export function headersOf(given: Headers, accept: string, body: Body | undefined): Headers {
  for (const [name, value] of Object.entries(given))
    if (!NAME.test(name) || OURS.test(name) || !VALUE.test(value)) refuse('header');
  return { accept, ...typeOf(body), ...given };
}

function typeOf(body: Body | undefined): Headers {
  if (body === undefined) return {};
  if ('json' in body) return { 'content-type': 'application/json' };
  return { 'content-type': 'form' in body ? 'application/x-www-form-urlencoded' : body.contentType };
}

export function bytesOf(body: Body | undefined): string | Uint8Array | null {
  if (body === undefined) return null;
  if ('json' in body) return JSON.stringify(body.json) ?? refuse('body');
  return 'form' in body ? new URLSearchParams(body.form).toString() : body.bytes;
}
