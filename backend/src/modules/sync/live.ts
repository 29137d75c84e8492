import type { LiveEvent } from '@astrix/contract';
import type { FastifyReply } from 'fastify';
import type { Services } from '../../composition/index.ts';
import type { Actor } from '../../platform/db/index.ts';

const PING_MS = 15_000;
/** Changes come in bursts; one word for all that happen within this time is enough. */
const COALESCE_MS = 40;

export type LiveHub = {
  /** The feed of this agency has moved; of any agency when the id is empty. */
  readonly moved: (agencyId: string) => void;
  readonly stream: (actor: Actor, reply: FastifyReply, signal: AbortSignal) => Promise<void>;
};

export type LiveDeps = Pick<Services, 'clock' | 'metrics'> & Pick<Services['ports'], 'watchSession'>;

/** Tells every stream of an agency that the feed has moved, from one subscription of the process. */
export function createLiveHub({ clock, watchSession, metrics }: LiveDeps): LiveHub {
  const agencies = new Map<string, Set<() => void>>();

  return {
    moved(agencyId) {
      const moved = agencyId === '' ? [...agencies.values()] : [agencies.get(agencyId) ?? new Set<() => void>()];
      for (const listeners of moved) for (const tell of listeners) tell();
    },

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
        const unwatch = watchSession(actor.sessionId, () => {
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
