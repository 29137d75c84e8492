import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ICON_SIZES, icon } from './icons.ts';

const RESOURCES = join(import.meta.dirname, '..', 'resources');
const read = (name: string) => readFileSync(join(RESOURCES, name));

/** Width and height of a PNG, from its first chunk. Throws for anything else. */
function sizeOf(png: Buffer): string {
  expect(png.subarray(0, 8)).toEqual(Buffer.from('89504e470d0a1a0a', 'hex'));
  expect(png.subarray(12, 16).toString()).toBe('IHDR');
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

describe('resources', () => {
  test('the drawing is the one of tools/icons.ts: run npm run icons after changing it', () => {
    expect(read('icon.svg').toString().replaceAll('\r\n', '\n')).toBe(icon(1024));
  });

  test('each picture has the size its name says', () => {
    expect(readdirSync(join(RESOURCES, 'icons')).sort()).toEqual(ICON_SIZES.map(size => `${size}x${size}.png`).sort());
    for (const size of ICON_SIZES) expect(sizeOf(read(`icons/${size}x${size}.png`))).toBe(`${size}x${size}`);
    const trays = readdirSync(RESOURCES).filter(name => name.startsWith('tray'));
    for (const name of trays)
      expect([name, sizeOf(read(name))]).toEqual([
        name,
        name.includes('@2x') ? '32x32' : name.includes('@1.5x') ? '24x24' : '16x16',
      ]);
    for (const name of ['tray', 'tray-unread', 'trayTemplate', 'trayUnreadTemplate'])
      expect(trays).toEqual(expect.arrayContaining([`${name}.png`, `${name}@2x.png`]));
  });

  test('unread looks different, at every size', () => {
    for (const scale of ['', '@1.5x', '@2x'])
      expect(read(`tray${scale}.png`).equals(read(`tray-unread${scale}.png`))).toBe(false);
    for (const scale of ['', '@2x'])
      expect(read(`trayTemplate${scale}.png`).equals(read(`trayUnreadTemplate${scale}.png`))).toBe(false);
  });

  test('the Windows icon holds the pictures of icons/', () => {
    const file = read('icon.ico');
    expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1]);
    const entries = Array.from({ length: file.readUInt16LE(4) }, (_none, index) => file.subarray(6 + 16 * index));
    for (const entry of entries) {
      const size = entry.readUInt8(0) || 256;
      const png = file.subarray(entry.readUInt32LE(12), entry.readUInt32LE(12) + entry.readUInt32LE(8));
      expect(png.equals(read(`icons/${size}x${size}.png`)), `${size}`).toBe(true);
    }
    expect(entries.map(entry => entry.readUInt8(0) || 256)).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });

  test('the macOS icon holds them up to 1024, each under its type', () => {
    const file = read('icon.icns');
    expect(file.subarray(0, 4).toString()).toBe('icns');
    expect(file.readUInt32BE(4)).toBe(file.length);
    const found: string[] = [];
    for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4))
      found.push(`${file.subarray(at, at + 4)} ${sizeOf(file.subarray(at + 8))}`);
    expect(found).toEqual(
      expect.arrayContaining([
        'icp4 16x16',
        'ic11 32x32',
        'ic07 128x128',
        'ic08 256x256',
        'ic09 512x512',
        'ic10 1024x1024',
      ]),
    );
  });
});
