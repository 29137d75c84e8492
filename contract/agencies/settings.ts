import { z } from 'zod';
import { Id, Instant } from '../fields.ts';
import { DEVICE_PLATFORMS } from '../identity/views.ts';

const EXPORTERS = ['owner', 'admin'] as const;

/** What an agency chooses for its people. The bounds are those of the product (AU-06, LC-08): nothing here makes a limit longer. */
export const AgencySettingsFields = z.strictObject({
  /** After so many idle hours a session ends. */
  sessionIdleHours: z.int().min(1).max(8),
  sessionLifeDays: z.int().min(1).max(30),
  /** Of the sessions of owners and admins. */
  privilegedLifeHours: z.int().min(1).max(12),
  /** For so long a console shows what it keeps without having seen the server. */
  offlineLeaseDays: z.int().min(1).max(3),
  /** How many devices one person may be signed in on at a time; null for any number. */
  devicesPerPerson: z.int().min(1).max(20).nullable(),
  /** Systems on which people may sign in. */
  platforms: z
    .array(z.enum(DEVICE_PLATFORMS))
    .min(1, 'must name at least one system')
    .max(DEVICE_PLATFORMS.length)
    .refine(all => new Set(all).size === all.length, 'must name each system once'),
  /** Who may take data out of the agency. */
  exportRoles: z
    .array(z.enum(EXPORTERS))
    .min(1)
    .max(EXPORTERS.length)
    .refine(roles => roles.includes('owner'), 'must name the owner, who can choose again'),
  /** For so long a recovery that an owner or admin starts can still be stopped. */
  recoveryDelayHours: z.union([z.literal(0), z.literal(24)]),
  invitationsPerDay: z.int().min(1).max(500),
});
export type AgencySettingsFields = z.infer<typeof AgencySettingsFields>;

/** What holds for an agency that has chosen nothing. */
export const DEFAULT_AGENCY_SETTINGS: AgencySettingsFields = {
  sessionIdleHours: 8,
  sessionLifeDays: 30,
  privilegedLifeHours: 12,
  offlineLeaseDays: 3,
  devicesPerPerson: null,
  platforms: [...DEVICE_PLATFORMS],
  exportRoles: [...EXPORTERS],
  recoveryDelayHours: 24,
  invitationsPerDay: 200,
};

/** The settings as owners and admins see them. */
export const AgencySettingsView = z.strictObject({
  settings: AgencySettingsFields,
  /** 0 while nobody has chosen anything. A change names the version that it was made from. */
  version: z.int().min(0),
  updatedAt: Instant.nullable(),
  /** Where the data lies, as whoever operates the installation has said it; null: they have not. */
  region: z.string().max(120).nullable(),
});
export type AgencySettingsView = z.infer<typeof AgencySettingsView>;

/** What consoles hold themselves, without asking the server. The id is the agency's. */
export const ConsoleRulesRow = z.strictObject({
  id: Id,
  offlineLeaseDays: z.int().min(1).max(3),
  updatedAt: Instant,
});
export type ConsoleRulesRow = z.infer<typeof ConsoleRulesRow>;
