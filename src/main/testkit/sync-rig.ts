import { newId, type SyncLine } from '@astrix/contract';
import { createClient } from '@astrix/sdk';
import type { Cache } from '../cache/api.ts';
import type { Connection } from '../cache/connection.ts';
import { type CacheEngine, createEngine } from '../cache/engine.ts';
import { openFile } from '../cache/file.ts';
import { createSyncEngine, type SyncEngine } from '../sync/engine.ts';
import { createStatusBoard, type StatusBoard } from '../sync/status.ts';
import type { Timers } from '../timers.ts';
import { clientRow, conversationRow, id, messageRow } from './rows.ts';

/** What the tests of this room stand on: timers that a test moves on, and a cache in memory whose clock it sets. */
export type ManualTimers = Timers & { readonly advance: (ms: number) => void; readonly waiting: () => number[] };

export function manualTimers(): ManualTimers {
  let now = 0;
  const set = new Set<{ at: number; work: () => void }>();
  return {
    after(ms, work) {
      const timer = { at: now + ms, work };
      set.add(timer);
      return () => void set.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...set].sort((a, b) => a.at - b.at)) {
        if (timer.at > now || !set.delete(timer)) continue;
        timer.work();
      }
    },
    waiting: () => [...set].map(timer => timer.at - now).sort((a, b) => a - b),
  };
}

/** The engine behind the door of the threads: it answers later, as they do. */
export const cacheOf = (engine: CacheEngine): Cache =>
  Object.fromEntries(
    (Object.keys(engine) as (keyof CacheEngine)[]).map(name => [
      name,
      async (...args: unknown[]) => (engine[name] as (...args: unknown[]) => unknown)(...args),
    ]),
  ) as unknown as Cache;

export function memoryCache(wallClock: () => number): { db: Connection; engine: CacheEngine; cache: Cache } {
  const db = openFile(':memory:', null);
  const engine = createEngine(db, { wallClock, newId });
  return { db, engine, cache: cacheOf(engine) };
}

export const board = (connection: 'online' | 'connecting' = 'connecting'): StatusBoard => {
  const status = createStatusBoard(() => undefined);
  status.set({ connection });
  return status;
};

export const NOW = Date.parse('2026-11-20T06:30:00.000Z');
export const EPOCH = id('a00', 1);

export const hello = (clients: number[], change: Partial<Extract<SyncLine, { t: 'hello' }>> = {}): SyncLine => ({
  t: 'hello',
  epoch: EPOCH,
  personId: id('b00', 1),
  agencyId: EPOCH,
  clients: clients.map(n => id('c00', n)),
  serverTime: new Date(NOW).toISOString(),
  reset: false,
  ...change,
});
export const cursor = (n: number): SyncLine => ({ t: 'cursor', cursor: `e.${n}.1` });
export const end = (n: number): SyncLine => ({ t: 'end', cursor: `e.${n}.1` });
export const messages = (client: number, from: number, to: number): SyncLine => ({
  t: 'rows',
  c: 'messages',
  rows: Array.from({ length: to - from }, (_, n) => messageRow(from + n, client * 100, client, NOW - 1000 + from + n)),
});
/** A client with one conversation of three messages. */
export const whole = (client: number): SyncLine[] => [
  { t: 'rows', c: 'clients', rows: [clientRow(client)] },
  messages(client, client * 1000, client * 1000 + 3),
  { t: 'rows', c: 'conversations', rows: [conversationRow(client * 100, client, NOW)] },
];
export const textOf = (lines: readonly SyncLine[]): string => lines.map(line => `${JSON.stringify(line)}\n`).join('');

export type SyncRig = {
  readonly engine: SyncEngine;
  readonly cache: CacheEngine;
  readonly timers: ManualTimers;
  readonly status: StatusBoard;
  /** Why the session ended, as it was told. */
  readonly ended: string[];
  /** How often the token was refused; the first renewal fails, as with a keychain that hangs. */
  readonly refused: () => number;
  readonly stored: () => string[];
  /** The clock of the machine. */
  at: number;
  readonly stop: () => Promise<void>;
};

/** The real engine and the real client over a cache in memory, against a server that listens at `url`. */
export async function startSync(url: string): Promise<SyncRig> {
  const memory = memoryCache(() => rig.at);
  const timers = manualTimers();
  const status = board();
  const ended: string[] = [];
  let refused = 0;
  let token: string | null = null;
  const client = createClient({ baseUrl: url, accessToken: async () => token });
  const device = { name: 'Test laptop', platform: 'linux', key: 'k'.repeat(43) } as const;
  const signedIn = await client.call('identity.sign-in', { body: { email: 'a@b.example', password: 'x', device } });
  if (signedIn.ok && signedIn.value.step === 'signed-in') token = signedIn.value.accessToken;
  const engine = createSyncEngine({
    client,
    cache: memory.cache,
    clock: { now: () => new Date(rig.at) },
    timers,
    status,
    log: () => undefined,
    onChanged: () => undefined,
    onArrived: () => undefined,
    onOnline: () => undefined,
    onRefused: async () => {
      refused += 1;
      if (refused === 1) throw new Error('the keychain does not answer');
    },
    onEnded: async reason => void ended.push(reason),
    onSeen: () => undefined,
  });
  const rig: SyncRig = {
    engine,
    cache: memory.engine,
    timers,
    status,
    ended,
    refused: () => refused,
    stored: () =>
      (memory.db.prepare('select id from messages order by id').all() as { id: string }[]).map(row => row.id),
    at: NOW,
    stop: async () => {
      await engine.stop();
      memory.engine.close();
    },
  };
  return rig;
}
