import type { Messaging } from '../messaging.ts';
import { split } from './split.ts';

/** WhatsApp as a channel to customers: the 24-hour customer service window, deliveries of the field `messages` and its like. */
export const whatsappMessaging: Messaging = {
  windowSeconds: 24 * 3600,
  businessField: 'businessAccountId',
  split,
};
