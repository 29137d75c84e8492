import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What is written to a socket once a request has come in whole: it can say what no library would let it. */
export type Answer = (socket: Socket) => void;

export type Plain = { readonly body: string | Buffer; readonly headers?: Readonly<Record<string, string>> };

/** A reply whose framing is right, whatever is in it. */
export const reply =
  (body: string | Buffer, headers: Readonly<Record<string, string>> = {}, status = '200 OK'): Answer =>
  socket => {
    const bytes = Buffer.from(body);
    const all = { 'content-type': 'application/json', 'content-length': String(bytes.length), ...headers };
    const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${head.join('')}\r\n`), bytes]));
  };

/** These bytes, and then silence, or the end. */
export const say =
  (text: string, end = false): Answer =>
  socket =>
    end ? socket.end(text) : socket.write(text);

/** A head, and then a piece for as long as anybody listens. */
export const endless =
  (head: string, piece: string | Buffer, everyMs: number): Answer =>
  socket => {
    socket.write(head);
    const more = () => {
      if (socket.destroyed) return;
      if (everyMs > 0) {
        socket.write(piece);
        setTimeout(more, everyMs).unref();
      } else socket.write(piece, () => setImmediate(more));
    };
    more();
  };

export const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
export const MEGABYTE = Buffer.alloc(1_048_576, 'x');
const BOMB_BYTES = 67_108_864;
let bomb: Buffer | null = null;

/** A byte at a time. */
export const drip = (): Answer => endless(`${HEAD}content-length: 9999\r\n\r\n`, '{', 20);
/** 100 MB, as its length says. */
export const huge = (): Answer => endless(`${HEAD}content-length: 104857600\r\n\r\n`, MEGABYTE, 0);

/** 64 MB in 64 KB. */
export function gzipBomb(): Plain {
  bomb ??= gzipSync(Buffer.alloc(BOMB_BYTES));
  return { body: bomb, headers: { 'content-encoding': 'gzip' } };
}
export const LOGIN_PAGE: Plain = {
  body: '<html><form action=/login>',
  headers: { 'content-type': 'text/html; charset=utf-8' },
};
export const DEEP: Plain = { body: '['.repeat(100_000) };
export const EMPTY: Plain = { body: '' };
export const utf16 = (text: string): Plain => ({ body: Buffer.from(`\ufeff${text}`, 'utf16le') });
