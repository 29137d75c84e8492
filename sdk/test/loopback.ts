import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ERRORS } from '@astrix/contract';
import { type Failure, SdkError } from '../src/index.ts';

/** A server of the test's own: it answers whatever the test wants to see answered, and remembers what it was asked. */
export type Loopback = {
  readonly url: string;
  readonly seen: IncomingMessage[];
  /** Bodies of what was asked, in the order of `seen`. */
  readonly bodies: string[];
  answer: RequestListener;
  readonly close: () => Promise<void>;
};

export async function startLoopback(): Promise<Loopback> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const at = loopback.seen.push(request) - 1;
    loopback.bodies[at] = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      loopback.bodies[at] += chunk;
    });
    request.on('end', () => loopback.answer(request, response));
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const loopback: Loopback = {
    url: `http://127.0.0.1:${port}`,
    seen: [],
    bodies: [],
    answer: (_request, response) => void response.writeHead(404).end(),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return loopback;
}

/** Answers `body` as it stands, with a status and a type. */
export const answering =
  (status: number, type: string, body: string | Buffer): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);

/** Begins an answer and leaves it to the test. */
export const opening =
  (type: string, then: (response: ServerResponse) => void, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.flushHeaders();
    then(response);
  };

export const PORTAL = `<!doctype html><html><head><title>Airport Wi-Fi</title><meta http-equiv="refresh" content="0;url=http://10.0.0.1/login"></head>
<body><script>window.astrix = {"version":"9.9.9"}</script>Accept our terms to go online</body></html>`;

/** What the stream brought, and how it failed. */
export async function drained<T>(stream: AsyncGenerator<T>): Promise<{ got: T[]; failure: Failure | null }> {
  const got: T[] = [];
  try {
    for await (const one of stream) got.push(one);
    return { got, failure: null };
  } catch (error) {
    if (error instanceof SdkError) return { got, failure: error.failure };
    throw error;
  }
}

/** Body of a refusal, as the backend writes it. */
export function problem(change: Record<string, unknown> = {}): string {
  const { status, reason: title, next } = ERRORS.rate_limited;
  return JSON.stringify({
    type: 'about:blank',
    status,
    code: 'rate_limited',
    title,
    detail: next,
    reference: 'r-7',
    ...change,
  });
}
