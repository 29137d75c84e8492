import type { LiveEvent } from '@astrix/contract';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../../kernel/clock.ts';
import { type Actor, type Db, listen } from '../../platform/db/index.ts';
import type { Metrics } from '../../platform/telemetry/index.ts';
import type { SessionWatch } from '../identity/index.ts';

const PING_MS = 15_000;
/** Changes come in bursts; one word for all that happen within this time is enough. */
const COALESCE_MS = 40;

export type LiveHub = {
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly stream: (actor: Actor, reply: FastifyReply, signal: AbortSignal) => Promise<void>;
};

export type LiveDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly sessions: SessionWatch;
  readonly metrics: Metrics;
};

/** One subscription to the database for the process; every stream of an agency hears from it that the feed has moved. */
export function createLiveHub({ db, clock, sessions, metrics }: LiveDeps): LiveHub {
  const agencies = new Map<string, Set<() => void>>();
  let unlisten: () => Promise<void> = async () => undefined;

  return {
    async start() {
      unlisten = await listen(db, 'astrix_feed', agencyId => {
        // An empty payload comes after a lost connection: anything may have moved.
        const moved = agencyId === '' ? [...agencies.values()] : [agencies.get(agencyId) ?? new Set<() => void>()];
        for (const listeners of moved) for (const tell of listeners) tell();
      });
    },
    stop: () => unlisten(),

    async stream(actor, reply, signal) {
      reply.hijack();
      const out = reply.raw;
      out.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-request-id': reply.request.id,
      });
      const send = ({ event, data }: LiveEvent) => void out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      const time = () => ({ serverTime: clock.now().toISOString() });
      let pending: NodeJS.Timeout | null = null;
      const moved = () => {
        pending ??= setTimeout(() => {
          pending = null;
          send({ event: 'moved', data: {} });
        }, COALESCE_MS);
      };
      const listeners = agencies.get(actor.agencyId) ?? new Set();
      listeners.add(moved);
      agencies.set(actor.agencyId, listeners);
      const ping = setInterval(() => send({ event: 'ping', data: time() }), PING_MS);
      metrics.streams.inc();
      send({ event: 'ready', data: time() });

      await new Promise<void>(done => {
        const unwatch = sessions.watch(actor.sessionId, () => {
          send({ event: 'ended', data: { reason: 'revoked' } });
          done();
        });
        signal.addEventListener('abort', () => done(), { once: true });
        if (signal.aborted) done();
        out.once('close', () => {
          unwatch();
          done();
        });
      });
      clearInterval(ping);
      if (pending) clearTimeout(pending);
      listeners.delete(moved);
      if (listeners.size === 0) agencies.delete(actor.agencyId);
      metrics.streams.dec();
      out.end();
    },
  };
}
