import { z } from 'zod';
import type { WebhookScheme } from '../platform/signatures/index.ts';
import type { ProviderWebhook } from './provider.ts';
import { WHATSAPP } from './whatsapp/manifest.ts';
import { answerHandshake } from './whatsapp/webhook.ts';

/**
 * What Meta posts to an app when somebody takes it away, or wants their data deleted: the form field `signed_request`. It is tried again for
 * less than an hour; later it is somebody who kept one.
 */
export const META_CALLBACK = {
  kind: 'signed-request',
  field: 'signed_request',
  maxAgeSeconds: 3600,
  toleranceSeconds: 300,
} as const satisfies WebhookScheme;

/** How each product of Meta delivers events of all accounts to one address of the app. */
export const META_DELIVERIES = {
  scheme: WHATSAPP.webhook.scheme,
  of: 'app',
  secret: 'app',
  handshake: answerHandshake,
} as const satisfies Omit<ProviderWebhook, 'events'>;

const Payload = z.object({
  /** Scoped to the app; the same as `/me` says to it. */
  user_id: z.union([z.string().regex(/^\d{1,40}$/), z.int().min(1).transform(String)]),
  issued_at: z.int(),
  app_id: z.union([z.string(), z.int().transform(String)]).optional(),
});

export type MetaCallback = { readonly userId: string; readonly issuedAt: Date };

/** Null for what is not about anybody, and for another app's, should two share a secret. `appId` is null where ours is not known. */
export function readCallback(content: Buffer, appId: string | null): MetaCallback | null {
  const payload = Payload.safeParse(JSON.parse(content.toString('utf8')));
  if (!payload.success) return null;
  const { user_id, issued_at, app_id } = payload.data;
  if (app_id !== undefined && appId !== null && app_id !== appId) return null;
  return { userId: user_id, issuedAt: new Date(issued_at * 1000) };
}
