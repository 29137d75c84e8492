/** Sends signed, distinct WhatsApp deliveries for a bounded time and prints what was acknowledged. Runs in a process of its own. */
import { createHmac } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
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

type Delivery = { body: Buffer; signature: string };
function delivery(index: number): Delivery {
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
  return { body, signature: `sha256=${createHmac('sha256', values.secret!).update(body).digest('hex')}` };
}

/** Made before the clock starts, so that making them costs the server nothing. */
const deliveries = Array.from({ length: 20_000 * seconds }, (_, index) => delivery(index));
const pool = new Pool(values.url!, { connections, pipelining: 1 });
const latencies: number[] = [];
let next = 0;
let acked = 0;
let refused = 0;
const start = performance.now();
const deadline = start + seconds * 1000;

async function client(): Promise<void> {
  while (performance.now() < deadline) {
    const index = next++;
    const one = deliveries[index];
    if (!one) return;
    const sent = performance.now();
    const reply = await pool.request({
      path: '/webhooks/whatsapp',
      method: 'POST',
      body: one.body,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': one.signature },
    });
    await reply.body.dump();
    latencies.push(performance.now() - sent);
    if (reply.statusCode === 200) acked += 1;
    else refused += 1;
  }
}
await Promise.all(Array.from({ length: connections }, client));
const elapsed = (performance.now() - start) / 1000;
await pool.close();
latencies.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({ acked, refused, perSecond: acked / elapsed, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) })}\n`,
);
