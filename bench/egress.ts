/**
 * One call through the egress against the same request through bare undici, on loopback. Both run in each round, so that a slow minute of
 * the machine hits both. The peer answers from a process of its own; the ledger writes into the embedded database, as in the product.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../backend/src/kernel/clock.ts';
import { newId } from '../backend/src/kernel/ids.ts';
import { migrate, openDb } from '../backend/src/platform/db/index.ts';
import { createCallLedger, createEgress, json } from '../backend/src/platform/egress/index.ts';
import { createMetrics, silentLog } from '../backend/src/platform/telemetry/index.ts';
import { startScript } from '../tools/running.ts';
import { percentile, publish } from './report.ts';

/** The very version that the egress uses. */
const { Agent, request } = createRequire(join(import.meta.dirname, '..', 'backend', 'package.json'))(
  'undici',
) as typeof import('undici');

const ROUNDS = 5;
const SECONDS = 2;
const CONCURRENCY = 16;
const GOAL = 2;

const Orders = z.object({
  orders: z.array(z.object({ id: z.string(), state: z.enum(['ready', 'sent']), paise: z.int() })),
});

type Load = { readonly perSecond: number; readonly p50: number; readonly p99: number };

/** `CONCURRENCY` loops, each with one call at a time. */
async function load(call: () => Promise<void>): Promise<Load> {
  const times: number[] = [];
  const until = performance.now() + SECONDS * 1000;
  const loop = async () => {
    while (performance.now() < until) {
      const from = performance.now();
      await call();
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, loop));
  times.sort((a, b) => a - b);
  return { perSecond: times.length / SECONDS, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const shown = (runs: Load[]) =>
  `${Math.round(median(runs.map(run => run.perSecond))).toLocaleString('en-IN')}/s, p99 ${median(runs.map(run => run.p99)).toFixed(1)} ms`;

const peer = await startScript([join(import.meta.dirname, 'peers', 'provider.ts')], {});
const db = await openDb({ dataDir: 'memory', clock: systemClock });
const metrics = createMetrics();
const bare = new Agent({ connections: 256 });
await migrate(db);
const egress = createEgress({
  rules: {
    production: false,
    providers: [
      { id: 'peer', hosts: ['api.peer.co'], budget: { default: { burst: 1e6, perSecond: 1e6 } }, sandbox: peer.url },
    ],
  },
  clock: systemClock,
  metrics,
  log: silentLog,
  ledger: createCallLedger({ db, log: silentLog, metrics }),
});
const connection = { agencyId: newId(), clientId: newId(), connectionId: newId(), actorId: newId() };

const ours = async () => {
  const outcome = await egress.call({
    provider: 'peer',
    capability: 'orders',
    connection,
    method: 'GET',
    path: '/v1/shops/{shop}/orders',
    parameters: { shop: 'asha' },
    query: { state: 'ready' },
    effect: 'read',
    reply: json(Orders),
    timeoutMs: 5000,
  });
  if (outcome.kind !== 'ok') throw new Error(`the peer did not answer: ${outcome.kind} ${outcome.reason}`);
};
const theirs = async () => {
  const reply = await request(`${peer.url}/v1/shops/asha/orders?state=ready`, { dispatcher: bare });
  Orders.parse(await reply.body.json());
};

try {
  const runs = { ours: [] as Load[], theirs: [] as Load[] };
  for (const call of [ours, theirs]) await load(call);
  for (let round = 0; round < ROUNDS; round++) {
    runs.theirs.push(await load(theirs));
    runs.ours.push(await load(ours));
  }
  const ratio = median(runs.ours.map(run => run.p50)) / median(runs.theirs.map(run => run.p50));
  const added = median(runs.ours.map(run => run.p50)) - median(runs.theirs.map(run => run.p50));
  publish({
    name: 'egress',
    title: 'A call to a provider',
    how: `HTTP on loopback, ${CONCURRENCY} calls at a time, ${ROUNDS} rounds of ${SECONDS} s each, medians; the reply has 20 orders, both sides check it against the same schema. Ours also judges keys and depth, keeps budget and breaker, and writes every call into the ledger of an embedded database in the same process.`,
    measures: [
      {
        what: 'calls, against bare undici',
        ours: shown(runs.ours),
        peer: shown(runs.theirs),
        ratio: `${ratio.toFixed(2)} × the time (+${added.toFixed(2)} ms with ${CONCURRENCY} at once)`,
        goal: `≤ ${GOAL} ×`,
        held: ratio <= GOAL,
      },
    ],
  });
} finally {
  await egress.close();
  await bare.close();
  await db.close();
  await peer.stop();
}
