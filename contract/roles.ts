import { z } from 'zod';

/** Roles of a membership in an agency. `client` is the client's own staff, read-only on their client (A11). */
export const ROLES = ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Roles that may not hold a session without a second factor (AU-10). */
export const ROLES_WITH_MFA: readonly Role[] = ['owner', 'admin', 'manager', 'agent', 'analyst'];

/** Roles that reach every client of the agency without an entry in client access. */
export const ROLES_WITH_ALL_CLIENTS: readonly Role[] = ['owner', 'admin'];

/** Permission matrix: default deny, one line per permission. The server enforces it; the console reads it to decide what to show. */
export const PERMISSIONS = {
  'session.own': ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'],
  'session.any': ['owner', 'admin'],
  'agency.read': ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'],
  'client.read': ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'],
  'client.access': ['owner', 'admin', 'manager'],
  'conversation.read': ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'],
  'conversation.reply': ['owner', 'admin', 'manager', 'agent'],
  'conversation.triage': ['owner', 'admin', 'manager', 'agent'],
  'contact.read': ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'],
  'contact.consent': ['owner', 'admin', 'manager', 'agent'],
  'notification.own': ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'],
  'connection.read': ['owner', 'admin', 'manager', 'agent', 'analyst'],
  'connection.use': ['owner', 'admin', 'manager', 'agent', 'analyst'],
  'connection.manage': ['owner', 'admin', 'manager'],
  /** Connect or end what all clients of the agency share. */
  'connection.share': ['owner', 'admin'],
  'switch.operate': ['owner', 'admin'],
  'provider.access': ['owner', 'admin'],
  'webhook.operate': ['owner', 'admin'],
  'sync.read': ['owner', 'admin', 'manager', 'agent', 'analyst', 'client'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

export function roleMay(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

export function permissionsOf(role: Role): Permission[] {
  return PERMISSION_NAMES.filter(permission => roleMay(role, permission));
}
