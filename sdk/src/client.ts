import {
  LiveEvent,
  lenient,
  Problem,
  type ReplyOf,
  ROUTES,
  type RouteDefinition,
  type RouteName,
  type Routes,
  SyncLine,
} from '@astrix/contract';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { z } from 'zod';
import { type Failure, type Refused, SdkError, unreached } from './errors.ts';
import { LineTooLong, readLines } from './lines.ts';

type InputOf<R, K extends string> = R extends { readonly [P in K]: z.ZodType } ? z.input<R[K]> : never;
type Part<R, K extends string> = [InputOf<R, K>] extends [never]
  ? { readonly [P in K]?: undefined }
  : { readonly [P in K]: InputOf<R, K> };
type OptionalQuery<R> = [InputOf<R, 'query'>] extends [never]
  ? { readonly query?: undefined }
  : { readonly query?: InputOf<R, 'query'> };

/** What a route takes: path and body as the contract says, a key where the contract asks for one. */
export type CallInput<N extends RouteName> = Part<Routes[N], 'params'> &
  Part<Routes[N], 'body'> &
  OptionalQuery<Routes[N]> &
  (Routes[N] extends { idempotency: 'key' }
    ? { readonly idempotencyKey: string }
    : { readonly idempotencyKey?: undefined }) & {
    readonly signal?: AbortSignal;
  };

export type CallResult<N extends RouteName> = { readonly ok: true; readonly value: ReplyOf<Routes[N]> } | Failure;

export type SyncInput = {
  readonly since?: string | undefined;
  /** Ids of clients that are new to this console and must be sent whole. */
  readonly backfill?: readonly string[];
  /** The collections that this console keeps. Without names the server sends those of the first version. */
  readonly collections?: readonly string[];
  /** Those of them that are new to this console and must be sent whole. */
  readonly backfillCollections?: readonly string[];
  readonly signal?: AbortSignal;
};

export type AstrixClient = {
  /**
   * Never throws. Replies are checked against the contract. Keys that this version does not know are dropped (F-22); a reply that does
   * not fit otherwise is `not-astrix`.
   */
  readonly call: <N extends RouteName>(name: N, input: CallInput<N>) => Promise<CallResult<N>>;
  /**
   * Lines of a pull; ends after `end`. Lines of a kind that this version does not know are left out. Throws SdkError, also when the
   * stream is cut before `end`.
   */
  readonly sync: (input: SyncInput) => AsyncGenerator<SyncLine>;
  /** Events until the stream ends. Throws SdkError when it cannot be opened or breaks. */
  readonly live: (input: { readonly signal?: AbortSignal }) => AsyncGenerator<LiveEvent>;
};

