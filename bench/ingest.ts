/**
 * Webhook ingest with a durable acknowledgement, against the usual handler and against the raw floor. All three run one after
 * the other in each round on the same PostgreSQL with its factory settings, so that a slow minute of the machine hits all alike.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { createPrivatePostgres } from '../tools/private-postgres.ts';
import { type Running, startScript } from '../tools/running.ts';
import { publish } from './report.ts';

const SECRET = 'bench-app-secret';
const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = 64;
const here = import.meta.dirname;

type Load = { acked: number; refused: number; perSecond: number; p50: number; p99: number };

async function load(url: string, tag: string): Promise<Load> {
  const args = [
    '--url',
    url,
    '--seconds',
    String(SECONDS),
    '--connections',
    String(CONNECTIONS),
    '--secret',
    SECRET,
    '--tag',
    tag,
  ];
  const child = spawn(process.execPath, [join(here, 'peers', 'load.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', chunk => {
    out += String(chunk);
  });
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the load ended with ${code}`);
  return JSON.parse(out) as Load;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rate = (runs: Load[]) => median(runs.map(run => run.perSecond));
const p99 = (runs: Load[]) => median(runs.map(run => run.p99));
const shown = (runs: Load[]) => `${Math.round(rate(runs)).toLocaleString('en-IN')}/s, p99 ${p99(runs).toFixed(1)} ms`;

const database = await createPrivatePostgres();
const servers: Running[] = [];
try {
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query('create database astrix');
  await admin.query('create database plain');
  const urlOf = (name: string) => database.url.replace(/\/postgres$/, `/${name}`);

  const ours = await startScript([join(here, '..', 'backend', 'src', 'main.ts')], {
    DATABASE_URL: urlOf('astrix'),
    ASTRIX_ROLE: 'api',
    ASTRIX_ENV: 'development',
    ASTRIX_PORT: '0',
    ASTRIX_DATA_DIR: join(here, '..', 'out', 'bench', 'data'),
    ASTRIX_LOG_LEVEL: 'warn',
    ASTRIX_WHATSAPP_APP_SECRET: SECRET,
    ASTRIX_WHATSAPP_VERIFY_TOKEN: 'bench',
  });
  servers.push(ours);
  const plain = await startScript([join(here, 'peers', 'plain-handler.ts')], {
    DATABASE_URL: urlOf('plain'),
    BENCH_SECRET: SECRET,
  });
  servers.push(plain);
  const floor = await startScript([join(here, 'peers', 'raw-floor.ts')], { BENCH_SECRET: SECRET });
  servers.push(floor);

  const runs = { ours: [] as Load[], plain: [] as Load[], floor: [] as Load[] };
  for (const [name, server] of Object.entries({ ours, plain, floor })) await load(server.url, `warm-${name}`);
  const warm = new pg.Client({ connectionString: urlOf('astrix') });
  await warm.connect();
  const stored = async () => Number((await warm.query('select count(*) as n from webhook_deliveries')).rows[0].n);
  const before = await stored();
  for (let round = 0; round < ROUNDS; round++) {
    runs.ours.push(await load(ours.url, `ours-${round}`));
    runs.plain.push(await load(plain.url, `plain-${round}`));
    runs.floor.push(await load(floor.url, `floor-${round}`));
  }
  const acked = runs.ours.reduce((sum, run) => sum + run.acked, 0);
  const kept = (await stored()) - before;
  await warm.end();
  await admin.end();

  const overPlain = rate(runs.ours) / rate(runs.plain);
  const overFloor = rate(runs.ours) / rate(runs.floor);
  const tail = p99(runs.ours) / p99(runs.plain);
  publish({
    name: 'ingest',
    title: 'Webhook ingest with a durable acknowledgement',
    how: `PostgreSQL 18 with factory settings (fsync and autovacuum on), ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each, medians; the load generator shares the machine.`,
    measures: [
      {
        what: 'acknowledged, against Express + pg with one insert',
        ours: shown(runs.ours),
        peer: shown(runs.plain),
        ratio: `${overPlain.toFixed(2)} ×`,
        goal: '≥ 3 ×',
        held: overPlain >= 3,
      },
      {
        what: 'p99 against the same',
        ours: `${p99(runs.ours).toFixed(1)} ms`,
        peer: `${p99(runs.plain).toFixed(1)} ms`,
        ratio: tail.toFixed(2),
        goal: '≤ 1',
        held: tail <= 1,
      },
      {
        what: 'against verifying and storing nothing',
        ours: shown(runs.ours),
        peer: shown(runs.floor),
        ratio: overFloor.toFixed(2),
        goal: '≥ 0.5',
        held: overFloor >= 0.5,
      },
      {
        what: 'acknowledged deliveries that are not in the database',
        ours: String(acked - kept),
        peer: '–',
        ratio: '–',
        goal: '0',
        held: kept >= acked,
      },
    ],
  });
} finally {
  for (const server of servers) await server.stop();
  await database.remove();
}
