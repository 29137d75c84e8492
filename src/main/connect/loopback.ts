import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { PAGE_HEADERS, page } from './page.ts';

/** What came back from the browser: the receipt of a grant, or why there is none. */
export type Arrival =
  | { readonly kind: 'receipt'; readonly receipt: string }
  | { readonly kind: 'error'; readonly code: string };

export type Loopback = {
  /** 1024 to 65,535, chosen by the system. */
  readonly port: number;
  /** Says which attempt is waited for; before that every request is refused. `onArrival` is called at most once. */
  readonly expect: (attemptId: string, onArrival: (arrival: Arrival) => void) => void;
  readonly close: () => void;
};

const MAX_HEADER_BYTES = 4096;
const PATIENCE_MS = 5000;

/** Exactly these parameters, each once: a request with anything else was not made by our server. */
const Query = z.union([
  z.strictObject({ attempt: z.uuid(), receipt: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  z.strictObject({ attempt: z.uuid(), error: z.string().regex(/^[a-z][a-z_-]{0,59}$/) }),
]);

const same = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/**
 * Listens on 127.0.0.1 for the one visit with which a browser on this machine brings the receipt of an attempt (VT-08, RFC 8252 §7.3). Whoever
 * consents on another machine reaches nobody here. Anything but that visit is refused without a word about why.
 */
export async function openLoopback(): Promise<Loopback> {
  let waiting: { readonly attemptId: string; readonly onArrival: (arrival: Arrival) => void } | null = null;

  function arrivalOf(request: IncomingMessage): Arrival | null {
    if (waiting === null || request.headers.host !== `127.0.0.1:${port}`) return null;
    // A page that fetches, frames or embeds this address is not a person who was sent back here.
    if ((request.headers['sec-fetch-dest'] ?? 'document') !== 'document') return null;
    const url = request.url ?? '';
    if (!url.startsWith('/connect?')) return null;
    const given = [...new URLSearchParams(url.slice('/connect?'.length))];
    const query = Object.fromEntries(given);
    const parsed = Query.safeParse(query);
    if (!parsed.success || given.length !== Object.keys(query).length) return null;
    if (!same(parsed.data.attempt, waiting.attemptId)) return null;
    return 'receipt' in parsed.data
      ? { kind: 'receipt', receipt: parsed.data.receipt }
      : { kind: 'error', code: parsed.data.error };
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const arrival = request.method === 'GET' ? arrivalOf(request) : null;
    if (arrival === null || waiting === null) {
      if (request.method === 'GET') send(response, 404, 'There is nothing here', '');
      else send(response, 405, 'This address takes no such request', '');
      return;
    }
    const { onArrival } = waiting;
    waiting = null;
    response.once('close', close);
    if (arrival.kind === 'receipt')
      send(
        response,
        200,
        'Go back to Astrix Console',
        'It asks you there which account to connect. You can close this tab.',
      );
    else if (arrival.code === 'declined')
      send(
        response,
        200,
        'Go back to Astrix Console',
        'Access was not allowed, so nothing was connected. You can close this tab.',
      );
    else
      send(
        response,
        200,
        'Go back to Astrix Console',
        'This did not work, and nothing was connected. The console says why. You can close this tab.',
      );
    onArrival(arrival);
  }

  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS, keepAlive: false },
    answer,
  );
  server.maxConnections = 16;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  function close(): void {
    waiting = null;
    server.close();
    server.closeAllConnections();
  }
  return {
    port,
    close,
    expect(attemptId, onArrival) {
      waiting = { attemptId, onArrival };
    },
  };
}

function send(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, ...(status === 405 ? { allow: 'GET' } : {}) }).end(page(title, text));
}
