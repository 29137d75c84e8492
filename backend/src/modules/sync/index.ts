import { FIRST_COLLECTIONS } from '@astrix/contract';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../platform/db/index.ts';
import type { CollectionReaders } from '../../platform/feed/index.ts';
import type { Module } from '../../platform/http/index.ts';
import type { Metrics } from '../../platform/telemetry/index.ts';
import type { SessionWatch } from '../identity/index.ts';
import { createLiveHub } from './live.ts';
import { streamPull } from './pull.ts';

export type SyncDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly sessions: SessionWatch;
  readonly metrics: Metrics;
  readonly readers: CollectionReaders;
};

const namesIn = (list: string | undefined): string[] => (list ?? '').split(',').filter(Boolean);

/** Keeps consoles level with the server: one pull of what changed, one stream that says when. */
export function syncModule({ readers, ...deps }: SyncDeps): Module {
  const hub = createLiveHub(deps);
  return {
    name: 'sync',
    startApi: () => hub.start(),
    stop: () => hub.stop(),
    handlers: {
      'sync.pull': ({ db, actor, query, reply, signal }) =>
        streamPull(
          db,
          readers,
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
}
