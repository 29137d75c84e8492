import type { Role } from '@astrix/contract';
import type { SystemTx } from '../../../platform/db/index.ts';
import '../tables.ts';

export type Account = {
  readonly personId: string;
  readonly agencyId: string;
  readonly role: Role;
  readonly email: string;
  readonly name: string;
};

/**
 * Who has the address or the id, in the agency that a sign-in enters. Null for somebody unknown, disabled or in no agency. It proves nothing:
 * the caller has seen a link, a passkey or what an identity provider says.
 */
export async function findAccount(
  tx: SystemTx,
  by: { readonly email: string } | { readonly personId: string },
): Promise<Account | null> {
  const people = tx
    .selectFrom('people as p')
    .innerJoin('memberships as m', 'm.person_id', 'p.id')
    .select(['p.id as personId', 'm.agency_id as agencyId', 'm.role', 'p.email', 'p.name'])
    .where('p.disabled_at', 'is', null)
    .where('m.disabled_at', 'is', null)
    .orderBy('m.created_at')
    .orderBy('m.agency_id')
    .limit(1);
  const found = await ('email' in by
    ? people.where('p.email', '=', by.email)
    : people.where('p.id', '=', by.personId)
  ).executeTakeFirst();
  return found ?? null;
}
