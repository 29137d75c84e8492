/** Sends signed, distinct WhatsApp deliveries for a bounded time and prints what was acknowledged. Runs in a process of its own. */
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { percentile } from '../report.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    secret: { type: 'string' },
    tag: { type: 'string', default: 'x' },
    numbers: { type: 'string', default: '200000000000001' },
  },
});
const seconds = Math.min(30, Number(values.seconds));
const connections = Math.min(256, Number(values.connections));
const numbers = values.numbers.split(',');
const target = new URL(values.url!);

/** A whole request as bytes: the generator shares the machine, so it does as little as it can while the clock runs. */
function delivery(index: number): Buffer {
  const user = `9199${String(10_000_000 + (index % 5000)).padStart(8, '0')}`;
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '919800000001', phone_number_id: numbers[index % numbers.length] },
    contacts: [{ profile: { name: 'Load' }, wa_id: user }],
    messages: [
      {
        from: user,
        id: `wamid.${values.tag}.${index}`,
        timestamp: String(Math.floor(Date.now() / 1000)),
        type: 'text',
        text: { body: 'Where is my order? It was to come yesterday.' },
      },
    ],
  };
  const body = Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '100000000000001', changes: [{ field: 'messages', value }] }],
    }),
  );
  const signature = createHmac('sha256', values.secret!).update(body).digest('hex');
  const head = [
    'POST /webhooks/whatsapp HTTP/1.1',
    `host: ${target.host}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-hub-signature-256: sha256=${signature}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** Made before the clock starts, so that making them costs the server nothing. */
const deliveries = Array.from({ length: 30_000 * seconds }, (_, index) => delivery(index));
const latencies: number[] = [];
let next = 0;
let acked = 0;
let refused = 0;
const start = performance.now();
const deadline = start + seconds * 1000;

/** One connection that is kept alive; ends when the time or the deliveries are over. */
function client(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    let sent = 0;
    let text = '';
    const send = () => {
      const one = performance.now() < deadline ? deliveries[next++] : undefined;
      if (!one) return socket.end();
      sent = performance.now();
      return socket.write(one);
    };
    socket.setEncoding('latin1');
    socket.on('connect', send);
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (end < 0 || text.length < end + 4 + Number(length ?? 0)) return;
      latencies.push(performance.now() - sent);
      if (text.startsWith('HTTP/1.1 200')) acked += 1;
      else refused += 1;
      text = '';
      send();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
await Promise.all(Array.from({ length: connections }, client));
const elapsed = (performance.now() - start) / 1000;
latencies.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({ acked, refused, perSecond: acked / elapsed, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) })}\n`,
);
