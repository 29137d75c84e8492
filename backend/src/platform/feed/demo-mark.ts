import type { Db, SystemTx } from '../db/index.ts';
import './tables.ts';

/** Writes into the database that the demo has filled it. Nothing takes the mark away. */
export async function markDemo(tx: SystemTx): Promise<void> {
  await tx.updateTable('deployment').set({ demo: true }).execute();
}

/** Throws on a database that the demo has filled: everybody knows the passwords of its people and their authenticator secrets. */
export async function refuseDemoDatabase(db: Db): Promise<void> {
  const { rows } = await db.internals.query('select demo from deployment');
  if (rows[0]?.demo === true)
    throw new Error(
      'The demo has filled this database, and its passwords and authenticator secrets are published, so it cannot be used in production. Name an empty database in DATABASE_URL, or an empty folder in ASTRIX_DATA_DIR. Nothing was changed.',
    );
}
