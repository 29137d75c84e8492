import { sql } from 'kysely';
import type { AgencySettings } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import { sha256 } from '../../../platform/crypto/index.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import type { Device } from './sessions.ts';

/** Refuses a device that the agency does not allow, with a sentence that says who can help. */
export async function demandDevice(
  tx: SystemTx,
  { devicesPerPerson, platforms }: AgencySettings,
  { agencyId, personId, device }: { readonly agencyId: string; readonly personId: string; readonly device: Device },
): Promise<void> {
  if (!platforms.includes(device.platform))
    fail('forbidden', {
      detail: 'Your agency does not allow this kind of computer. Use another one, or ask an owner or admin.',
    });
  if (devicesPerPerson === null) return;
  // Two sign-ins at once would each count without the other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`devices/${personId}`}, 0))`.execute(tx);
  const now = txNow(tx);
  const others = await tx
    .selectFrom('sessions')
    .select('device_key_hash')
    .distinct()
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .where('ends_at', '>', now)
    .where('idle_until', '>', now)
    .where('device_key_hash', '!=', sha256(device.key))
    .execute();
  if (others.length >= devicesPerPerson)
    fail('forbidden', {
      detail: `Your agency allows ${devicesPerPerson} ${devicesPerPerson === 1 ? 'device' : 'devices'} for each person. Sign out on another one, or ask an owner or admin to end a session there.`,
    });
}
