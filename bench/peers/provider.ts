/** A provider that answers at once with twenty orders. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const orders = Array.from({ length: 20 }, (_, n) => ({
  id: `order-${n}`,
  state: n % 2 ? 'ready' : 'sent',
  paise: n * 100,
}));
const body = JSON.stringify({ orders });

const server = createServer((_, reply) => {
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  reply.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
