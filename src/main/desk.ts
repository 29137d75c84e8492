import type { AstrixClient } from '@astrix/sdk';
import { type OpenCopy, openCopy, type Storage } from './account/copy.ts';
import type { Session } from './account/session.ts';
import { type Cache, watched } from './cache/index.ts';
import { createSyncEngine, type EngineDeps, type SyncEngine } from './sync/engine.ts';
import { createOutboxPump, type OutboxPump } from './sync/outbox.ts';

/** What is alive only while somebody is signed in. */
export type Desk = {
  readonly personId: string;
  readonly copy: OpenCopy;
  readonly cache: Cache;
  readonly engine: SyncEngine;
  readonly pump: OutboxPump;
};

export type DeskDeps = Pick<
  EngineDeps,
  'clock' | 'timers' | 'status' | 'log' | 'onChanged' | 'onArrived' | 'onOnline' | 'onEnded'
> & {
  readonly client: AstrixClient;
  readonly session: Session;
  readonly storage: Storage;
  readonly userData: string;
  readonly personId: string;
  /** The copy was found damaged while it was in use: salvage and rebuild. */
  readonly damaged: boolean;
  readonly onDamage: (failure: string) => void;
};

/** Opens a person's copy, with what keeps it level and what carries their writes; nothing runs yet. */
export async function openDesk(deps: DeskDeps): Promise<Desk> {
  const { client, clock, timers, status, log, session, storage, userData, personId, damaged, onChanged } = deps;
  const copy = await openCopy({ storage, userData, personId, now: clock.now(), log, damaged });
  const cache = watched(copy.cache, deps.onDamage);
  const engine = createSyncEngine({
    client,
    cache,
    clock,
    timers,
    status,
    log,
    onChanged,
    onArrived: deps.onArrived,
    onOnline: deps.onOnline,
    onRefused: () => session.accessRefused(),
    onEnded: deps.onEnded,
    onSeen: () => void session.seen().catch(() => undefined),
  });
  const pump = createOutboxPump({
    client,
    cache,
    timers,
    status,
    log,
    onChanged,
    onRefusedToken: () => session.accessRefused(),
  });
  return { personId, copy, cache, engine, pump };
}
