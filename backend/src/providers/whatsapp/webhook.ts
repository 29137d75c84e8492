import { equalTexts } from '../../platform/crypto/index.ts';

/** The challenge to echo, or null to refuse. Only digits are ever echoed (WH-13). */
export function answerHandshake(verifyToken: string, query: Readonly<Record<string, unknown>>): string | null {
  const mode = query['hub.mode'];
  const token = query['hub.verify_token'];
  const challenge = query['hub.challenge'];
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return null;
  if (!equalTexts(token, verifyToken) || !/^\d{1,20}$/.test(challenge)) return null;
  return challenge;
}
