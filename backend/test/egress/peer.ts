import diagnostics from 'node:diagnostics_channel';
import type { LookupAddress } from 'node:dns';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { z } from 'zod';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import {
  type Call,
  type CallLedger,
  type CallRequest,
  type Connection,
  createEgress,
  type Egress,
  type EgressParts,
  json,
} from '../../src/platform/egress/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';

/** What a provider of the tests was asked. `answer` says what it does next. */
export type Peer = {
  readonly url: string;
  readonly port: number;
  readonly asked: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
  answer: (request: IncomingMessage, reply: ServerResponse) => void;
  readonly close: () => Promise<void>;
};

export async function createPeer(): Promise<Peer> {
  const asked: Peer['asked'] = [];
  const server = createHttp((request, reply) => {
    let body = '';
    request.setEncoding('utf8').on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      peer.answer(request, reply);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const peer: Peer = {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    answer: (_request, reply) => send(reply, 200, { ok: true }),
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  return peer;
}

export function send(reply: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  reply.writeHead(status, { 'content-type': 'application/json', ...headers });
  reply.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

/** Counts whoever connects, and says nothing. `heard` is called at each connection. */
export async function createCanary(heard: () => void = () => undefined): Promise<{
  port: number;
  readonly connections: () => number;
  close: () => Promise<void>;
}> {
  let connections = 0;
  const open = new Set<Socket>();
  const server = createTcp(socket => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    heard();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

const familyOf = (address: string) => (address.includes(':') ? 6 : 4);

/** A resolver that answers these, one list after the other, and the last one for ever. */
export function resolver(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  return {
    asked: () => asked,
    lookup: (_: string, __: object, callback: (error: Error | null, addresses: LookupAddress[]) => void) => {
      const answer = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      callback(
        null,
        answer.map(address => ({ address, family: familyOf(address) })),
      );
    },
  };
}

/** A ledger that only remembers. */
export function rememberedCalls(): CallLedger & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    record: call => calls.push(call),
    isFull: () => false,
    flush: async () => undefined,
    stop: async () => undefined,
  };
}

export const HOST = 'api.provider.co';
export const PROVIDER = {
  id: 'shipper',
  hosts: [HOST, '{shop}.shops.provider.co'],
  budget: { default: { burst: 1000, perSecond: 1000 } },
} as const;

export type EgressSetup = Partial<Omit<EgressParts, 'rules'>> & {
  readonly sandbox?: string | null;
  readonly budget?: EgressParts['rules']['providers'][number]['budget'];
};

export function egressTo({ sandbox = null, budget = PROVIDER.budget, ...parts }: EgressSetup): Egress {
  return createEgress({
    rules: { production: false, providers: [{ ...PROVIDER, sandbox, budget }] },
    clock: systemClock,
    metrics: createMetrics(),
    log: silentLog,
    ledger: rememberedCalls(),
    ...parts,
  });
}

export const connection = (over: Partial<Connection> = {}): Connection => ({
  agencyId: newId(),
  clientId: newId(),
  connectionId: newId(),
  actorId: newId(),
  ...over,
});

export const Ok = z.object({ ok: z.literal(true) });

/** A read of `/v1/things/{id}`. It is patient with a busy machine, and waits for its turn for two seconds at most. */
export const ask = (over: Partial<CallRequest<{ ok: true }>> = {}): CallRequest<{ ok: true }> => ({
  provider: PROVIDER.id,
  capability: 'shipments',
  connection: connection(),
  method: 'GET',
  path: '/v1/things/{id}',
  parameters: { id: 'T1' },
  effect: 'read',
  reply: json(Ok),
  timeoutMs: 60_000,
  deadlineMs: 62_000,
  ...over,
});

/** Requests that are on the wire at this moment, anywhere in the process. */
let onTheWire = 0;
diagnostics.subscribe('undici:request:create', () => {
  onTheWire += 1;
});
for (const end of ['undici:request:trailers', 'undici:request:error'])
  diagnostics.subscribe(end, () => {
    onTheWire -= 1;
  });

/** Time that stands still while anything is on the wire, and passes when everybody waits for it. */
export function virtualTime(start = new Date('2026-11-20T06:30:00.000Z')) {
  let now = start.getTime();
  let order = 0;
  const waiting: { at: number; order: number; resolve: () => void }[] = [];
  const clock: Clock = { now: () => new Date(now) };
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>(resolve => {
      if (signal?.aborted) return resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
      waiting.push({ at: now + ms, order: order++, resolve });
    });
  const settle = async () => {
    for (let idle = 0; idle < 4; idle = onTheWire > 0 ? 0 : idle + 1)
      await new Promise(resolve => setImmediate(resolve));
  };
  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      await settle();
      const next = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      waiting.splice(waiting.indexOf(next), 1);
      now = Math.max(now, next.at);
      next.resolve();
    }
    now = end;
    await settle();
  }
  return {
    clock,
    wait,
    advance,
    elapsed: () => now - start.getTime(),
    /** Lets time pass in small steps until the promise is settled. */
    async run<T>(promise: Promise<T>, most = 3_600_000): Promise<T> {
      let settled = false;
      const end = now + most;
      const settling = promise.finally(() => {
        settled = true;
      });
      settling.catch(() => undefined);
      for (await settle(); !settled; ) {
        if (now > end) throw new Error('it did not settle in time');
        await advance(10);
      }
      return settling;
    },
  };
}
