import type { Fault } from '@astrix/contract';
import { z } from 'zod';
import { json } from '../../platform/egress/index.ts';
import { type Messaging, notAccepted } from '../messaging.ts';
import { failureOf } from './failures.ts';
import { WHATSAPP } from './manifest.ts';

const Accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1).max(256) })).min(1) });

const TIMEOUT_MS = 10_000;

/** POST /{phone-number-id}/messages. Meta has no idempotency key: what may have been sent is never sent again. */
export const sendText: Messaging['sendText'] = async (api, { accountId, to, text, replyTo, messageId }) => {
  const outcome = await api.call({
    method: 'POST',
    path: `/${WHATSAPP.version}/{number}/messages`,
    parameters: { number: accountId },
    body: {
      json: {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        ...(to.phone ? { to: to.phone } : { recipient: to.userId }),
        type: 'text',
        text: { body: text, preview_url: false },
        ...(replyTo ? { context: { message_id: replyTo } } : {}),
        biz_opaque_callback_data: messageId,
      },
    },
    effect: 'write',
    reply: json(Accepted),
    timeoutMs: TIMEOUT_MS,
  });
  return outcome.kind === 'ok'
    ? { kind: 'accepted', providerId: outcome.data.messages[0]!.id }
    : notAccepted(outcome, (code, reason) => faultOf(code, reason, outcome.kind === 'reauth'));
};

/** By the number of Meta's error. 10 stands for every missing permission, -1 for a reply without a number and for a refusal of ours. */
function faultOf(code: string | null, reason: string, credentialDead: boolean): Fault {
  const number = code === 'scope' ? 10 : code !== null && /^\d+$/.test(code) ? Number(code) : -1;
  return credentialDead ? { ...failureOf(190, ''), code: String(number) } : failureOf(number, reason);
}
