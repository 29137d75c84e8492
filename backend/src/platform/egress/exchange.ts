import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { EgressError } from './failures.ts';
import type { Headers } from './outcome.ts';

const unzip = promisify(gunzip);

export type Outgoing = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | Uint8Array | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
};

export type Exchange = {
  readonly status: number;
  readonly headers: Headers;
  /** Whole and unpacked, or a word for why it cannot be had. */
  readonly body: Buffer | string;
  readonly bytes: number;
};

/**
 * One request and its reply on the wire, within a time that counts from beginning to end: a reply that drips is cut off. Redirects are not
 * followed. Throws EgressError when there is no reply.
 */
export async function exchange(dispatcher: Dispatcher, outgoing: Outgoing): Promise<Exchange> {
  const stop = new AbortController();
  let end: (reason: string) => void = () => undefined;
  // Beside the signal, so that the time is up even where a library does not hear it.
  const ended = new Promise<never>((_, reject) => {
    end = reason => {
      reject(new EgressError('ambiguous', reason));
      stop.abort();
    };
  });
  const cancel = () => end('cancelled');
  const timer = setTimeout(() => end('timeout'), outgoing.timeoutMs);
  if (outgoing.signal?.aborted) cancel();
  else outgoing.signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([ended, converse(dispatcher, outgoing, stop.signal)]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
    outgoing.signal?.removeEventListener('abort', cancel);
  }
}

async function converse(dispatcher: Dispatcher, outgoing: Outgoing, signal: AbortSignal): Promise<Exchange> {
  const { statusCode, headers, body } = await request(outgoing.url, {
    dispatcher,
    signal,
    method: outgoing.method,
    headers: { 'accept-encoding': 'gzip', 'user-agent': 'Astrix', ...outgoing.headers },
    body: outgoing.body,
    headersTimeout: outgoing.timeoutMs,
    bodyTimeout: outgoing.timeoutMs,
  });
  const flat = flatten(headers);
  const raw = await collect(body, outgoing.maxBytes);
  return {
    status: statusCode,
    headers: flat,
    bytes: raw === null ? outgoing.maxBytes : raw.length,
    body: raw === null ? 'too-large' : await unpack(raw, flat['content-encoding'], outgoing.maxBytes),
  };
}

function failureOf(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  const { code = '' } = error as { code?: string };
  if (code === 'UND_ERR_INVALID_ARG') return new EgressError('refused', 'request');
  return new EgressError('ambiguous', /TIMEOUT/.test(code) ? 'timeout' : 'no-reply');
}

/** Null when there is more than allowed; the rest is not waited for. By events: an iterator costs as much again as the request. */
function collect(body: Readable, maxBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    body.on('data', (part: Buffer) => {
      size += part.length;
      parts.push(part);
      if (size <= maxBytes) return;
      resolve(null);
      body.destroy();
    });
    body.on('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
    body.on('error', reject);
    // Every body closes: an error is made only where nothing was settled before, because making one costs as much as reading the reply.
    body.on('close', () => {
      if (!body.readableEnded) reject(new EgressError('ambiguous', 'no-reply'));
    });
  });
}

/** Gzip or nothing, once, and no larger unpacked than packed: a bomb is put down at the cap. */
async function unpack(raw: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer | string> {
  if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity' || raw.length === 0)
    return raw;
  if (!/^(?:x-)?gzip$/i.test(encoding.trim())) return 'encoding';
  try {
    return await unzip(raw, { maxOutputLength: maxBytes });
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'encoding';
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Headers {
  const flat: Record<string, string> = Object.create(null);
  for (const name in headers) {
    const value = headers[name];
    flat[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return flat;
}
