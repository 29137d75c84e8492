import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repeated } from '../../../testkit/repeated.ts';
import { until } from '../../../testkit/until.ts';
import {
  createPrivatePostgres,
  type PrivatePostgres,
  privatePostgresAvailable,
} from '../../../tools/private-postgres.ts';
import { type Running, startScript } from '../../../tools/running.ts';
import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import { messagePayload } from '../world.ts';

const SECRET = 'fault-app-secret';
const SENDERS = 12;
const KILLS = repeated(6, 200);
/** It brings a server of its own, so one of the two runs of the suite is enough. */
const here = privatePostgresAvailable() && !process.env.ASTRIX_TEST_DATABASE_URL;

let server: PrivatePostgres;
let folder: string;
beforeAll(async () => {
  if (!here) return;
  server = await createPrivatePostgres();
  folder = mkdtempSync(join(tmpdir(), 'astrix-faults-'));
});
afterAll(async () => {
  if (!here) return;
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function newDatabase(name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  return server.url.replace(/\/postgres$/, `/${name}`);
}

const startBackend = (databaseUrl: string, role: 'api' | 'worker' | 'all') =>
  startScript(['backend/src/main.ts'], {
    DATABASE_URL: databaseUrl,
    ASTRIX_ROLE: role,
    ASTRIX_DEMO: '1',
    ASTRIX_PORT: '0',
    ASTRIX_DATA_DIR: folder,
    ASTRIX_LOG_LEVEL: 'silent',
    ASTRIX_WHATSAPP_APP_SECRET: SECRET,
    ASTRIX_WHATSAPP_VERIFY_TOKEN: 'fault',
  });

type Ledger = { readonly acked: Set<string>; readonly refused: Map<number, number>; cut: number };
const newLedger = (): Ledger => ({ acked: new Set(), refused: new Map(), cut: 0 });

/** The provider: posts each message until it is acknowledged, as Meta does, and writes down what it was told. */
function provider(tag: string, ledger: Ledger, urlOf: () => string | null) {
  let going = true;
  let next = 0;
  const post = async (body: Buffer): Promise<number | null> => {
    const url = urlOf();
    if (url === null) return null;
    const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
    try {
      const reply = await fetch(`${url}/webhooks/whatsapp`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      });
      return reply.status;
    } catch {
      ledger.cut += 1;
      return null;
    }
  };
  const sender = async () => {
    while (going) {
      const n = next++;
      const id = `wamid.${tag}.${n}`;
      const account = DEMO_CLIENTS[n % 3]!.accountId;
      const message = { id, from: `9190000${String(n % 40).padStart(5, '0')}`, text: `Message ${n}`, at: new Date() };
      const body = Buffer.from(JSON.stringify(messagePayload(account, message)));
      for (;;) {
        const status = await post(body);
        if (status === 200) {
          ledger.acked.add(id);
          break;
        }
        if (status !== null) ledger.refused.set(status, (ledger.refused.get(status) ?? 0) + 1);
        // Given up by the test, not by the provider: it was never acknowledged, so nothing is owed.
        if (!going) break;
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    }
  };
  const senders = Array.from({ length: SENDERS }, sender);
  return async () => {
    going = false;
    await Promise.all(senders);
  };
}

/** How often each acknowledged message is in the database, once everything has been worked off. */
async function effects(databaseUrl: string, tag: string): Promise<Map<string, number>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const left = async () =>
      Number(
        (
          await client.query(
            "select (select count(*) from webhook_deliveries) + (select count(*) from webhook_events where state = 'pending') as n",
          )
        ).rows[0].n,
      );
    await until(async () => (await left()) === 0);
    const { rows } = await client.query<{ id: string; n: string }>(
      'select provider_id as id, count(*) as n from messages where provider_id like $1 group by 1',
      [`wamid.${tag}.%`],
    );
    return new Map(rows.map(row => [row.id, Number(row.n)]));
  } finally {
    await client.end();
  }
}

function expectLedgerKept(ledger: Ledger, stored: Map<string, number>): void {
  expect([...ledger.acked].filter(id => !stored.has(id))).toEqual([]);
  expect([...stored].filter(([, times]) => times !== 1)).toEqual([]);
}

test.runIf(here)(
  `F-01, WH-09: ${KILLS} times kill -9 while webhooks arrive and are worked on: every acknowledged one has its effect, once`,
  async () => {
    const url = await newDatabase('killed');
    await (await startBackend(url, 'api')).stop();
    const ledger = newLedger();
    const living: (Running | null)[] = [null, null];
    let turn = 0;
    let kills = 0;
    const stopProvider = provider('killed', ledger, () => living[turn++ % living.length]?.url ?? null);

    /** One process, killed again and again at another distance from its start, in acknowledged messages. */
    const victim = async (at: number) => {
      while (kills < KILLS) {
        kills += 1;
        const goal = 1 + ((kills * 37) % 160);
        const running = await startBackend(url, 'all');
        const before = ledger.acked.size;
        living[at] = running;
        await until(() => ledger.acked.size - before >= goal);
        await running.kill();
        living[at] = null;
      }
    };
    await Promise.all([victim(0), victim(1)]);
    living[0] = await startBackend(url, 'all');
    const seen = ledger.acked.size;
    await until(() => ledger.acked.size > seen + 20);
    await stopProvider();
    const stored = await effects(url, 'killed');
    await living[0].stop();

    expectLedgerKept(ledger, stored);
    expect(ledger.acked.size).toBeGreaterThan(KILLS);
    expect(ledger.cut).toBeGreaterThan(0);
  },
  // Each kill boots a backend, so the guard grows with their number.
  KILLS * 60_000,
);

test.runIf(here)(
  'F-03: the database crashes and comes back: no acknowledgement without storage, 503 meanwhile, and no restart is needed',
  async () => {
    const url = await newDatabase('restarted');
    const backend = await startBackend(url, 'all');
    const ledger = newLedger();
    const stopProvider = provider('restarted', ledger, () => backend.url);
    const ready = async () => (await fetch(`${backend.url}/ready`).catch(() => null))?.status ?? 0;
    for (const mode of ['immediate', 'fast', 'immediate'] as const) {
      const before = ledger.acked.size;
      await until(() => ledger.acked.size > before + 50);
      await server.stop(mode);
      const refused = ledger.refused.get(503) ?? 0;
      const acked = ledger.acked.size;
      await until(() => (ledger.refused.get(503) ?? 0) > refused + SENDERS);
      await until(async () => (await ready()) === 503);
      // Those under way at the crash may still have been answered; after that nobody is.
      expect(ledger.acked.size - acked).toBeLessThanOrEqual(SENDERS);
      await server.start();
      await until(() => ledger.acked.size > acked + SENDERS + 50);
      await until(async () => (await ready()) === 200);
    }
    await stopProvider();
    const stored = await effects(url, 'restarted');
    await backend.stop();
    expectLedgerKept(ledger, stored);
    expect([...ledger.refused.keys()]).toEqual([503]);
  },
);
