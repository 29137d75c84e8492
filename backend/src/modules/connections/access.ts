import type { ProviderId } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { type TenantTx, txActor } from '../../platform/db/index.ts';
import { wasMember } from '../identity/index.ts';
import type {} from './tables.ts';

/** Providers that the person who acts may not use (A10). */
export async function deniedHere(tx: TenantTx): Promise<ReadonlySet<string>> {
  const { agencyId, personId } = txActor(tx);
  const rows = await tx
    .selectFrom('provider_denials')
    .select('provider')
    .where('agency_id', '=', agencyId)
    .where('person_id', '=', personId)
    .execute();
  return new Set(rows.map(row => row.provider));
}

export async function demandProvider(tx: TenantTx, provider: string): Promise<void> {
  if ((await deniedHere(tx)).has(provider)) fail('provider_denied');
}

export async function listDenials(tx: TenantTx) {
  const rows = await tx.selectFrom('provider_denials').select(['person_id', 'provider']).orderBy('provider').execute();
  const byPerson = Map.groupBy(rows, row => row.person_id);
  return [...byPerson].map(([personId, denied]) => ({
    personId,
    providers: denied.map(({ provider }) => provider as ProviderId),
  }));
}

export async function setDenials(tx: TenantTx, personId: string, providers: readonly ProviderId[]): Promise<void> {
  const { agencyId } = txActor(tx);
  if (!(await wasMember(tx, personId))) fail('not_found');
  await tx.deleteFrom('provider_denials').where('agency_id', '=', agencyId).where('person_id', '=', personId).execute();
  if (providers.length > 0)
    await tx
      .insertInto('provider_denials')
      .values([...new Set(providers)].map(provider => ({ agency_id: agencyId, person_id: personId, provider })))
      .execute();
}
