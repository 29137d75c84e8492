import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Cache, CacheError, type CacheFailure, type Salvaged } from './api.ts';
import { openReader } from './file.ts';
import { salvageOutbox } from './outbox.ts';
import type { WorkerCall, WorkerReply, WorkerStart } from './worker.ts';

export {
  type AppliedBatch,
  type Cache,
  CacheError,
  type CacheFailure,
  type Command,
  type Salvaged,
  type StoredCommand,
} from './api.ts';
export { destroyFile, moveFile, quarantine } from './file.ts';

type Method = Exclude<keyof Cache, 'close'>;

/** Which thread answers: `reader` for what the window asks, so that no query waits for a write; the one `writer` for the rest. */
const THREADS: { readonly [M in Method]: 'reader' | 'writer' } = {
  clients: 'reader',
  rows: 'reader',
  row: 'reader',
  searchRows: 'reader',
  inbox: 'reader',
  counts: 'reader',
  conversation: 'reader',
  thread: 'reader',
  search: 'reader',
  tags: 'reader',
  draft: 'reader',
  outbox: 'reader',
  hasRow: 'writer',
  setDraft: 'writer',
  touchClient: 'writer',
  enqueue: 'writer',
  nextCommands: 'writer',
  markSending: 'writer',
  settle: 'writer',
  refuse: 'writer',
  postpone: 'writer',
  retry: 'writer',
  discard: 'writer',
  restore: 'writer',
  syncState: 'writer',
  beginPull: 'writer',
  apply: 'writer',
  sweepExpired: 'writer',
};
const METHODS = Object.keys(THREADS) as Method[];

/** Beside the bundle when built, the source when run from it. */
const WORKER = [join(import.meta.dirname, 'cache-worker.js'), join(import.meta.dirname, 'worker.ts')].find(path =>
  existsSync(path),
)!;

/**
 * Opens the encrypted cache in threads of its own, so that tray, window and network never wait for a query. `:memory:` has one thread and no
 * key, and is gone with the process. Throws CacheError.
 */
export async function openCache(options: { readonly path: string; readonly key: Uint8Array | null }): Promise<Cache> {
  const writer = await startThread({ role: 'writer', ...options });
  const reader = options.path === ':memory:' ? writer : await startThread({ role: 'reader', ...options });
  const methods = METHODS.map(name => [
    name,
    (...args: unknown[]) => (THREADS[name] === 'reader' ? reader : writer).call(name, args),
  ]);
  const close = async () => {
    if (reader !== writer) await reader.call('close', []);
    await writer.call('close', []);
    await Promise.all([reader.ended(), writer.ended()]);
  };
  return { ...Object.fromEntries(methods), close } as Cache;
}

type Thread = {
  readonly call: (method: keyof Cache, args: readonly unknown[]) => Promise<unknown>;
  /** Keeps the process until the thread has ended: what it still has to put away must not be cut off. */
  readonly ended: () => Promise<void>;
};
type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

async function startThread(start: WorkerStart): Promise<Thread> {
  const worker = new Worker(WORKER, { workerData: start });
  const waiting = new Map<number, Waiting>();
  let next = 1;
  const ended = new Promise<void>(resolve =>
    worker.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new CacheError('io', 'the cache has been closed'));
      waiting.clear();
      resolve();
    }),
  );
  const opened = new Promise<void>((resolve, reject) => waiting.set(0, { resolve: () => resolve(), reject }));
  worker.on('message', (reply: WorkerReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) asked?.resolve(reply.value);
    else asked?.reject(new CacheError(reply.failure as CacheFailure, reply.message));
  });
  worker.on('error', error => {
    for (const { reject } of waiting.values()) reject(new CacheError('io', error.message));
    waiting.clear();
  });
  try {
    await opened;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  worker.unref();
  return {
    ended: () => {
      worker.ref();
      return ended;
    },
    call: (method, args) =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, method, args } satisfies WorkerCall);
      }).finally(() => {
        // A thread that closes is waited for, also when nothing else keeps the process alive.
        if (waiting.size === 0 && method !== 'close') worker.unref();
      }),
  };
}

/** The same cache, and word of damage as soon as any call meets it. */
export function watched(cache: Cache, onDamage: (failure: CacheFailure) => void): Cache {
  const told = async (work: Promise<unknown>): Promise<unknown> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof CacheError && (error.failure === 'corrupt' || error.failure === 'not-a-database'))
        onDamage(error.failure);
      throw error;
    }
  };
  const methods = METHODS.map(name => [
    name,
    (...args: unknown[]) => told((cache[name] as (...args: unknown[]) => Promise<unknown>)(...args)),
  ]);
  return { ...Object.fromEntries(methods), close: cache.close } as Cache;
}

/** What a person wrote and nobody has taken yet, out of a file that is otherwise given up. Empty where even that cannot be read. */
export function salvage(path: string, key: Uint8Array | null): Salvaged[] {
  try {
    const db = openReader(path, key);
    try {
      return salvageOutbox(db);
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}
