/** Boots the backend on an empty embedded database in memory and stops again. What is missing ends it with the sentence that says so. */
import { buildApp } from '../backend/src/app.ts';
import { readConfig } from '../backend/src/config.ts';
import { systemClock } from '../backend/src/kernel/clock.ts';
import { migrate, openDb } from '../backend/src/platform/db/index.ts';
import { createMetrics, silentLog } from '../backend/src/platform/telemetry/index.ts';

try {
  const config = readConfig({ ...process.env, ASTRIX_KEK: Buffer.alloc(32, 1).toString('base64') });
  const db = await openDb({ dataDir: 'memory', clock: systemClock });
  await migrate(db);
  const app = await buildApp({
    config,
    db,
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
    version: '0.0.0',
    demo: null,
  });
  await app.stop();
  await db.close();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
