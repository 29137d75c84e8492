import type { ShipmentFact } from '@astrix/contract';
import { z } from 'zod';
import { minorOf } from '../../kernel/money.ts';
import { instantOf as instantIn, time, Written, WrittenDecimal } from '../fields.ts';
import { clamp } from '../json.ts';
import { rowsOf } from '../read.ts';

/** GET /c/api/pin-codes/json/. */
export const PinCodes = z.object({
  delivery_codes: z
    .array(z.object({ postal_code: z.object({ pin: z.union([z.number(), z.string().max(10)]) }) }))
    .max(1000),
});

const ZONE = '+05:30';
/** «2026-08-24T23:56:59.828» is Indian time; a time that names its zone is of that zone. Null for what is no time. */
export const instantOf = (text: string): string | null => instantIn(text, ZONE);

const Time = time(ZONE);
/** A time that may be missing, or empty. One that cannot be read is not told. */
const SomeTime = z
  .string()
  .max(60)
  .nullish()
  .transform(text => (text ? instantOf(text) : null));

/** A number that may come as text. Rupees, never negative. */
const Rupees = z
  .union([WrittenDecimal, z.null()])
  .optional()
  .transform((amount, context) => {
    if (amount === null || amount === undefined || amount === '') return null;
    const minor = minorOf(amount, 'INR');
    if (minor === null) context.addIssue({ code: 'custom', message: 'is no amount' });
    return minor;
  });

const Words = Written.nullish();

const Awb = Written.pipe(z.string().regex(/^\d{8,20}$/));

/** One shipment of GET /api/v1/packages/json/. The receiver's name is there as well, and is not read. */
export const Shipment = z.object({
  AWB: Awb,
  ReferenceNo: Words,
  OrderType: z.string().max(40).nullish(),
  CODAmount: Rupees,
  ExpectedDeliveryDate: SomeTime,
  PromisedDeliveryDate: SomeTime,
  DeliveryDate: SomeTime,
  Status: z.object({
    Status: z.string().min(1).max(100),
    StatusType: z.string().max(10).default(''),
    StatusCode: z.string().max(40).nullish(),
    StatusDateTime: Time,
    StatusLocation: Words,
    Instructions: Words,
  }),
});
export type Shipment = z.output<typeof Shipment>;

/** The AWB number of a row of the reply, as far as it can be read. */
const awbOf = ({ Shipment: shipment }: Readonly<Record<string, unknown>>): unknown =>
  typeof shipment === 'object' && shipment !== null ? (shipment as { readonly AWB?: unknown }).AWB : null;

export const Tracking = z.object({ ShipmentData: rowsOf(z.object({ Shipment }), awbOf, 50) });

type Status = ShipmentFact['status'];

/** By the pair of type and status: «In Transit» alone is on the way there, on the way back, or a customer's return. */
const STATUSES: Readonly<Record<string, Status>> = {
  'UD Manifested': 'created',
  'UD Not Picked': 'created',
  'UD In Transit': 'in-transit',
  'UD Pending': 'in-transit',
  'UD Dispatched': 'out-for-delivery',
  'DL Delivered': 'delivered',
  'RT In Transit': 'returning',
  'RT Pending': 'returning',
  'RT Dispatched': 'returning',
  'DL RTO': 'returned',
  // A return that a customer asked for, from the door to the seller.
  'PP Open': 'created',
  'PP Scheduled': 'created',
  'PP Dispatched': 'created',
  'PU In Transit': 'returning',
  'PU Pending': 'returning',
  'PU Dispatched': 'returning',
  'DL DTO': 'returned',
  'CN Canceled': 'cancelled',
  'CN Closed': 'cancelled',
};
/** A cancelled shipment keeps the status it had; only the code tells. */
const SELLER_CANCELLED = 'DTUP-210';

function statusOf({ Status: { StatusType, Status, StatusCode } }: Shipment): Status {
  const status = STATUSES[`${StatusType} ${Status}`] ?? 'unknown';
  if (status === 'created' && StatusCode === SELLER_CANCELLED) return 'cancelled';
  // Waiting after a visit that came to nothing, and waiting in a hub, are both «Pending».
  return StatusType === 'UD' && Status === 'Pending' && StatusCode?.startsWith('EOD-') ? 'attempt-failed' : status;
}

const PAID = /^(?:pre-?paid|pickup|repl)$/i;
/** Of a kind that nobody knows the amount decides: «nothing to collect» must not be guessed. */
const cashOf = ({ OrderType: kind, CODAmount: amount }: Shipment) =>
  kind === 'COD' || (amount !== null && amount > 0 && !PAID.test(kind ?? 'prepaid')) ? amount : null;

export function shipmentOf(shipment: Shipment): ShipmentFact {
  const { Status } = shipment;
  const status = statusOf(shipment);
  // After the delivery the instructions may say who took the parcel.
  const more = status === 'delivered' ? null : Status.Instructions;
  return {
    awb: shipment.AWB,
    orderNumber: clamp(shipment.ReferenceNo ?? '', 300) || null,
    status,
    statusText: clamp(more ? `${Status.Status}: ${more}` : Status.Status, 300),
    location: clamp(Status.StatusLocation ?? '', 300) || null,
    at: Status.StatusDateTime,
    expectedAt: shipment.ExpectedDeliveryDate ?? shipment.PromisedDeliveryDate,
    deliveredAt: status === 'delivered' ? (shipment.DeliveryDate ?? Status.StatusDateTime) : null,
    codMinor: cashOf(shipment),
    currency: 'INR',
  };
}

/** As many as one call may ask for. */
export const MAX_AWBS = 50;

/** The AWB numbers in what a person typed, each once; or what is wrong with it, in words for that person. */
export function awbsOf(text: string): { readonly awbs: readonly string[] } | { readonly wrong: string } {
  const words = [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
  const odd = words.filter(word => !/^\d{8,20}$/.test(word));
  if (words.length === 0) return { wrong: 'Give at least one AWB number.' };
  if (odd.length > 0)
    return {
      wrong: `Not an AWB number (8 to 20 digits): ${odd
        .slice(0, 5)
        .map(word => clamp(word, 30))
        .join(', ')}`,
    };
  if (words.length > MAX_AWBS)
    return { wrong: `These are ${words.length} AWB numbers, and at most ${MAX_AWBS} can be asked for at once.` };
  return { awbs: words };
}
