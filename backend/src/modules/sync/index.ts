import { FIRST_COLLECTIONS } from '@astrix/contract';
import { defineModule } from '../../composition/index.ts';
import { createLiveHub } from './live.ts';
import { streamPull } from './pull.ts';

const namesIn = (list: string | undefined): string[] => (list ?? '').split(',').filter(Boolean);

/** Keeps consoles level with the server: one pull of what changed, one stream that says when. */
export const sync = defineModule({
  name: 'sync',
  create({ clock, metrics, ports, readers }) {
    const hub = createLiveHub({ clock, metrics, watchSession: ports.watchSession, reachOf: ports.reachOf });
    return {
      listens: [{ channel: 'astrix_feed', in: 'api', heard: hub.moved }],
      handlers: {
        'sync.pull': ({ db, actor, query, reply, signal }) =>
          streamPull(
            db,
            readers(),
            actor,
            {
              since: query.since,
              backfill: namesIn(query.backfill),
              collections: query.collections === undefined ? FIRST_COLLECTIONS : namesIn(query.collections),
              backfillCollections: namesIn(query.backfillCollections),
            },
            reply,
            signal,
          ),
        'sync.live': ({ actor, reply, signal }) => hub.stream(actor, reply, signal),
      },
    };
  },
});
