/**
 * A process of its own that moves every key to the next one, and dies by kill -9 at its n-th step. Arguments: the address of the
 * database, the names of the two key-encryption keys, the step; 0 lives to the end and prints what was done.
 */
import { systemClock } from '../../src/kernel/clock.ts';
import { openDb } from '../../src/platform/db/index.ts';
import { createVault } from '../../src/platform/vault/index.ts';
import { kekNamed } from './keks.ts';

const [url = '', from = '', to = '', dieAt = '0'] = process.argv.slice(2);
const db = await openDb({ url, poolSize: 3, clock: systemClock });
const vault = createVault({ db, keks: { current: kekNamed(from), next: kekNamed(to) } });
await vault.open();
let step = 0;
const report = await vault.rewrap({
  batch: 2,
  progress: () => {
    step += 1;
    // Nothing is told to the database: it finds out when the connection is gone, as when the power goes.
    if (step === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
  },
});
await db.close();
process.stdout.write(`${JSON.stringify({ ...report, steps: step })}\n`);
