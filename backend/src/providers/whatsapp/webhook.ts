import { equalDigests, equalTexts, hmacSha256 } from '../../platform/crypto/index.ts';

/**
 * X-Hub-Signature-256 over the exact bytes that arrived, under any of the live app secrets (WH-01, WH-02, WH-05). The scheme has
 * no timestamp, so there is no window to check (WH-03): what guards against replays are the natural keys of the effects.
 */
export function signatureHolds(
  secrets: readonly string[],
  rawBody: Buffer,
  header: string | string[] | undefined,
): boolean {
  if (typeof header !== 'string' || !/^sha256=[0-9a-f]{64}$/.test(header)) return false;
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  let holds = false;
  // Every secret is tried, whichever matches: the time says nothing about which one it was.
  for (const secret of secrets) holds = equalDigests(given, hmacSha256(secret, rawBody)) || holds;
  return holds;
}

/** The challenge to echo, or null to refuse. Only digits are ever echoed (WH-13). */
export function answerHandshake(verifyToken: string, query: Readonly<Record<string, unknown>>): string | null {
  const mode = query['hub.mode'];
  const token = query['hub.verify_token'];
  const challenge = query['hub.challenge'];
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return null;
  if (!equalTexts(token, verifyToken) || !/^\d{1,20}$/.test(challenge)) return null;
  return challenge;
}
