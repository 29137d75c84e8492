import { z } from 'zod';
import { Capability } from '../capabilities.ts';
import { defineFeature } from '../feature.ts';
import { Id } from '../fields.ts';
import { STAFF } from '../roles.ts';
import { clientRead } from '../route.ts';
import { Preview } from './views.ts';

/** The page of rows that a connection shows: the newest of each capability, kept for a day. */
export const previews = defineFeature('previews', {
  permissions: {
    /** Named after what the person uses. Consoles of 0.1.0 read a closed list of permissions and know it by this name. */
    'connection.use': STAFF,
  },
  routes: {
    read: clientRead({
      window: true,
      path: '/v1/clients/:clientId/connections/:connectionId/data/:capability',
      summary:
        'The newest rows of the connected account through one capability, with their age; old rows stay, marked, when the provider cannot be asked',
      permission: 'connection.use',
      reaches: 'provider',
      dataClasses: ['client-business', 'logistics', 'payment-metadata', 'files-content'],
      ratePerMinute: 60,
      params: z.strictObject({ clientId: Id, connectionId: Id, capability: Capability }),
      query: z.strictObject({
        /** Fifty AWB numbers are the longest of what is asked for. */
        text: z.string().trim().max(800).optional(),
        /** Ask the provider even when what is kept is fresh. */
        refresh: z.enum(['1']).optional(),
      }),
      reply: Preview,
      errors: ['not_found', 'provider_denied', 'switched_off', 'connection_unusable', 'invalid_request'],
    }),
  },
});
