import { z } from 'zod';
import type { Explain, Headers, Judgement } from '../../platform/egress/index.ts';
import { clamp } from '../json.ts';
import { usageOf } from './usage.ts';

/** Graph's error, also inside of a 200. Sources: Graph API guide, error handling; Cloud API error codes; rate limits as of May 2026. */
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
type GraphError = z.output<typeof Refusal>['error'];

/** The credential is dead: nothing works until a person reconnects. */
const CREDENTIAL_DEAD = new Set([0, 102, 190]);

/** Why Meta no longer accepts a token, by the subcode of 190. */
const LOST: Readonly<Record<number, string>> = {
  458: 'Astrix was removed in the settings of the Facebook account.',
  459: 'Facebook wants the person to log in at facebook.com first.',
  460: 'The password of the Facebook account was changed.',
  463: 'The access has run out.',
  464: 'The Facebook account is not confirmed yet.',
  467: 'The access was ended at Facebook.',
  492: 'The person no longer has a role on the page.',
};

/** The hour's allowance of the app, the person, a page or an ad account is used up; 80000 to 80014 are the business use cases. */
const ALLOWANCE = new Set([4, 17, 32, 341, 613]);
const isAllowanceUsed = (code: number) => ALLOWANCE.has(code) || (code >= 80_000 && code <= 80_014);

/** The same request may be sent again soon. 130429 and 131056 count messages by the second, so no hour has to pass. */
const TRANSIENT = new Set([1, 2, 130_429, 131_000, 131_016, 131_056, 131_057, 133_004]);

const isForbidden = (code: number) => code === 3 || code === 10 || code === 294 || (code >= 200 && code <= 299);

/** Subcode 33: an object that does not exist, or that the access does not reach. Meta does not say which. */
export const OUT_OF_REACH = 'It is not there, or this access does not reach it.';

type Words = { readonly reason: string; readonly next: string };

/** Subcodes whose own words lead to the wrong step, or to none. */
const BY_SUBCODE: Readonly<Record<number, Words>> = {
  1487534: {
    reason: 'Meta finds that too much data was asked for at once.',
    next: 'No action needed: the next read asks for less. If it happens again, send the code to support.',
  },
  33: {
    reason: OUT_OF_REACH,
    next: 'Reconnect with a person who has access to the account. If it was removed at Meta, connect another one.',
  },
  2207006: {
    reason: 'The post is not there any more.',
    next: 'No action needed: it is left out from the next read on.',
  },
};

/** Comes with the code of a permission that is missing, and is about the audience: no permission would change it. */
const TOO_FEW_VIEWERS = /not enough (?:viewers|users|followers|impressions)/i;
const TOO_FEW: Judgement = {
  kind: 'permanent',
  code: 'too-few-viewers',
  reason: 'Too few people have seen it for Meta to give its numbers.',
  next: 'No action needed: the numbers come once more people have seen it.',
};

const reasonOf = ({ error_user_msg, error_data, message, code }: GraphError): string =>
  clamp(error_user_msg ?? error_data?.details ?? message, 300) || `code ${code}`;

/**
 * Meta's error bodies, for every product of the family. A server error that Meta explains was not executed, so it may be repeated. An unknown
 * code stays a refusal with Meta's code and words. Null for a body that is no error of the Graph.
 */
export const explainMeta: Explain = (body, status, headers) => {
  const refusal = Refusal.safeParse(body);
  return refusal.success ? judge(refusal.data.error, status, headers) : null;
};

function judge(error: GraphError, status: number, headers: Headers): Judgement {
  const { code, error_subcode: subcode = 0, is_transient } = error;
  const transient = TRANSIENT.has(code);
  if (isAllowanceUsed(code) || (status === 429 && !transient))
    return { kind: 'retry', reason: 'rate-limited', afterSeconds: usageOf(headers).waitSeconds };
  if (transient || is_transient === true || status >= 500) return { kind: 'retry', reason: `code-${code}` };
  if (CREDENTIAL_DEAD.has(code))
    return { kind: 'reauth', code: String(code), reason: LOST[subcode] ?? 'Meta no longer accepts this access.' };
  if (isForbidden(code) && TOO_FEW_VIEWERS.test(error.message)) return TOO_FEW;
  if (isForbidden(code))
    return { kind: 'permanent', code: 'scope', reason: `A permission is missing: ${reasonOf(error)}` };
  return { kind: 'permanent', code: String(code), ...(BY_SUBCODE[subcode] ?? { reason: reasonOf(error) }) };
}

/** Subcodes of 100 for a code of the consent that has expired or was used. Known from public code only, so the message is read as well. */
const CODE_USED = new Set([36007, 36009]);

/** The same at the token endpoint, where a wrong secret of this installation is code 1: neither waiting nor reconnecting would help. */
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
