import { equalTexts } from '../../platform/crypto/index.ts';
import type { ProviderWebhook } from '../provider.ts';

/** The challenge to echo when the address is registered, or null to refuse. Only digits are ever echoed (WH-13). */
function answerHandshake(verifyToken: string, query: Readonly<Record<string, unknown>>): string | null {
  const mode = query['hub.mode'];
  const token = query['hub.verify_token'];
  const challenge = query['hub.challenge'];
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return null;
  if (!equalTexts(token, verifyToken) || !/^\d{1,20}$/.test(challenge)) return null;
  return challenge;
}

/** How each product of Meta delivers events of all accounts to one address of the app. */
export const META_DELIVERIES = {
  scheme: { kind: 'hmac-body', header: 'x-hub-signature-256', prefix: 'sha256=', encoding: 'hex' },
  of: 'app',
  app: 'meta',
  handshake: answerHandshake,
} as const satisfies ProviderWebhook;
