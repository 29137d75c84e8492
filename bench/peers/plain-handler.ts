/** The usual way to take a webhook: Express, verify, insert one row, answer. The peer of our ingest. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';
import pg from 'pg';

const secret = process.env.BENCH_SECRET!;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL!, max: 20 });
pool.on('error', () => undefined);
await pool.query(
  'create table plain_deliveries (id bigserial primary key, received_at timestamptz not null default now(), body bytea not null)',
);

const app = express();
app.post('/webhooks/whatsapp', express.raw({ type: 'application/json', limit: '3mb' }), async (request, response) => {
  const body = request.body as Buffer;
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(String(request.headers['x-hub-signature-256'] ?? '').slice('sha256='.length), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.status(401).json({ error: 'signature' });
    return;
  }
  await pool.query('insert into plain_deliveries (body) values ($1)', [body]);
  response.json({ received: true });
});

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
