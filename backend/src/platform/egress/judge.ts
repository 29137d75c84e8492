import { parseStrictly } from '../../kernel/strict-json.ts';
import { withoutNulls } from '../../kernel/without-nulls.ts';
import type { Exchange } from './exchange.ts';
import type { EgressError } from './failures.ts';
import { type Failed, type Headers, type Judgement, type Outcome, retryLater } from './outcome.ts';
import type { Read, Reader } from './reader.ts';
import { retryAfterSeconds } from './retry-after.ts';

/**
 * `read` changes nothing. `idempotent-write` has the same effect however often it is asked: a PUT, a DELETE, or a request with the
 * provider's idempotency key. `write` is everything else, and is never repeated here.
 */
export type Effect = 'read' | 'write' | 'idempotent-write';

/** `body` is JSON without its keys of null, or for a failure the beginning of its text where it is none: a gateway in front of the provider speaks HTML. */
export type Explain = (body: unknown, status: number, headers: Headers) => Judgement | null;

const TEXT_BYTES = 4096;

/** Turns a reply into its outcome. A 429 or 5xx is never `permanent`: «too many» and «out of order» do not mean «not there» (EG-03). */
export function judgeReply<T>(
  reply: Exchange,
  request: { readonly effect: Effect; readonly reply: Reader<T>; readonly explain?: Explain },
  now: Date,
): Outcome<T> {
  try {
    return judged(reply, request, now);
  } catch {
    // A schema or an explanation of ours that throws: the provider has answered all the same.
    return unusable(reply.status, request.effect, 'adapter');
  }
}

function judged<T>(
  reply: Exchange,
  {
    effect,
    reply: reader,
    explain,
  }: { readonly effect: Effect; readonly reply: Reader<T>; readonly explain?: Explain },
  now: Date,
): Outcome<T> {
  const { status } = reply;
  const taken = status >= 200 && status < 300;
  const read = taken ? readBody(reply, reader) : null;
  const explained = explain ? explanationOf(reply, read, explain) : null;
  const afterSeconds = retryAfterSeconds(reply.headers['retry-after'], now);
  if (explained?.kind === 'retry')
    return { kind: 'retry', status, reason: explained.reason, afterSeconds: explained.afterSeconds ?? afterSeconds };
  if (status === 429) return { kind: 'retry', status, reason: 'rate-limited', afterSeconds };
  if (status >= 500 || status === 408) {
    if (effect === 'write') return { kind: 'ambiguous', status, reason: 'unexplained-error' };
    return { kind: 'retry', status, reason: 'provider-error', afterSeconds };
  }
  if (explained) return { ...explained, status };
  if (status === 401) return { kind: 'reauth', status, code: 'http-401', reason: 'the credential is not accepted' };
  if (status >= 400) return { kind: 'permanent', status, code: `http-${status}`, reason: `status ${status}` };
  if (status >= 300) return { kind: 'permanent', status, code: 'redirect', reason: 'the provider points elsewhere' };
  if (read === null) return unusable(status, effect, 'status');
  if ('data' in read) return { kind: 'ok', status, data: read.data, headers: reply.headers, bytes: reply.bytes };
  return unusable(status, effect, read.fault);
}

/** A write was taken, and what it led to cannot be read. */
const unusable = (status: number, effect: Effect, reason: string): Failed =>
  effect === 'write' ? { kind: 'ambiguous', status, reason } : { kind: 'malformed', status, reason, stale: true };

/** Without a reply. What may not be repeated stays ambiguous; anything else can be asked again. */
export function judgeSilence(error: EgressError, effect: Effect): Failed {
  if (error.kind === 'refused') return { kind: 'refused', reason: error.reason };
  if (error.kind === 'ambiguous' && effect === 'write')
    return { kind: 'ambiguous', status: null, reason: error.reason };
  if (error.reason === 'cancelled' && effect === 'read') return { kind: 'refused', reason: 'cancelled' };
  return retryLater(error.reason, null);
}

const readBody = <T>(reply: Exchange, reader: Reader<T>): Read<T> =>
  typeof reply.body === 'string' ? { fault: reply.body } : reader.read(reply.body, reply.headers['content-type'] ?? '');

/** What the provider says about a failure, also inside of a 200. */
function explanationOf(reply: Exchange, read: Read<unknown> | null, explain: Explain): Judgement | null {
  if (read !== null)
    return read.raw === undefined ? null : explain(withoutNulls(read.raw), reply.status, reply.headers);
  if (typeof reply.body === 'string') return null;
  const parsed = parseStrictly(reply.body);
  const body = 'value' in parsed ? withoutNulls(parsed.value) : reply.body.toString('utf8', 0, TEXT_BYTES);
  return explain(body, reply.status, reply.headers);
}
