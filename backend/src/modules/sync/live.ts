import type { LiveEvent } from '@astrix/contract';
import type { FastifyReply } from 'fastify';
import type { Services } from '../../composition/index.ts';
import type { Actor } from '../../platform/db/index.ts';

const PING_MS = 15_000;
/** Changes come in bursts; one word for all that happen within this time is enough. */
const COALESCE_MS = 40;

export type LiveHub = {
  /** The feed has moved: `<agency>/<client>`, `<agency>` where it concerns all its clients, or an empty text for any agency. */
  readonly moved: (notice: string) => void;
  readonly stream: (actor: Actor, reply: FastifyReply, signal: AbortSignal) => Promise<void>;
};

export type LiveDeps = Pick<Services, 'clock' | 'metrics'> & Pick<Services['ports'], 'watchSession' | 'reachOf'>;

/** Called with the client that moved, or null for all of them. */
type Listener = (clientId: string | null) => void;

/** Tells the streams of those who may see it that the feed has moved, from one subscription of the process. */
export function createLiveHub({ clock, watchSession, reachOf, metrics }: LiveDeps): LiveHub {
  const agencies = new Map<string, Set<Listener>>();

  return {
    moved(notice) {
      const [agencyId = '', clientId = null] = notice.split('/');
      const moved = agencyId === '' ? [...agencies.values()] : [agencies.get(agencyId) ?? new Set<Listener>()];
      for (const listeners of moved) for (const tell of listeners) tell(clientId);
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
      let reach = actor.clientIds;
      let asked = 0;
      /** Which clients a person sees changes while the stream is open. Until it is known again, every notice counts. */
      const askReach = async () => {
        reach = 'all';
        const question = ++asked;
        const now = await reachOf(actor).catch(() => 'all' as const);
        if (question === asked) reach = now;
      };
      const moved: Listener = clientId => {
        if (clientId === null) void askReach();
        else if (reach !== 'all' && !reach.includes(clientId)) return;
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
        const unwatch = watchSession(actor.sessionId, reason => {
          send({ event: 'ended', data: { reason } });
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
