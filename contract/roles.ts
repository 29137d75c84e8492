import { z } from 'zod';

/** Roles of a membership in an agency. `client` is the client's own staff, read-only on their client (A11). */
export const ROLES = ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Roles that may not hold a session without a second factor (AU-10). */
export const ROLES_WITH_MFA: readonly Role[] = ['owner', 'admin', 'manager', 'agent', 'analyst'];

/** Roles that reach every client of the agency without an entry in client access. */
export const ROLES_WITH_ALL_CLIENTS: readonly Role[] = ['owner', 'admin'];

/** Everyone who works for the agency, without the client's own staff. */
export const STAFF = ['owner', 'admin', 'manager', 'agent', 'analyst'] as const satisfies readonly Role[];

/** Who may change things and write to customers. */
export const ROLES_THAT_WRITE = ['owner', 'admin', 'manager', 'agent'] as const satisfies readonly Role[];
