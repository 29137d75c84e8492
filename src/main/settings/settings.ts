import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Settings } from '../../shared/ipc.ts';

/** What the console must know before anybody has signed in. No secret and nothing of a customer belongs here. */
const Stored = z.object({
  ...Settings.shape,
  window: z.object({
    x: z.int().nullable(),
    y: z.int().nullable(),
    width: z.int().min(640).max(10_000),
    height: z.int().min(480).max(10_000),
    maximized: z.boolean(),
  }),
  /** The person whose cache is on this disk. */
  account: z.object({ personId: z.uuid(), email: z.string().max(254) }).nullable(),
  /** A person whose sign-out was begun and is not finished: key, session and files go at the next start (LC-07). */
  leaving: z.uuid().nullable(),
  toldAboutTray: z.boolean(),
  /** The rail's order of each person who works here. It stays after a sign-out, so that nobody has to learn the places again. */
  clientOrders: z.record(z.uuid(), z.array(z.uuid()).max(1000)),
});
export type StoredSettings = z.infer<typeof Stored>;

export const DEFAULTS: StoredSettings = {
  theme: 'system',
  notifications: true,
  keepRunningInTray: true,
  sendWith: 'enter',
  panels: {},
  window: { x: null, y: null, width: 1360, height: 860, maximized: false },
  account: null,
  leaving: null,
  toldAboutTray: false,
  clientOrders: {},
};

export type SettingsStore = {
  readonly get: () => StoredSettings;
  readonly set: (change: Partial<StoredSettings>) => StoredSettings;
};

/** Reads once, writes whole files atomically. A file that cannot be read is kept beside, and defaults take over. */
export function openSettings(path: string): SettingsStore {
  let current = read(path);
  return {
    get: () => current,
    set(change) {
      current = Stored.parse({ ...current, ...change });
      writeAtomically(path, `${JSON.stringify(current, null, 2)}\n`);
      return current;
    },
  };
}

function read(path: string): StoredSettings {
  if (!existsSync(path)) return DEFAULTS;
  try {
    const parsed = Stored.exactPartial().parse(JSON.parse(readFileSync(path, 'utf8')));
    return { ...DEFAULTS, ...parsed };
  } catch {
    renameSync(path, `${path}.unreadable`);
    return DEFAULTS;
  }
}

/** What Windows answers while a virus scanner or a backup has the file open; it is gone after a moment. */
const HELD = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** Pauses between the tries of a rename, in milliseconds. */
const PAUSES_MS = [5, 20, 50, 100, 200];

/** Temporary file, fsync, rename: after a power cut there is the old file or the new one, never half of either. */
export function writeAtomically(path: string, text: string, rename = renameSync): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.next`;
  const file = openSync(next, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  for (const pause of [...PAUSES_MS, null]) {
    try {
      rename(next, path);
      return;
    } catch (error) {
      if (pause === null || !HELD.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}