export type ClientOptions = {
  readonly baseUrl: string;
  /** Asked before each call of a signed-in route; null sends none and lets the server refuse. */
  readonly accessToken: () => Promise<string | null>;
  readonly fetch?: typeof fetch;
  readonly userAgent?: string;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 15_000;
/** A reply larger than this is not one of ours. */
const MAX_REPLY_BYTES = 8 * 1_048_576;

/** A client typed from the contract's routes. No generated code, no retries of its own: the caller knows what may be repeated. */
export function createClient(options: ClientOptions): AstrixClient {
  const http = options.fetch ?? fetch;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;

  async function headersFor(route: RouteDefinition): Promise<Record<string, string>> {
    const token = route.auth === 'session' ? await options.accessToken() : null;
    return {
      accept: 'application/json',
      ...(options.userAgent ? { 'user-agent': options.userAgent } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
  }

  async function open(route: RouteDefinition, url: string, signal: AbortSignal | undefined): Promise<Response> {
    const starting = new AbortController();
    const timer = setTimeout(() => starting.abort(), timeoutMs);
    const both = signal ? AbortSignal.any([signal, starting.signal]) : starting.signal;
    try {
      const response = await http(url, { headers: await headersFor(route), signal: both, redirect: 'manual' });
      if (response.status === 200) return response;
      throw new SdkError(await readRefusal(response));
    } catch (error) {
      if (error instanceof SdkError) throw error;
      throw new SdkError(unreached(error, starting.signal.aborted, signal?.aborted === true));
    } finally {
      clearTimeout(timer);
    }
  }

  /** A server of the first version refuses parameters that it does not know; it sends its own collections to anyone. */
  async function openPull({ since, backfill, collections, backfillCollections, signal }: SyncInput): Promise<Response> {
    const plain = { ...(since ? { since } : {}), ...listed('backfill', backfill) };
    const named = { ...listed('collections', collections), ...listed('backfillCollections', backfillCollections) };
    const pull = (query: Record<string, string>) =>
      open(ROUTES['sync.pull'], addressOf(options.baseUrl, ROUTES['sync.pull'], undefined, query), signal);
    try {
      return await pull({ ...plain, ...named });
    } catch (error) {
      const code = error instanceof SdkError && error.failure.kind === 'problem' ? error.failure.problem.code : null;
      if (code !== 'invalid_request' || Object.keys(named).length === 0) throw error;
      return pull(plain);
    }
  }

  return {
    async call(name, input) {
      const route: RouteDefinition = ROUTES[name];
      const timeout = AbortSignal.timeout(timeoutMs);
      const signal = input.signal ? AbortSignal.any([input.signal, timeout]) : timeout;
      try {
        const response = await http(addressOf(options.baseUrl, route, input.params, input.query), {
          method: route.method,
          // Our server never redirects; a network that wants a sign-in does, and the token must not follow it there.
          redirect: 'manual',
          signal,
          headers: {
            ...(await headersFor(route)),
            ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
          },
          ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
        });
        if (response.status !== route.replyStatus) return await readRefusal(response);
        return (await readReply(route, response)) as CallResult<typeof name>;
      } catch (error) {
        if (error instanceof SdkError) return error.failure;
        return unreached(error, timeout.aborted, input.signal?.aborted === true);
      }
    },

    async *sync(input) {
      const { signal } = input;
      const response = await openPull(input);
      demandType(response, 'application/x-ndjson');
      try {
        for await (const line of readLines(response)) {
          const read = readSyncLine(JSON.parse(line));
          if (read === null) continue;
          yield read;
          if (read.t === 'end') return;
        }
      } catch (error) {
        if (error instanceof SdkError) throw error;
        if (error instanceof SyntaxError || error instanceof LineTooLong)
          throw new SdkError(notAstrix('The sync stream is not JSON in lines.'));
        throw new SdkError(unreached(error, false, signal?.aborted === true));
      }
      throw new SdkError({ ok: false, kind: 'network', message: 'The sync stream was cut before its end.' });
    },

    async *live({ signal }) {
      const response = await open(
        ROUTES['sync.live'],
        addressOf(options.baseUrl, ROUTES['sync.live'], undefined, undefined),
        signal,
      );
      demandType(response, 'text/event-stream');
      if (!response.body) throw new SdkError(notAstrix('The live stream has no body.'));
      try {
        const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
        for await (const { event, data } of events) {
          const parsed = lenient(LiveEvent).safeParse({ event, data: JSON.parse(data) });
          // A newer server may say more than this client knows.
          if (parsed.success) yield parsed.data;
        }
      } catch (error) {
        if (error instanceof SyntaxError) throw new SdkError(notAstrix('The live stream is not JSON.'));
        throw new SdkError(unreached(error, false, signal?.aborted === true));
      }
    },
  };
}

/** A comma-separated query parameter; none for an empty list. */
const listed = (name: string, values: readonly string[] | undefined): Record<string, string> =>
  values && values.length > 0 ? { [name]: values.join(',') } : {};

const LINE_KINDS: ReadonlySet<unknown> = new Set(SyncLine.options.map(({ shape }) => shape.t.value));

/** Null for a kind of line that a newer server has and this version does not know. */
function readSyncLine(line: unknown): SyncLine | null {
  const kind = typeof line === 'object' && line !== null && 't' in line ? line.t : undefined;
  if (typeof kind === 'string' && !LINE_KINDS.has(kind)) return null;
  const parsed = lenient(SyncLine).safeParse(line);
  if (!parsed.success) throw new SdkError(notAstrix('The sync stream holds a line that is not in the contract.'));
  return parsed.data;
}

const notAstrix = (message: string): Failure => ({ ok: false, kind: 'not-astrix', message });

function addressOf(baseUrl: string, route: RouteDefinition, params: unknown, query: unknown): string {
  const path = route.path.replaceAll(/:([a-zA-Z]+)/g, (_, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown>)?.[name] ?? '')),
  );
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries((query as Record<string, unknown>) ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url.href;
}

const typeOf = (response: Response) =>
  (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

function demandType(response: Response, type: string): void {
  if (typeOf(response) !== type)
    throw new SdkError(notAstrix('Something else than the Astrix server answers at this address.'));
}

async function readReply(route: RouteDefinition, response: Response): Promise<{ ok: true; value: unknown } | Failure> {
  if (route.replyStatus === 204) return { ok: true, value: null };
  const text = await readText(response);
  if (route.replyKind === 'text') return { ok: true, value: text };
  if (typeOf(response) !== 'application/json')
    return notAstrix('Something else than the Astrix server answers at this address.');
  const parsed = lenient(route.reply).safeParse(parseOrNull(text));
  return parsed.success
    ? { ok: true, value: parsed.data }
    : notAstrix('The server answered in a shape that this version does not know.');
}

async function readRefusal(response: Response): Promise<Refused | Failure> {
  if (typeOf(response) !== 'application/problem+json') {
    await response.body?.cancel();
    return notAstrix(`Something else than the Astrix server answers at this address (status ${response.status}).`);
  }
  const parsed = Problem.safeParse(parseOrNull(await readText(response)));
  return parsed.success
    ? { ok: false, kind: 'problem', problem: parsed.data }
    : notAstrix('The server refused in a shape that this version does not know.');
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_REPLY_BYTES) throw new SdkError(notAstrix('The server answered more than any answer of ours.'));
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
