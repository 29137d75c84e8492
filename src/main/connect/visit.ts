import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PAGE_HEADERS, page } from './page.ts';

/** What one visit of a browser may bring. */
export type VisitRules<A> = {
  readonly path: `/${string}`;
  /** What the parameters say, each of which is there once; null for a visit that is not the one that is waited for. */
  readonly read: (query: Readonly<Record<string, string>>) => A | null;
  /** What the browser shows then: a title and a sentence. */
  readonly words: (arrival: A) => readonly [title: string, text: string];
  /** Called at most once. */
  readonly onArrival: (arrival: A) => void;
};

export type VisitListener = {
  /** 1024 to 65,535, chosen by the system. */
  readonly port: number;
  /** Says what is waited for; before that every request is refused. */
  readonly expect: <A>(rules: VisitRules<A>) => void;
  readonly close: () => void;
};

const MAX_HEADER_BYTES = 4096;
const PATIENCE_MS = 5000;

/**
 * Listens on 127.0.0.1 for one visit of a browser on this machine (RFC 8252 §7.3). Anything but that visit is refused without a word about
 * why: another path, another `Host` (DNS rebinding), a page that fetches or frames, a parameter more or less, a second visit.
 */
export async function openVisitListener(): Promise<VisitListener> {
  let waiting:
    | ((request: IncomingMessage) => { readonly said: readonly [string, string]; readonly go: () => void } | null)
    | null = null;

  const queryOf = (request: IncomingMessage, path: string): Record<string, string> | null => {
    if (request.headers.host !== `127.0.0.1:${port}`) return null;
    // A page that fetches, frames or embeds this address is not a person who was sent back here.
    if ((request.headers['sec-fetch-dest'] ?? 'document') !== 'document') return null;
    const url = request.url ?? '';
    if (!url.startsWith(`${path}?`)) return null;
    const given = [...new URLSearchParams(url.slice(path.length + 1))];
    const query = Object.fromEntries(given);
    return given.length === Object.keys(query).length ? query : null;
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const found = request.method === 'GET' ? (waiting?.(request) ?? null) : null;
    if (found === null) {
      if (request.method === 'GET') send(response, 404, 'There is nothing here', '');
      else send(response, 405, 'This address takes no such request', '');
      return;
    }
    waiting = null;
    response.once('close', close);
    send(response, 200, ...found.said);
    found.go();
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
    expect({ path, read, words, onArrival }) {
      waiting = request => {
        const query = queryOf(request, path);
        const arrival = query && read(query);
        return arrival === null ? null : { said: words(arrival), go: () => onArrival(arrival) };
      };
    },
  };
}

function send(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, ...(status === 405 ? { allow: 'GET' } : {}) }).end(page(title, text));
}
