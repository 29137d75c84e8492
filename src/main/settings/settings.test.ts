import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULTS, openSettings, writeAtomically } from './settings.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-settings-'));
  path = join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PERSON = '0190b8a0-1111-7222-8333-444455556666';
const ORDER = { [PERSON]: ['0190b8a0-1111-7222-8333-444455557777'] };

describe('settings', () => {
  test('without a file the defaults hold, and nothing is written until something changes', () => {
    expect(openSettings(path).get()).toEqual(DEFAULTS);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a change is there after a restart, and so is everything else', () => {
    const first = openSettings(path);
    first.set({ theme: 'dark', clientOrders: ORDER });
    first.set({ window: { x: 10, y: 20, width: 1200, height: 800, maximized: true } });
    expect(openSettings(path).get()).toEqual({
      ...DEFAULTS,
      theme: 'dark',
      clientOrders: ORDER,
      window: { x: 10, y: 20, width: 1200, height: 800, maximized: true },
    });
  });

  test('a change that does not fit is refused, and neither memory nor file takes it', () => {
    const store = openSettings(path);
    store.set({ theme: 'light' });
    expect(() => store.set({ theme: 'purple' as never })).toThrow();
    expect(() => store.set({ window: { ...DEFAULTS.window, width: 10 } })).toThrow();
    expect(store.get().theme).toBe('light');
    expect(openSettings(path).get()).toEqual({ ...DEFAULTS, theme: 'light' });
  });

  test('a file of an older console gets the defaults of what it does not know', () => {
    writeFileSync(path, JSON.stringify({ theme: 'dark' }));
    expect(openSettings(path).get()).toEqual({ ...DEFAULTS, theme: 'dark' });
  });

  test('a file of a newer console is read in silence: keys that are not known do no harm', () => {
    writeFileSync(path, JSON.stringify({ ...DEFAULTS, theme: 'dark', hologram: true }));
    expect(openSettings(path).get()).toEqual({ ...DEFAULTS, theme: 'dark' });
    expect(existsSync(`${path}.unreadable`)).toBe(false);
  });

  const BROKEN: readonly (readonly [string, string])[] = [
    ['zero bytes', ''],
    ['half a file', '{"theme":"dark","wind'],
    ['zeros, as after a power cut', '\0'.repeat(300)],
    ['a list', '[]'],
    ['a text', '"dark"'],
    ['null', 'null'],
    ['a value that does not fit', '{"theme":"purple"}'],
    ['a window of no size', '{"window":{"x":0,"y":0,"width":0,"height":0,"maximized":false}}'],
  ];
  test.each(BROKEN)('%s: the file is kept beside and the defaults take over', (_what, text) => {
    writeFileSync(path, text);
    const store = openSettings(path);
    expect(store.get()).toEqual(DEFAULTS);
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
    store.set({ theme: 'contrast' });
    expect(openSettings(path).get().theme).toBe('contrast');
    // What was the person's own is not overwritten by what we wrote anew.
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
  });

  test('SH-14: a key that reaches for the prototype changes nothing', () => {
    writeFileSync(path, '{"__proto__":{"polluted":true},"theme":"dark","panels":{"a":1}}');
    const store = openSettings(path);
    expect((store.get() as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.skipIf(process.platform === 'win32')('only the person who runs the console can read them', () => {
    openSettings(path).set({ theme: 'dark' });
    expect(statSync(path).mode & 0o077).toBe(0);
  });
});

describe('atomic writing', () => {
  test('F-12: a write that cannot be finished leaves the old file whole', () => {
    const store = openSettings(path);
    store.set({ theme: 'dark' });
    const before = readFileSync(path, 'utf8');
    // A folder in the place of the temporary file: opening it fails as a full disk would.
    mkdirSync(`${path}.next`);
    expect(() => writeAtomically(path, 'new')).toThrow();
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('a temporary file that a crash left behind is simply written over', () => {
    writeFileSync(`${path}.next`, '{"half');
    openSettings(path).set({ theme: 'light' });
    expect(openSettings(path).get().theme).toBe('light');
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  test('a file that a virus scanner holds for a moment is written nevertheless', () => {
    writeAtomically(path, 'old');
    let tries = 0;
    writeAtomically(path, 'new', (from, to) => {
      tries += 1;
      if (tries <= 2) throw Object.assign(new Error('held'), { code: tries === 1 ? 'EPERM' : 'EBUSY' });
      renameSync(from, to);
    });
    expect([tries, readFileSync(path, 'utf8')]).toEqual([3, 'new']);
  });

  test('a rename that fails for another reason, or for good, is an error, and the old file stays', () => {
    writeAtomically(path, 'old');
    const failing = (code: string) => {
      let tries = 0;
      const rename = () => {
        tries += 1;
        throw Object.assign(new Error(code), { code });
      };
      expect(() => writeAtomically(path, 'new', rename)).toThrow(code);
      return tries;
    };
    expect(failing('ENOSPC')).toBe(1);
    expect(failing('EPERM')).toBe(6);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  test('folders on the way are made', () => {
    const deep = join(folder, 'a', 'b', 'settings.json');
    writeAtomically(deep, 'text');
    expect(readFileSync(deep, 'utf8')).toBe('text');
  });
});
