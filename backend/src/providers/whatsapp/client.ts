import { z } from 'zod';
import type { Secret } from '../../kernel/secret.ts';
import { type Connection, type Egress, type Failed, json } from '../../platform/egress/index.ts';
import type { CustomerId, SendFault } from '../messaging.ts';
import { explainMeta } from '../meta/errors.ts';
import { failureOf } from './failures.ts';
import { WHATSAPP } from './manifest.ts';

export type OutgoingText = {
  readonly connection: Connection;
  readonly accountId: string;
  readonly token: Secret;
  /** The phone, or the business-scoped user id where the customer hides it. */
  readonly to: CustomerId;
  readonly text: string;
  readonly replyTo: string | null;
  /** Comes back in every status, so that an ambiguous send can be resolved. */
  readonly messageId: string;
};

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly providerId: string }
  | { readonly kind: 'retry'; readonly afterSeconds: number | null; readonly why: string }
  | { readonly kind: 'refused'; readonly failure: SendFault; readonly credentialDead: boolean }
  /** It may have gone out: wait for a status, never repeat it (EG-04). */
  | { readonly kind: 'ambiguous'; readonly why: string };

const Accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1).max(256) })).min(1) });

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
            ...(message.to.phone ? { to: message.to.phone } : { recipient: message.to.userId }),
            type: 'text',
            text: { body: message.text, preview_url: false },
            ...(message.replyTo ? { context: { message_id: message.replyTo } } : {}),
            biz_opaque_callback_data: message.messageId,
          },
        },
        effect: 'write',
        reply: json(Accepted),
        explain: explainMeta,
        timeoutMs,
      });
      return outcome.kind === 'ok'
        ? { kind: 'accepted', providerId: outcome.data.messages[0]!.id }
        : notAccepted(outcome);
    },
  };
}

/** The number of Meta's error; 10 stands for every missing permission, -1 for a reply that carried none. */
const codeOf = (code: string): number => (code === 'scope' ? 10 : /^\d+$/.test(code) ? Number(code) : -1);

function notAccepted(outcome: Failed): SendOutcome {
  switch (outcome.kind) {
    case 'retry':
      return { kind: 'retry', afterSeconds: outcome.afterSeconds, why: outcome.reason };
    case 'ambiguous':
    case 'malformed':
      return { kind: 'ambiguous', why: outcome.reason };
    case 'reauth':
      return {
        kind: 'refused',
        failure: { ...failureOf(190, ''), code: String(codeOf(outcome.code)) },
        credentialDead: true,
      };
    case 'permanent':
      return { kind: 'refused', failure: failureOf(codeOf(outcome.code), outcome.reason), credentialDead: false };
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
