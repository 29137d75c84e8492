import { z } from 'zod';
import { collection } from '../collection.ts';
import { defineFeature } from '../feature.ts';
import { ROLES } from '../roles.ts';
import { agencyRead } from '../route.ts';
import { PersonRow } from './rows.ts';

/** The agency as its own people see it. */
export const agencies = defineFeature('agencies', {
  permissions: { 'agency.read': ROLES },
  collections: {
    people: collection(PersonRow, {
      scope: 'agency',
      audience: 'colleagues',
      dataClass: 'account',
      retention: 'account',
      listed: row => ({ at: null, status: row.active ? 'active' : 'disabled', words: row.name }),
    }),
  },
  routes: {
    'list-people': agencyRead({
      path: '/v1/people',
      summary: 'People of the agency, for assigning and mentioning',
      permission: 'agency.read',
      dataClasses: ['account'],
      reply: z.strictObject({ people: z.array(PersonRow) }),
    }),
  },
});
