import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLLECTION_NAMES, newId } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandOf } from '../testkit/commands.ts';
import { clientRow, conversationRow, id, messageRow } from '../testkit/rows.ts';
import type { CacheError, Command } from './api.ts';
import type { Connection } from './connection.ts';
import { type CacheEngine, createEngine } from './engine.ts';
import { failureOf, openFile } from './file.ts';
import { openCache, salvage } from './index.ts';

const NOW = Date.parse('2026-11-20T06:30:00.000Z');
const KEY = randomBytes(32);
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-damage-'));
  path = join(folder, 'cache.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (at = path): { db: Connection; engine: CacheEngine } => {
  const db = openFile(at, KEY);
  try {
    return { db, engine: createEngine(db, { wallClock: () => NOW, newId }) };
  } catch (error) {
    db.close();
    throw error;
  }
};
const note = (n: number, letters = 700): Command =>
  commandOf(
    'conversations.add-note',
    { clientId: id('c00', 1), conversationId: id('e00', 100 + (n % 40)), text: 'x'.repeat(letters) },
    { createdAt: new Date(NOW).toISOString(), personId: id('b00', 1) },
  );
function fill(engine: CacheEngine): void {
  engine.beginPull({
    epoch: id('a00', 1),
    clientIds: [id('c00', 1)],
    serverTime: new Date(NOW).toISOString(),
    reset: false,
    collections: COLLECTION_NAMES,
  });
  const numbers = Array.from({ length: 40 }, (_, n) => 100 + n);
  engine.apply({
    rows: [
      { c: 'clients', rows: [clientRow(1)] },
      { c: 'messages', rows: numbers.map(n => messageRow(n, n, 1, NOW, { text: `words ${n} `.repeat(30) })) },
      { c: 'conversations', rows: numbers.map(n => conversationRow(n, 1, NOW)) },
    ],
    gone: [],
    cursor: 'e.1.1',
    done: true,
  });
}
const ids = (engine: CacheEngine) => engine.outbox(null).map(item => item.id);
/** Every row there is, read the way the window reads. */
function everything(engine: CacheEngine): string {
  const at = { clientId: id('c00', 1), after: null, limit: 100, personId: id('b00', 1), filter: 'open' } as const;
  const { conversations } = engine.inbox(at);
  const threads = conversations.map(({ id: conversationId }) =>
    engine.thread({ clientId: id('c00', 1), conversationId, before: null, limit: 100 }),
  );
  return JSON.stringify([engine.clients(), conversations, threads, engine.syncState(), engine.outbox(null)]);
}
/** A number that looks random and is the same in every run. */
const pick = (seed: number, below: number) => createHash('sha256').update(`${seed}`).digest().readUInt32BE(0) % below;

describe('F-16: damage', () => {
  function damaged(
    name: string,
    change: (bytes: Buffer) => Buffer,
  ): { copy: string; failure: string | null; read: string | null } {
    const copy = join(folder, name);
    writeFileSync(copy, change(readFileSync(path)));
    try {
      const { db, engine } = open(copy);
      try {
        return { copy, failure: null, read: everything(engine) };
      } finally {
        db.close();
      }
    } catch (error) {
      return { copy, failure: failureOf(error).failure, read: null };
    }
  }

  test('LC-09, LC-10: at 50 places: found or harmless, never a changed row; of the queue all that lies elsewhere is saved', () => {
    const { engine } = open();
    fill(engine);
    const commands = Array.from({ length: 40 }, (_, n) => note(n));
    for (const command of commands) engine.enqueue(command);
    const whole = everything(engine);
    engine.close();
    const size = statSync(path).size;
    const saved: number[] = [];
    let around = 0;
    for (let n = 0; n < 50; n++) {
      const { copy, failure, read } = damaged(`bad-${n}.db`, bytes => {
        randomBytes(8).copy(bytes, pick(n, size - 8));
        return bytes;
      });
      if (failure !== null) expect(failure).toMatch(/^(corrupt|not-a-database)$/);
      if (read !== null) expect(read).toBe(whole);
      const found = salvage(copy, KEY).map(({ command }) => command);
      expect(found).toEqual(commands.filter(command => found.some(one => one.id === command.id)));
      saved.push(found.length);
      const ends = [commands[0], commands.at(-1)].every(end => found.some(one => one.id === end?.id));
      if (found.length < 40 && ends) around += 1;
      rmSync(copy);
    }
    // One page holds a few of them: whatever page it is, the others are there, unless it is the first, which says where everything lies.
    expect(saved.filter(count => count === 40).length).toBeGreaterThan(25);
    expect(around).toBeGreaterThan(0);
    expect(saved.filter(count => count === 0).length).toBeLessThan(8);
  });

  test('cut at any page, and between pages: refused or harmless, and nothing is made up', () => {
    const { engine } = open();
    fill(engine);
    const commands = Array.from({ length: 20 }, (_, n) => note(n));
    for (const command of commands) engine.enqueue(command);
    const whole = everything(engine);
    engine.close();
    const size = statSync(path).size;
    for (let n = 0; n < 20; n++) {
      const length = n % 2 === 0 ? Math.floor(pick(n, size) / 4096) * 4096 : pick(n, size);
      if (length === 0) continue;
      const { copy, failure, read } = damaged(`cut-${n}.db`, bytes => bytes.subarray(0, length));
      expect(failure === null ? read : failure).toMatch(failure === null ? whole : /^(corrupt|not-a-database)$/);
      for (const { command } of salvage(copy, KEY)) expect(commands).toContainEqual(command);
    }
  });
});

