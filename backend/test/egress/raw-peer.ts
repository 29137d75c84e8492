import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Answer, reply } from '../../sandbox/answers.ts';

/** A server that speaks in bytes: it can say what no library would let it. */
export type RawPeer = {
  readonly url: string;
  /** Requests that came in whole, by their first line. */
  readonly asked: string[];
  answer: Answer;
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
