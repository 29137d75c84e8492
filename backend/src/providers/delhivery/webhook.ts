import { z } from 'zod';
import { withoutNulls } from '../../kernel/without-nulls.ts';
import { Written } from '../fields.ts';
import { object } from '../json.ts';
import type { HookEvent, ProviderWebhook } from '../provider.ts';

const Awb = Written.pipe(z.string().regex(/^\d{8,20}$/));
const Word = z.string().min(1).max(100);

/** Scan push, the form that is set up unless another is agreed on: one shipment, without an id of the event. */
const Scan = z
  .object({
    Shipment: z.object({
      AWB: Awb,
      NSLCode: z.string().max(40).optional(),
      Status: z.object({ Status: Word, StatusType: z.string().max(10).optional(), StatusDateTime: Word }),
    }),
  })
  .transform(({ Shipment: { AWB, NSLCode = '', Status } }) =>
    [AWB, Status.StatusType ?? '', Status.Status, NSLCode, Status.StatusDateTime].join('|'),
  );
/** The flat form of freight, which knows a consignment by its LR number. */
const FlatScan = z
  .object({ lrnum: Awb, status: Word, timestamp: Word })
  .transform(({ lrnum, status, timestamp }) => [lrnum, '', status, '', timestamp].join('|'));
/** What one scan is known by. */
const ScanKey = z.union([Scan, FlatScan]);

/** One scan, several in a list, or several in the envelope of the track reply. */
function scansIn(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  const { ShipmentData: list } = object(body) ?? {};
  return Array.isArray(list) ? list : [body];
}

/** A scan makes the shipments of the connection stale. Nothing is signed, so it is never more than a hint; the account is that of the address. */
export function hookEvents(body: unknown, _receivedAt: Date): readonly HookEvent[] {
  return scansIn(withoutNulls(body)).flatMap((scan): HookEvent[] => {
    const key = ScanKey.safeParse(scan);
    return key.success
      ? [{ naturalKey: key.data, accountId: null, change: { kind: 'changed', capability: 'shipments' } }]
      : [];
  });
}

/** The header is ours to name in the document that Delhivery sets the push up by; both names are in use. */
export const delhiveryWebhook: ProviderWebhook = {
  scheme: { kind: 'secret-url-token', headers: ['x-api-key', 'anx-api-key'] },
  of: 'connection',
  secret: 'ours',
  events: hookEvents,
};
