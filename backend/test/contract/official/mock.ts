/**
 * The provider as its official document describes it, on the loopback address. Not prism: that takes a second to start for each document
 * and drags old dependencies into the root, and it reads neither Google's discovery documents nor Meta's specs nor protos. This serves
 * every document that `official` reads, with the same checks, in a few milliseconds.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OfficialName } from './documents.ts';
import { official } from './official.ts';

export type Answer = {
  readonly status?: number;
  /** Sent as JSON; without one the document's example for the status. */
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
};
export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
export type OfficialMock = {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly seen: readonly Seen[];
  /** What was wrong with the requests, and with the given answers: `GET /v1/customers: query.foo: is not in the document`. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
};

/**
 * Starts it; null without the documents. `answers` stand instead of examples, by `GET /v1/customers` (no query) or by the operation's id,
 * and are held against the document like everything else. A wrong request gets a 400 that says what is wrong.
 */
export async function startOfficialMock(
  name: OfficialName,
  {
    answers = {},
    prefix,
    as,
  }: {
    readonly answers?: { readonly [call: string]: Answer | ((seen: Seen) => Answer) };
    readonly prefix?: string;
    /** Which node a path means (Meta), where the path alone does not say. */
    readonly as?: (seen: Seen) => string | undefined;
  } = {},
): Promise<OfficialMock | null> {
  const document = official(name, prefix === undefined ? {} : { prefix });
  if (!document) return null;
  const seen: Seen[] = [];
  const faults: string[] = [];

  const answer = (call: Seen, bytes: Buffer): Answer => {
    const kind = as?.(call);
    const request = { ...call, body: bytes, ...(kind === undefined ? {} : { as: kind }) };
    const wrong = document.request(request);
    const title = `${call.method} ${call.path.split('?')[0]}`;
    faults.push(...wrong.map(fault => `${title}: ${fault}`));
    if (wrong.length > 0) return { status: 400, body: { faults: wrong } };
    const id = document.operations().find(one => answers[one.id] && document.knows({ ...request, as: one.id }))?.id;
    const given = answers[title] ?? (id === undefined ? {} : answers[id]!);
    const { status, body, headers } = typeof given === 'function' ? given(call) : given;
    const example = body === undefined ? document.example(request, status) : { status: status ?? 200, body };
    if (body !== undefined) {
      const untrue = document.reply({ ...request, status: example.status, body });
      faults.push(...untrue.map(fault => `answer to ${title}: ${fault}`));
    }
    return { ...example, ...(headers ? { headers } : {}) };
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const call = {
        method: request.method!,
        path: request.url!,
        headers: request.headers,
        body: bytes.toString('utf8'),
      };
      seen.push(call);
      const { status = 200, body, headers } = answer(call, bytes);
      response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    faults,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
