import { z } from 'zod';
import type { Explain, Judgement } from '../platform/egress/index.ts';
import { type Headers, usageOf } from './meta-usage.ts';
import { isCredentialDead, isTransient } from './whatsapp/failures.ts';

/** Graph's error, also inside of a 200. Source: Graph API guide, error handling; rate limits as of May 2026. */
const Refusal = z.object({
  error: z.object({
    code: z.number(),
    error_subcode: z.number().optional(),
    message: z.string().default(''),
    error_user_msg: z.string().optional(),
    error_data: z.object({ details: z.string().optional() }).optional().catch(undefined),
    is_transient: z.boolean().optional(),
  }),
});
type Told = z.output<typeof Refusal>['error'];

/** Why Meta does not take a token any more, by the subcode of 190. */
const LOST: Readonly<Record<number, string>> = {
  458: 'Astrix was removed in the settings of the Facebook account.',
  459: 'Facebook wants the person to log in at facebook.com first.',
  460: 'The password of the Facebook account was changed.',
  463: 'The access has run out.',
  464: 'The Facebook account is not confirmed yet.',
  467: 'The access was ended at Facebook.',
  492: 'The person no longer has a role on the page.',
};

/** Of the app, of the person, of a page, of an ad account, of a WhatsApp number; 80000 to 80014 are those of the business use cases. */
const TOO_MANY = new Set([4, 17, 32, 341, 613, 130429]);
const isTooMany = (code: number) => TOO_MANY.has(code) || (code >= 80_000 && code <= 80_014);
const isForbidden = (code: number) => code === 3 || code === 10 || code === 294 || (code >= 200 && code <= 299);

const MESSAGES: Readonly<Record<number, string>> = {
  1487534: 'Meta finds that too much data was asked for at once.',
  33: 'It is not there, or this access does not reach it.',
  2207006: 'The post is not there any more.',
};

const wordsOf = ({ error_user_msg, error_data, message, code }: Told): string =>
  (error_user_msg ?? error_data?.details ?? message).slice(0, 300).toWellFormed() || `code ${code}`;

/** Meta's error bodies. Anything that is not known stays a refusal with Meta's code and words. */
export const explainMeta: Explain = (body, status, headers) => {
  const refusal = Refusal.safeParse(body);
  return refusal.success ? judge(refusal.data.error, status, headers) : null;
};

function judge(told: Told, status: number, headers: Headers): Judgement {
  const { code, error_subcode: subcode = 0, is_transient } = told;
  if (isCredentialDead(code) || code === 102)
    return {
      kind: 'reauth',
      code: String(code),
      reason: LOST[subcode] ?? 'Meta no longer accepts this access.',
    };
  if (isTooMany(code) || status === 429)
    return { kind: 'retry', reason: 'rate-limited', afterSeconds: usageOf(headers).waitSeconds };
  if (is_transient === true || isTransient(code) || status >= 500) return { kind: 'retry', reason: `code-${code}` };
  if (isForbidden(code))
    return { kind: 'permanent', code: 'scope', reason: `A permission is missing: ${wordsOf(told)}` };
  return { kind: 'permanent', code: String(code), reason: MESSAGES[subcode] ?? wordsOf(told) };
}

/** Subcodes of 100 for a code of the consent that is over or was used. Seen in public code only, so the words count as well. */
const CODE_USED = new Set([36007, 36009]);

/** The same at the token endpoint, where a wrong secret of ours comes as code 1: no waiting would mend it, and no reconnecting. */
export const explainLogin: Explain = (body, status, headers) => {
  const refusal = Refusal.safeParse(body);
  if (!refusal.success) return null;
  const { code, error_subcode: subcode = 0, message } = refusal.data.error;
  if (code === 101 || (code === 1 && /client secret|application/i.test(message)))
    return {
      kind: 'permanent',
      code: 'invalid_client',
      reason: 'Meta does not know the app, or its secret is another one.',
    };
  if (code === 100 && (CODE_USED.has(subcode) || /(?:authorization|verification) code/i.test(message)))
    return { kind: 'reauth', code: 'invalid_grant', reason: 'The consent was used already, or is too old.' };
  return judge(refusal.data.error, status, headers);
};
