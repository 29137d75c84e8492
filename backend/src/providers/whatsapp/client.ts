import { z } from 'zod';
import type { Secret } from '../../kernel/secret.ts';
import { type Connection, type Egress, type Failed, type Judgement, json } from '../../platform/egress/index.ts';
import { type Failure, failureOf, isCredentialDead, isTransient } from './failures.ts';
import { WHATSAPP } from './manifest.ts';

export type OutgoingText = {
  readonly connection: Connection;
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

export type WhatsappClient = {
  readonly sendText: (message: OutgoingText) => Promise<SendOutcome>;
};

/** POST /{phone-number-id}/messages. Meta knows no idempotency key: what may have been sent is never sent again. */
export function createWhatsappClient(egress: Egress, timeoutMs: number = TIMEOUT_MS): WhatsappClient {
  return {
    async sendText(message) {
      const outcome = await egress.call({
        provider: WHATSAPP.id,
        capability: 'messaging',
        connection: message.connection,
        method: 'POST',
        path: `/${WHATSAPP.version}/{number}/messages`,
        parameters: { number: message.accountId },
        headers: { authorization: `Bearer ${message.token.reveal()}` },
        body: {
          json: {
            messaging_product: 'whatsapp',
            recipient_type: 'individual',
            ...('phone' in message.to ? { to: message.to.phone } : { recipient: message.to.bsuid }),
            type: 'text',
            text: { body: message.text, preview_url: false },
            ...(message.replyTo ? { context: { message_id: message.replyTo } } : {}),
            biz_opaque_callback_data: message.messageId,
          },
        },
        effect: 'write',
        reply: json(Accepted),
        explain,
        timeoutMs,
      });
      return outcome.kind === 'ok'
        ? { kind: 'accepted', providerId: outcome.data.messages[0]!.id }
        : notAccepted(outcome);
    },
  };
}

/** By Meta's error body. A server error that Meta itself explains was not executed; one without an explanation may have been. */
function explain(body: unknown, status: number): Judgement | null {
  const refused = Refused.safeParse(body);
  if (!refused.success) return null;
  const { code, is_transient, error_data, message } = refused.data.error;
  if (status === 429 || status >= 500 || is_transient === true || isTransient(code))
    return { kind: 'retry', reason: `code ${code}` };
  return {
    kind: isCredentialDead(code) ? 'reauth' : 'permanent',
    code: String(code),
    reason: error_data?.details ?? message ?? '',
  };
}

function notAccepted(outcome: Failed): SendOutcome {
  switch (outcome.kind) {
    case 'retry':
      return { kind: 'retry', afterSeconds: outcome.afterSeconds, why: outcome.reason };
    case 'ambiguous':
    case 'malformed':
      return { kind: 'ambiguous', why: outcome.reason };
    case 'reauth':
    case 'permanent':
      return {
        kind: 'refused',
        failure: failureOf(/^\d+$/.test(outcome.code) ? Number(outcome.code) : -1, outcome.reason),
        credentialDead: outcome.kind === 'reauth',
      };
    case 'refused':
      return {
        kind: 'refused',
        failure: failureOf(
          -1,
          outcome.reason === 'switched-off'
            ? 'an admin has switched this connection off'
            : 'this server may not reach the address it is configured with',
        ),
        credentialDead: false,
      };
  }
}
