import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server that speaks in bytes: it can say what no library would let it. */
export type RawPeer = {
  readonly url: string;
  /** Requests that came in whole, by their first line. */
  readonly asked: string[];
  answer: (socket: Socket) => void;
  readonly close: () => Promise<void>;
};

export async function createRawPeer(): Promise<RawPeer> {
  const open = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer(socket => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    let heard = '';
    socket.setEncoding('latin1').on('data', chunk => {
      heard += chunk;
      const end = heard.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(heard)?.[1] ?? 0);
      if (heard.length < end + 4 + length) return;
      asked.push(heard.slice(0, heard.indexOf('\r\n')));
      heard = '';
      peer.answer(socket);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const peer: RawPeer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: reply('{"ok":true}'),
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  return peer;
}

export type Answer = (socket: Socket) => void;

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
