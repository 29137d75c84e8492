import { parentPort, workerData } from 'node:worker_threads';
import { newId } from '@astrix/contract';
import { type CacheEngine, createEngine } from './engine.ts';
import { failureOf, openFile, openReader } from './file.ts';

/** What a thread is started with, and what goes back and forth. */
export type WorkerStart = {
  readonly role: 'writer' | 'reader';
  readonly path: string;
  readonly key: Uint8Array | null;
};
export type WorkerCall = { readonly id: number; readonly method: keyof CacheEngine; readonly args: readonly unknown[] };
export type WorkerReply = { readonly id: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: string; readonly message: string }
);

/** The id of the message that says whether the file could be opened. */
export const OPENED = 0;

const port = parentPort;
if (port) {
  const start = workerData as WorkerStart;
  const answer = (reply: WorkerReply) => port.postMessage(reply);
  const fail = (id: number, error: unknown) => {
    const { failure, message } = failureOf(error);
    answer({ id, ok: false, failure, message });
  };
  try {
    const db = start.role === 'writer' ? openFile(start.path, start.key) : openReader(start.path, start.key);
    const engine = createEngine(db, { wallClock: Date.now, newId, readonly: start.role === 'reader' });
    port.on('message', ({ id, method, args }: WorkerCall) => {
      try {
        if (method === 'close' && start.role === 'reader') db.close();
        const value =
          method === 'close' && start.role === 'reader'
            ? undefined
            : (engine[method] as (...args: readonly unknown[]) => unknown)(...args);
        answer({ id, ok: true, value });
        if (method === 'close') port.close();
      } catch (error) {
        fail(id, error);
      }
    });
    answer({ id: OPENED, ok: true, value: null });
  } catch (error) {
    fail(OPENED, error);
  }
}
