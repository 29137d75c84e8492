import type { Role } from '@astrix/contract';
import { secret } from '../../kernel/secret.ts';
import { type Keyring, open, seal } from '../../platform/crypto/index.ts';
import { type SystemTx, txNow } from '../../platform/db/index.ts';
import type { Claims, OidcProvider } from '../../platform/oidc/index.ts';
import { findAccount } from '../identity/index.ts';
import type { PendingIdentity, Recognised } from './flows.ts';
import './tables.ts';

export type AgencyProvider = OidcProvider & {
  readonly agencyId: string;
  readonly label: string;
  readonly domains: readonly string[];
  readonly factorValues: readonly string[];
  readonly roleClaim: string | null;
  readonly roles: readonly { readonly value: string; readonly role: Exclude<Role, 'owner' | 'client'> }[];
};

const placeOf = (agencyId: string) => ({ table: 'oidc_providers', field: 'secret', agency: agencyId });

export async function providerOf(tx: SystemTx, keyring: Keyring, agencyId: string): Promise<AgencyProvider | null> {
  const row = await tx.selectFrom('oidc_providers').selectAll().where('agency_id', '=', agencyId).executeTakeFirst();
  if (!row) return null;
  return {
    agencyId,
    label: row.label,
    issuer: row.issuer,
    clientId: row.client_id,
    clientSecret: secret(open(keyring, row.secret_sealed, placeOf(agencyId))),
    domains: row.domains,
    factorValues: row.factor_values,
    roleClaim: row.role_claim,
    roles: typeof row.roles === 'string' ? JSON.parse(row.roles) : row.roles,
  };
}

export async function keepProvider(
  tx: SystemTx,
  keyring: Keyring,
  { agencyId, clientSecret, ...provider }: AgencyProvider,
  personId: string,
): Promise<void> {
  const row = {
    label: provider.label,
    issuer: provider.issuer,
    client_id: provider.clientId,
    secret_sealed: seal(keyring, clientSecret.reveal(), placeOf(agencyId)),
    domains: [...provider.domains],
    factor_values: [...provider.factorValues],
    role_claim: provider.roleClaim,
    roles: JSON.stringify(provider.roles),
    updated_at: txNow(tx),
    updated_by: personId,
  };
  await tx
    .insertInto('oidc_providers')
    .values({ agency_id: agencyId, ...row })
    .onConflict(conflict => conflict.column('agency_id').doUpdateSet(row))
    .execute();
}

/** False when there was none. Identities stay: the same provider, set up again, knows its people. */
export async function forgetProvider(tx: SystemTx, agencyId: string): Promise<boolean> {
  const gone = await tx
    .deleteFrom('oidc_providers')
    .where('agency_id', '=', agencyId)
    .returning('agency_id')
    .executeTakeFirst();
  return gone !== undefined;
}

const domainOf = (email: string) => email.split('@').at(-1) ?? '';

/** The agency whose provider looks after the domain of an address; of several, none: a domain has one. */
export async function agencyOfDomain(tx: SystemTx, email: string): Promise<string | null> {
  const rows = await tx.selectFrom('oidc_providers').select(['agency_id', 'domains']).execute();
  const found = rows.filter(({ domains }) => domains.includes(domainOf(email)));
  return found.length === 1 ? found[0]!.agency_id : null;
}

/** Whether any agency of this installation has a provider. */
export async function hasProviders(tx: SystemTx): Promise<boolean> {
  const row = await tx.selectFrom('oidc_providers').select('agency_id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** What follows from what a provider says. */
export type Verdict =
  | { readonly kind: 'known'; readonly person: Recognised }
  /** Somebody of the agency has this address. Only they can connect it, after they have proved themselves. */
  | { readonly kind: 'prove'; readonly identity: PendingIdentity }
  /** Nobody has it, and the owner lets people of these groups in. */
  | { readonly kind: 'join'; readonly identity: PendingIdentity; readonly role: Role; readonly name: string }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'unverified' };

/**
 * Who it is. The key is issuer and subject: an address that has changed at the provider moves no account, and an address alone opens none. A
 * person of another agency is a stranger here.
 */
export async function judgeClaims(tx: SystemTx, provider: AgencyProvider, claims: Claims): Promise<Verdict> {
  const known = await tx
    .updateTable('oidc_identities')
    .set({ last_used_at: txNow(tx) })
    .where('agency_id', '=', provider.agencyId)
    .where('issuer', '=', claims.issuer)
    .where('subject', '=', claims.subject)
    .returning('person_id')
    .executeTakeFirst();
  if (known) {
    const person = await findAccount(tx, { personId: known.person_id });
    return person?.agencyId === provider.agencyId ? { kind: 'known', person } : { kind: 'stranger' };
  }
  if (claims.email === null || !claims.emailVerified) return { kind: 'unverified' };
  if (!provider.domains.includes(domainOf(claims.email))) return { kind: 'stranger' };
  const { issuer, subject, email } = claims;
  const identity = { agencyId: provider.agencyId, issuer, subject, email };
  const account = await findAccount(tx, { email });
  if (account !== null)
    return account.agencyId === provider.agencyId ? { kind: 'prove', identity } : { kind: 'stranger' };
  const role = roleOf(provider, claims);
  return role === null ? { kind: 'stranger' } : { kind: 'join', identity, role, name: claims.name ?? email };
}

/** The role of the first line whose value the person has (A8); null without one, and when the owner has switched it off. */
export function roleOf({ roleClaim, roles }: Pick<AgencyProvider, 'roleClaim' | 'roles'>, claims: Claims): Role | null {
  if (roleClaim === null) return null;
  const values = claims.valuesOf(roleClaim);
  return roles.find(({ value }) => values.includes(value))?.role ?? null;
}

/** Whether the provider has asked for a second factor that the owner counts (AU-10). */
export const hasOwnFactor = ({ factorValues }: Pick<AgencyProvider, 'factorValues'>, claims: Claims): boolean =>
  factorValues.some(value => claims.methods.includes(value) || claims.context === value);

/** Connects a subject to an account that has been proved. A subject that is connected stays where it is. */
export async function connectIdentity(tx: SystemTx, identity: PendingIdentity, personId: string): Promise<void> {
  const now = txNow(tx);
  await tx
    .insertInto('oidc_identities')
    .values({
      agency_id: identity.agencyId,
      issuer: identity.issuer,
      subject: identity.subject,
      person_id: personId,
      created_at: now,
      last_used_at: now,
    })
    .onConflict(conflict => conflict.doNothing())
    .execute();
}
