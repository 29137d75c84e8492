import { z } from 'zod';
import type { Secret } from '../../kernel/secret.ts';
import { type Egress, EgressError } from '../../platform/egress/index.ts';
import { type Failure, failureOf, isCredentialDead, isTransient } from './failures.ts';
import { WHATSAPP } from './manifest.ts';

export type OutgoingText = {
  readonly accountId: string;
  readonly token: Secret;
  /** Digits of the phone, or the business-scoped user id where the customer hides it. */
  readonly to: { readonly phone: string } | { readonly bsuid: string };
  readonly text: string;
  readonly replyTo: string | null;
  /** Comes back in every status, so that an ambiguous send can be resolved. */
  readonly messageId: string;
};

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly providerId: string }
  | { readonly kind: 'retry'; readonly afterSeconds: number | null; readonly why: string }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly credentialDead: boolean }
  /** It may have gone out: wait for a status, never repeat it (EG-04). */
  | { readonly kind: 'ambiguous'; readonly why: string };

const Accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1).max(256) })).min(1) });
const Refused = z.object({
  error: z.object({
    code: z.number(),
    message: z.string().optional(),
    is_transient: z.boolean().optional(),
    error_data: z.object({ details: z.string().optional() }).optional(),
  }),
});

const TIMEOUT_MS = 10_000;
const MAX_RETRY_AFTER = 24 * 3600;

export type WhatsappClient = {
  readonly sendText: (message: OutgoingText) => Promise<SendOutcome>;
};

/** POST /{phone-number-id}/messages. `baseUrl` is the sandbox in the demo and the manifest's own elsewhere. */
export function createWhatsappClient(
  egress: Egress,
  baseUrl: string = WHATSAPP.baseUrl,
  timeoutMs: number = TIMEOUT_MS,
): WhatsappClient {
  const post = ({ accountId, token }: { accountId: string; token: Secret }, body: object) =>
    egress.send({
      method: 'POST',
      url: `${baseUrl}/${WHATSAPP.version}/${encodeURIComponent(accountId)}/messages`,
      headers: { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', ...body }),
      timeoutMs,
    });

  return {
    async sendText(message) {
      try {
        const reply = await post(message, {
          recipient_type: 'individual',
          ...('phone' in message.to ? { to: message.to.phone } : { recipient: message.to.bsuid }),
          type: 'text',
          text: { body: message.text, preview_url: false },
          ...(message.replyTo ? { context: { message_id: message.replyTo } } : {}),
          biz_opaque_callback_data: message.messageId,
        });
        return judge(reply.status, reply.body, reply.headers['retry-after']);
      } catch (error) {
        return judgeFailure(error);
      }
    },
  };
}

function judgeFailure(error: unknown): SendOutcome {
  if (!(error instanceof EgressError)) throw error;
  switch (error.kind) {
    case 'ambiguous':
      return { kind: 'ambiguous', why: error.message };
    case 'unreached':
      return { kind: 'retry', afterSeconds: null, why: error.message };
    case 'refused':
      return {
        kind: 'refused',
        failure: failureOf(-1, 'this server may not reach the address it is configured with'),
        credentialDead: false,
      };
  }
}

function judge(status: number, body: string, retryAfter: string | undefined): SendOutcome {
  const parsed = parseOrNull(body);
  if (status >= 200 && status < 300) {
    const accepted = Accepted.safeParse(parsed);
    if (accepted.success) return { kind: 'accepted', providerId: accepted.data.messages[0]!.id };
    return { kind: 'ambiguous', why: 'the reply names no message' };
  }
  const afterSeconds = secondsOf(retryAfter);
  const refused = Refused.safeParse(parsed);
  if (!refused.success) return unexplained(status, afterSeconds);
  const { code, is_transient, error_data, message } = refused.data.error;
  // A server error that Meta itself explains was not executed; one without an explanation may have been.
  if (status === 429 || status >= 500 || is_transient === true || isTransient(code))
    return { kind: 'retry', afterSeconds, why: `code ${code}` };
  return {
    kind: 'refused',
    failure: failureOf(code, error_data?.details ?? message ?? ''),
    credentialDead: isCredentialDead(code),
  };
}

/** A 5xx without Meta's error body comes from something in between: whether the message went out is anybody's guess. */
function unexplained(status: number, afterSeconds: number | null): SendOutcome {
  if (status === 429) return { kind: 'retry', afterSeconds, why: 'status 429' };
  if (status >= 500) return { kind: 'ambiguous', why: `status ${status} without an explanation` };
  return { kind: 'refused', failure: failureOf(-1, `status ${status}`), credentialDead: status === 401 };
}

/** Seconds, or a date as HTTP writes it. Nonsense is no hint, and ten years are a day. */
function secondsOf(retryAfter: string | undefined): number | null {
  if (retryAfter === undefined) return null;
  const seconds = /^\d{1,12}$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), MAX_RETRY_AFTER) : null;
}

function parseOrNull(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
