/** `npm run icons`: draws every picture in resources/ again. The drawing is text here; the browser that the journeys use turns it into pixels. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeBrowser, sharedBrowser } from '../e2e/stage.ts';

const RESOURCES = join(import.meta.dirname, '..', 'resources');

/** The accent of the window in its light theme, a darker neighbour, paper, the amber of what waits, and the red of a badge. */
const INK = { accent: '#265ca1', deep: '#173f81', paper: '#fdfcf9', amber: '#f5ae39', red: '#de3c37' } as const;

type Mark = {
  readonly leg: number;
  readonly dot: number;
  readonly top: number;
  readonly foot: number;
  readonly spread: number;
};

/** Finer where there are pixels for it; at 16 the legs are as wide as text of that size, and the dot sits on whole pixels. */
const MARKS: Readonly<Record<'small' | 'large', Mark>> = {
  small: { leg: 2.5, dot: 2, top: 3.4, foot: 12.75, spread: 4.75 },
  large: { leg: 1.9, dot: 1.4, top: 4.05, foot: 11.8, spread: 3.95 },
};

/** An A without its bar, drawn in one stroke, and in place of the bar the message that waits. On a board of 16 by 16. */
function mark({ leg, dot, top, foot, spread }: Mark, ink: string, dotInk: string): string {
  return `<path d="M${8 - spread} ${foot}L8 ${top}L${8 + spread} ${foot}" fill="none" stroke="${ink}" stroke-width="${leg}" stroke-linecap="round" stroke-linejoin="round"/>
  <circle cx="8" cy="${foot - dot + leg / 2}" r="${dot}" fill="${dotInk}"/>`;
}

const board = (size: number, content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 16 16">\n  <title>Astrix Console</title>\n  ${content}\n</svg>\n`;

const tile = (inset: number, radius: number) =>
  `<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${INK.accent}"/><stop offset="1" stop-color="${INK.deep}"/></linearGradient></defs>
  <rect x="${inset}" y="${inset}" width="${16 - 2 * inset}" height="${16 - 2 * inset}" rx="${radius}" fill="url(#g)"/>`;

/** The application's icon. Large ones keep the margin that docks expect. */
export function icon(size: number): string {
  const small = size <= 48;
  return board(
    size,
    `${tile(small ? 0 : 0.8, small ? 3.4 : 3.3)}\n  ${mark(small ? MARKS.small : MARKS.large, INK.paper, INK.amber)}`,
  );
}

/** Unread: a badge in the corner, with air around it, and the rest moved a little out of its way. */
const badged = (content: string, shifted: string, ink: string) =>
  `<mask id="m"><rect width="16" height="16" fill="#fff"/><circle cx="12.9" cy="3.1" r="4.1" fill="#000"/></mask>
  <g mask="url(#m)">${content}<g transform="translate(-1 0.25)">${shifted}</g></g><circle cx="12.9" cy="3.1" r="3.1" fill="${ink}"/>`;

/** In colour on its own tile, so that it holds on light and dark panels. */
function tray(size: number, unread: boolean): string {
  const own = mark(MARKS.small, INK.paper, INK.amber);
  return board(size, unread ? badged(tile(0, 3.4), own, INK.red) : `${tile(0, 3.4)}\n  ${own}`);
}

/** macOS colours it itself and looks at the alpha channel only. */
function trayTemplate(size: number, unread: boolean): string {
  const own = mark({ ...MARKS.small, top: 2.25, spread: 5 }, '#000', '#000');
  return board(size, unread ? badged('', own, '#000') : own);
}

export const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256] as const;
/** Types of an .icns that hold a PNG, with its size in pixels; ic11 to ic14 are the doubled ones. */
const ICNS_TYPES = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
] as const;
const SCALES = [
  ['', 16],
  ['@1.5x', 24],
  ['@2x', 32],
] as const;

type Pictures = ReadonlyMap<number, Buffer>;

/** A Windows icon: a directory of PNGs. */
export function ico(pictures: Pictures): Buffer {
  const header = Buffer.alloc(6 + 16 * ICO_SIZES.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(ICO_SIZES.length, 4);
  let offset = header.length;
  const parts = ICO_SIZES.map((size, index) => {
    const png = pictures.get(size)!;
    const at = 6 + 16 * index;
    // 0 stands for 256.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
    return png;
  });
  return Buffer.concat([header, ...parts]);
}

/** A macOS icon: named chunks of PNG. */
export function icns(pictures: Pictures): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 'ascii');
    head.writeUInt32BE(content.length + 8, 4);
    return Buffer.concat([head, content]);
  };
  return chunk('icns', Buffer.concat(ICNS_TYPES.map(([type, size]) => chunk(type, pictures.get(size)!))));
}

async function draw(): Promise<void> {
  const page = await (await sharedBrowser()).newPage({ deviceScaleFactor: 1, viewport: { width: 1024, height: 1024 } });
  const png = async (svg: string, size: number) => {
    await page.setContent(`<style>*{margin:0}svg{display:block}</style>${svg}`);
    return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
  };
  const write = (name: string, content: string | Buffer) => writeFileSync(join(RESOURCES, name), content);
  mkdirSync(join(RESOURCES, 'icons'), { recursive: true });
  write('icon.svg', icon(1024));
  const pictures = new Map<number, Buffer>();
  for (const size of ICON_SIZES) {
    pictures.set(size, await png(icon(size), size));
    write(`icons/${size}x${size}.png`, pictures.get(size)!);
  }
  write('icon.ico', ico(pictures));
  write('icon.icns', icns(pictures));
  for (const [suffix, size] of SCALES) {
    write(`tray${suffix}.png`, await png(tray(size, false), size));
    write(`tray-unread${suffix}.png`, await png(tray(size, true), size));
    if (size === 24) continue;
    write(`trayTemplate${suffix}.png`, await png(trayTemplate(size, false), size));
    write(`trayUnreadTemplate${suffix}.png`, await png(trayTemplate(size, true), size));
  }
  await page.close();
  await closeBrowser();
}

if (process.argv[1] === import.meta.filename) await draw();
