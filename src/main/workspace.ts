import type { AstrixClient } from '@astrix/sdk';
import type { StorageMode } from '../shared/ipc.ts';
import { openPersonCache, type Storage } from './account/person-cache.ts';
import type { Session } from './account/session.ts';
import { type Cache, watched } from './cache/index.ts';
import { createSyncEngine, type EngineDeps, type SyncEngine } from './sync/engine.ts';
import { createOutboxPump, type OutboxPump } from './sync/outbox.ts';

/** What is alive only while somebody is signed in. */
export type Workspace = {
  readonly personId: string;
  /** Where its cache lies, and what the window has to say about that. */
  readonly storageMode: StorageMode;
  readonly cache: Cache;
  readonly engine: SyncEngine;
  readonly pump: OutboxPump;
};

export type WorkspaceDeps = Pick<
  EngineDeps,
  'clock' | 'timers' | 'status' | 'log' | 'onChanged' | 'onArrived' | 'onOnline' | 'onEnded'
> & {
  readonly client: AstrixClient;
  readonly session: Session;
  readonly storage: Storage;
  readonly userData: string;
  readonly personId: string;
  /** The cache showed damage while it was in use: salvage and rebuild. */
  readonly damaged: boolean;
  readonly onDamage: (failure: string) => void;
};

/** Opens a person's cache, with what keeps it level and what sends their writes; nothing runs yet. */
export async function openWorkspace(deps: WorkspaceDeps): Promise<Workspace> {
  const { client, clock, timers, status, log, session, storage, userData, personId, damaged, onChanged } = deps;
  const opened = await openPersonCache({ storage, userData, personId, now: clock.now(), log, damaged });
  const cache = watched(opened.cache, deps.onDamage);
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
  return { personId, storageMode: opened.mode, cache, engine, pump };
}
