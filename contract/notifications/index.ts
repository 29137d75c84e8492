import { z } from 'zod';
import { collection } from '../collection.ts';
import { defineFeature } from '../feature.ts';
import { Id } from '../fields.ts';
import { ROLES } from '../roles.ts';
import { clientChange } from '../route.ts';
import { NotificationPreferenceRow } from './rows.ts';

/** What each person wants to be told about. */
export const notifications = defineFeature('notifications', {
  permissions: { 'notification.own': ROLES },
  collections: {
    notificationPreferences: collection(NotificationPreferenceRow, {
      scope: 'person',
      dataClass: 'account',
      retention: 'account',
    }),
  },
  routes: {
    'set-preference': clientChange({
      window: true,
      method: 'PUT',
      path: '/v1/clients/:clientId/notification-preference',
      summary: 'Mute a client or set quiet hours for yourself',
      permission: 'notification.own',
      dataClasses: ['account'],
      bodyLimit: 1024,
      audit: null,
      params: z.strictObject({ clientId: Id }),
      body: z.strictObject({
        muted: z.boolean(),
        quietFrom: z.int().min(0).max(1439).nullable(),
        quietTo: z.int().min(0).max(1439).nullable(),
      }),
      reply: z.null(),
      replyStatus: 204,
    }),
  },
});
