import { z } from 'zod';
import type { HookEvent, ProviderWebhook } from '../provider.ts';

/** Scan push, the form that is set up unless another is agreed on: one shipment in each call, without an id of the event. */
const Push = z.object({
  Shipment: z.object({
    AWB: z.string().regex(/^\d{8,20}$/),
    NSLCode: z.string().max(40).nullish(),
    Status: z.object({
      Status: z.string().min(1).max(100),
      StatusType: z.string().max(10).nullish(),
      StatusDateTime: z.string().min(1).max(40),
    }),
  }),
});

/** A scan makes the shipments of the connection stale. Nothing is signed, so it is never more than a hint; the account is that of the address. */
export function hookEvents(body: unknown, _receivedAt: Date): readonly HookEvent[] {
  const push = Push.safeParse(body);
  if (!push.success) return [];
  const { AWB, NSLCode, Status } = push.data.Shipment;
  return [
    {
      naturalKey: [AWB, Status.StatusType ?? '', Status.Status, NSLCode ?? '', Status.StatusDateTime].join('|'),
      accountId: null,
      change: { kind: 'changed', capability: 'shipments' },
    },
  ];
}

/** The header is ours to name in the document that Delhivery sets the push up by; both names are in use. */
export const delhiveryWebhook: ProviderWebhook = {
  scheme: { kind: 'secret-url-token', headers: ['x-api-key', 'anx-api-key'] },
  of: 'connection',
  secret: 'ours',
  events: hookEvents,
};
