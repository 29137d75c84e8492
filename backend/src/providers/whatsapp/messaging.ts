import type { Messaging } from '../messaging.ts';
import { sendText } from './send.ts';
import { split } from './split.ts';

/** WhatsApp as a way to write with customers, with its 24-hour customer service window. Source: Cloud API reference v23.0. */
export const whatsappMessaging: Messaging = {
  windowSeconds: 24 * 3600,
  maxTextLength: 4096,
  businessField: 'businessAccountId',
  split,
  sendText,
};