describe('F-11: the power goes', () => {
  test('at any byte that was being written, everything that was said to be kept is there', () => {
    const { db, engine } = open();
    db.pragma('wal_autocheckpoint = 0');
    fill(engine);
    const log = `${path}-wal`;
    const acknowledged: { id: string; length: number }[] = [];
    for (let n = 0; n < 12; n++) {
      const command = note(n);
      engine.enqueue(command);
      acknowledged.push({ id: command.id, length: statSync(log).size });
      engine.apply({
        rows: [{ c: 'messages', rows: [messageRow(900 + n, 100, 1, NOW)] }],
        gone: [],
        cursor: `e.${n}.1`,
        done: false,
      });
    }
    const [file, written] = [readFileSync(path), readFileSync(log)];
    db.close();
    const cuts = acknowledged.flatMap(({ length }, n) => [length, length - 1, length + 1 + pick(n, 4000)]);
    for (const [n, length] of cuts.entries()) {
      const copy = join(folder, `power-${n}.db`);
      writeFileSync(copy, file);
      // The last block on the disk may hold anything.
      writeFileSync(`${copy}-wal`, Buffer.concat([written.subarray(0, length), randomBytes(n % 2 === 0 ? 0 : 512)]));
      const { engine: again } = open(copy);
      const kept = acknowledged.filter(item => item.length <= length).map(item => item.id);
      expect(ids(again).slice(0, kept.length)).toEqual(kept);
      expect(ids(again).length).toBeLessThanOrEqual(kept.length + 1);
      again.close();
    }
  });

  test('also while the log is being put back into the file', () => {
    const { db, engine } = open();
    db.pragma('wal_autocheckpoint = 8');
    fill(engine);
    const kept: string[] = [];
    for (let n = 0; n < 25; n++) {
      const command = note(n);
      engine.enqueue(command);
      kept.push(command.id);
      const copy = join(folder, `copy-${n}.db`);
      copyFileSync(path, copy);
      copyFileSync(`${path}-wal`, `${copy}-wal`);
      const { engine: again } = open(copy);
      expect(ids(again)).toEqual(kept);
      again.close();
    }
    db.close();
  });

  test('what a person was told is kept waits for the disk; what the server can send again does not', () => {
    const { db, engine } = open();
    const levels: string[] = [];
    let level = '';
    const pragma = db.pragma.bind(db);
    db.pragma = (text, options) => {
      level = /^synchronous = (\w+)$/.exec(text)?.[1] ?? level;
      return pragma(text, options);
    };
    db.function('level', () => levels.push(level));
    for (const table of ['outbox', 'drafts', 'messages'])
      db.exec(`create temp trigger watch_${table} after insert on main.${table} begin select level(); end`);
    engine.enqueue(note(1));
    engine.setDraft({ clientId: id('c00', 1), conversationId: id('e00', 100), text: 'half', replyToId: null });
    fill(engine);
    expect(levels.slice(0, 2)).toEqual(['FULL', 'FULL']);
    expect(new Set(levels.slice(2))).toEqual(new Set(['NORMAL']));
    engine.close();
  });
});

/** A disk of four megabytes. Only a superuser of Linux can make one. */
function smallDisk(): string | null {
  const disk = join(tmpdir(), `astrix-disk-${process.pid}`);
  mkdirSync(disk, { recursive: true });
  const made =
    process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status === 0;
  return made ? disk : null;
}
test('F-12: on a disk that is really full (skipped where none can be mounted) new items are refused, what is there is read, and it recovers', async context => {
  const place = smallDisk();
  if (place === null) return context.skip('no disk can be mounted here');
  try {
    const cache = await openCache({ path: join(place, 'cache.db'), key: KEY });
    const kept = [note(1), note(2)];
    for (const command of kept) await cache.enqueue(command);
    const filler = join(place, 'filler');
    writeFileSync(filler, Buffer.alloc(statfsSync(place).bavail * 4096));
    const refused: string[] = [];
    for (let n = 0; n < 40 && refused.length < 3; n++) {
      const command = note(n, 4000);
      await cache.enqueue(command).then(
        () => kept.push(command),
        (error: CacheError) => refused.push(error.failure),
      );
    }
    expect(refused).toEqual(['disk-full', 'disk-full', 'disk-full']);
    expect((await cache.outbox(null)).map(item => item.id)).toEqual(kept.map(command => command.id));
    truncateSync(filler, 0);
    const later = note(99);
    await cache.enqueue(later);
    await cache.close();
    const again = await openCache({ path: join(place, 'cache.db'), key: KEY });
    expect((await again.outbox(null)).map(item => item.id)).toEqual([...kept, later].map(command => command.id));
    await again.close();
  } finally {
    if (existsSync(place)) spawnSync('umount', ['-l', place]);
    rmSync(place, { recursive: true, force: true });
  }
});
