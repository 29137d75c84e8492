import { type Permission, roleMay } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import type { Actor, TenantTx } from '../db/index.ts';

/** Finds who is behind an access token at this moment, with role and clients as they are now (AU-08); null for nobody. */
export type Authenticate = (accessToken: string) => Promise<SessionActor | null>;

/** An actor, and when the person last proved themselves in this session. */
export type SessionActor = Actor & { readonly authenticatedAt: Date };

/** The client, as far as requests depend on it; null for one that the tenant of this transaction does not have. */
export type FindClient = (
  tx: TenantTx,
  clientId: string,
) => Promise<{ readonly featuresOff: readonly string[] } | null>;

/** Default deny: a role that the matrix does not name for a permission does not have it. */
export function demandPermission(actor: Actor, permission: Permission): void {
  if (!roleMay(actor.role, permission)) fail('forbidden');
}

/** A client that the person may not see answers exactly like one that does not exist (AZ-08). */
export function demandClient(actor: Actor, clientId: string): void {
  if (actor.clientIds !== 'all' && !actor.clientIds.includes(clientId)) fail('not_found');
}

/** For how long a proof counts (AU-12). */
const STEP_UP_SECONDS = 5 * 60;

/** What changes who may do what, or takes data out, is for a person who has just proved themselves: a session left open is not enough. */
export function demandStepUp(actor: SessionActor, now: Date): void {
  if (now.getTime() - actor.authenticatedAt.getTime() > STEP_UP_SECONDS * 1000) fail('step_up_needed');
}
