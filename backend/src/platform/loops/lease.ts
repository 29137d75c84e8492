import { sql } from 'kysely';
import { type Db, withSystem } from '../db/index.ts';
import './tables.ts';

/**
 * True while `owner` holds the lease. The lease expires after `seconds` unless its holder renews it by another call, so work goes on in
 * another process if the holder dies (F-23). Another owner who takes it over raises the generation.
 */
export function holdLease(db: Db, name: string, owner: string, seconds: number): Promise<boolean> {
  return withSystem(db, 'lease', async tx => {
    const { rows } = await sql`
      insert into leases (name, owner, generation, until) values (${name}, ${owner}::uuid, 1, astrix_now() + ${seconds} * interval '1 second')
      on conflict (name) do update set owner = excluded.owner, until = excluded.until,
        generation = leases.generation + (case when leases.owner = excluded.owner then 0 else 1 end)
      where leases.owner = excluded.owner or leases.until <= astrix_now() returning 1`.execute(tx);
    return rows.length === 1;
  });
}
