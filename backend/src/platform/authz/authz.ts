import { type Permission, roleMay } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import type { Actor, TenantTx } from '../db/index.ts';

/** Finds who is behind an access token at this moment, with role and clients as they are now (AU-08); null for nobody. */
export type Authenticate = (accessToken: string) => Promise<Actor | null>;

/** Whether the tenant of this transaction has the client. */
export type ClientExists = (tx: TenantTx, clientId: string) => Promise<boolean>;

/** Default deny: a role that the matrix does not name for a permission does not have it. */
export function demandPermission(actor: Actor, permission: Permission): void {
  if (!roleMay(actor.role, permission)) fail('forbidden');
}

/** A client that the person may not see answers exactly like one that does not exist (AZ-08). */
export function demandClient(actor: Actor, clientId: string): void {
  if (actor.clientIds !== 'all' && !actor.clientIds.includes(clientId)) fail('not_found');
}
