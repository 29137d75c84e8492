/**
 * Credentials of connections: how fast they are sealed and opened, how often a provider is asked when everybody wants to renew at once, and
 * how long calls go on after a switch was pulled. On PostgreSQL when ASTRIX_TEST_DATABASE_URL names one, else on the embedded database;
 * `--quick` takes tiny numbers, only to see that it runs.
 */
import { parseArgs } from 'node:util';
import { newId } from '../backend/src/kernel/ids.ts';
import { secret } from '../backend/src/kernel/secret.ts';
import { createSwitches, SWITCHES_CHANNEL } from '../backend/src/modules/connections/index.ts';
import { listen, withSystem } from '../backend/src/platform/db/index.ts';
import { createWorkers, type Worker } from '../backend/test/connections/workers.ts';
import { publish } from './report.ts';

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const WORKERS = quick ? 2 : 8;
const CONNECTIONS = quick ? 10 : 500;
const SEALS = quick ? 20 : 2000;
const GOAL_SECONDS = 5;

const all = await createWorkers();
const { agencyId } = all;
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
const perSecond = (count: number, from: number) => Math.round((count * 1000) / (performance.now() - from));

/** Each in a transaction of its own, as in the product. */
async function seals() {
  const place = { agencyId, clientId: newId(), connectionId: newId() };
  const value = secret('x'.repeat(400));
  const put = (n: number) => withSystem(all.db, 'connections', tx => all.vault.put(tx, place, `field${n % 5}`, value));
  const get = (n: number) => withSystem(all.db, 'connections', tx => all.vault.get(tx, place, `field${n % 5}`));
  const measured: number[] = [];
  for (const work of [put, get]) {
    for (let n = 0; n < 10; n += 1) await work(n);
    const from = performance.now();
    for (let n = 0; n < SEALS; n += 1) await work(n);
    measured.push(perSecond(SEALS, from));
  }
  return { seals: measured[0]!, opens: measured[1]! };
}

async function storm(workers: readonly Worker[]) {
  const ids = await all.connections('jira', CONNECTIONS);
  const from = performance.now();
  await Promise.all(
    workers.map(async ({ refresh }) => {
      const left = [...ids].sort(() => Math.random() - 0.5);
      const loop = async () => {
        for (let id = left.pop(); id !== undefined; id = left.pop())
          await refresh.hold(agencyId, id, { notVersion: null });
      };
      await Promise.all([loop(), loop(), loop(), loop()]);
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  const calls = all.sandbox.asked.filter(({ path }) => path === '/oauth/token').length;
  return { calls: calls / CONNECTIONS, lost: all.sandbox.book.families().filter(one => one.revoked).length, seconds };
}

/** Calls of all workers, each asking its own switches before it leaves, until a provider is switched off in the database. */
async function switched(workers: readonly Worker[]): Promise<number> {
  const connection = { agencyId, clientId: null, connectionId: newId(), actorId: null };
  let last = 0;
  let running = true;
  const workersDone = workers.map(async ({ deps }) => {
    const switches = createSwitches(deps.db);
    const unlisten = await listen(deps.db, SWITCHES_CHANNEL, switches.forget);
    while (running) {
      if (await switches.allowed(connection, 'jira')) last = performance.now();
      await pause(1);
    }
    await unlisten();
  });
  await pause(500);
  await withSystem(all.db, 'demo-seed', tx =>
    tx
      .insertInto('switches')
      .values({ agency_id: agencyId, scope: 'provider', subject: 'jira', reason: 'a drill', by: null, at: new Date() })
      .execute(),
  );
  const at = performance.now();
  await pause(GOAL_SECONDS * 1000 + 500);
  running = false;
  await Promise.all(workersDone);
  return Math.max(0, last - at) / 1000;
}

try {
  const vault = await seals();
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => all.worker({ wait: () => pause(10) })));
  const renewed = await storm(workers);
  const seconds = await switched(workers);
  const alone = { peer: '–', ratio: '–' };
  publish({
    name: 'connections',
    title: 'Credentials of connections',
    how: `${process.env.ASTRIX_TEST_DATABASE_URL ? 'PostgreSQL' : 'The embedded database'}; sealing and opening ${SEALS} values of 400 bytes, one after the other, each in a transaction of its own; ${WORKERS} workers that all want ${CONNECTIONS} tokens renewed at once, at a provider that revokes on reuse; and the same workers making calls while their provider is switched off.`,
    measures: [
      { ...alone, what: 'sealed a second', ours: vault.seals.toLocaleString('en-IN'), goal: '–', held: null },
      { ...alone, what: 'opened a second', ours: vault.opens.toLocaleString('en-IN'), goal: '–', held: null },
      {
        ...alone,
        what: 'refresh storm: calls to the provider per connection',
        ours: `${renewed.calls.toFixed(3)} (${renewed.lost} grants lost, ${renewed.seconds.toFixed(1)} s)`,
        goal: 'exactly 1, none lost',
        held: renewed.calls === 1 && renewed.lost === 0,
      },
      {
        ...alone,
        what: 'switch: seconds to the last call',
        ours: seconds.toFixed(2),
        goal: `≤ ${GOAL_SECONDS}`,
        held: seconds <= GOAL_SECONDS,
      },
    ],
  });
} finally {
  await all.close();
}
