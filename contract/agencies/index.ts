import { z } from 'zod';
import { collection } from '../collection.ts';
import { defineFeature } from '../feature.ts';
import { ROLES } from '../roles.ts';
import { agencyChange, agencyRead } from '../route.ts';
import { PersonRow } from './rows.ts';
import { AgencySettingsFields, AgencySettingsView, ConsoleRulesRow } from './settings.ts';

/** The agency as its own people see it, and what it has chosen for them. */
export const agencies = defineFeature('agencies', {
  permissions: { 'agency.read': ROLES, 'agency.settings': ['owner', 'admin'] },
  collections: {
    people: collection(PersonRow, {
      scope: 'agency',
      audience: 'colleagues',
      dataClass: 'account',
      retention: 'account',
      listed: row => ({ at: null, status: row.active ? 'active' : 'disabled', words: row.name }),
    }),
    'console-rules': collection(ConsoleRulesRow, { scope: 'agency', dataClass: 'account', retention: 'account' }),
  },
  routes: {
    'list-people': agencyRead({
      path: '/v1/people',
      summary: 'People of the agency, for assigning and mentioning',
      permission: 'agency.read',
      dataClasses: ['account'],
      reply: z.strictObject({ people: z.array(PersonRow) }),
    }),
    settings: agencyRead({
      path: '/v1/agency/settings',
      summary: 'What the agency has chosen for its people, and where its data lies',
      permission: 'agency.settings',
      dataClasses: ['account'],
      window: true,
      reply: AgencySettingsView,
    }),
    'save-settings': agencyChange({
      method: 'PUT',
      path: '/v1/agency/settings',
      summary: 'Replace the settings of the agency; shorter limits hold from the next request or sign-in on',
      permission: 'agency.settings',
      dataClasses: ['account'],
      bodyLimit: 4096,
      audit: 'settings.agency',
      stepUp: true,
      window: true,
      body: z.strictObject({ ...AgencySettingsFields.shape, version: z.int().min(0) }),
      reply: AgencySettingsView,
      errors: ['changed_meanwhile'],
    }),
  },
});
