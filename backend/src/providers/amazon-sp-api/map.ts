import type { OrderFact } from '@astrix/contract';
import { z } from 'zod';
import { minorOf } from '../../kernel/money.ts';
import { rowsOf } from '../read.ts';

/** GET /sellers/v1/marketplaceParticipations. */
export const Participations = z.object({
  payload: z
    .array(
      z.object({
        marketplace: z.object({
          id: z.string().regex(/^[A-Z0-9]{8,20}$/),
          name: z.string().max(100),
          countryCode: z.string().regex(/^[A-Z]{2}$/),
          defaultCurrencyCode: z.string().regex(/^[A-Z]{3}$/),
        }),
        participation: z.object({ isParticipating: z.boolean(), hasSuspendedListings: z.boolean() }),
        storeName: z.string().max(200),
      }),
    )
    .max(100),
});
export type Participation = z.infer<typeof Participations>['payload'][number];

/** Money with an amount that is no amount is no order of ours: the reply is refused, never guessed at. */
const Money = z
  .object({ amount: z.string().max(30), currencyCode: z.string().regex(/^[A-Z]{3}$/) })
  .transform(({ amount, currencyCode }, context) => {
    const minor = minorOf(amount, currencyCode);
    if (minor === null) context.addIssue({ code: 'custom', message: 'is no amount' });
    return { minor: minor ?? 0, currency: currencyCode };
  });
const Time = z.iso.datetime({ offset: true });

/** Order of the Orders API 2026-01-01, without the datasets BUYER and RECIPIENT, which are never asked for. */
export const Order = z.object({
  orderId: z.string().min(1).max(60),
  orderAliases: z.array(z.object({ aliasId: z.string().max(200), aliasType: z.string().max(60) })).optional(),
  createdTime: Time,
  lastUpdatedTime: Time,
  salesChannel: z.object({ marketplaceId: z.string().max(40).optional() }).optional(),
  proceeds: z.object({ grandTotal: Money.optional() }).optional(),
  fulfillment: z
    .object({
      fulfillmentStatus: z.string().max(60),
      fulfilledBy: z.string().max(60).optional(),
      shipByWindow: z.object({ latestDateTime: Time.optional() }).optional(),
    })
    .optional(),
  orderItems: z.array(z.object({ quantityOrdered: z.int().min(0).max(1_000_000) })).max(1000),
  packages: z
    .array(
      z.object({
        packageStatus: z
          .object({ status: z.string().max(60), detailedStatus: z.string().max(60).optional() })
          .optional(),
      }),
    )
    .max(1000)
    .optional(),
});
export type Order = z.infer<typeof Order>;

/** GET /orders/2026-01-01/orders: the pagination is absent from the last page. */
export const OrderPage = z.object({
  orders: rowsOf(Order, 'orderId', 100),
  pagination: z.object({ nextToken: z.string().max(4000).optional() }).optional(),
});

/** UNFULFILLABLE is left out: Amazon gives it to orders of other shops that its own warehouse cannot send, and we have no word for that. */
const STATUSES: Readonly<Record<string, OrderFact['status']>> = {
  PENDING_AVAILABILITY: 'pending',
  PENDING: 'pending',
  UNSHIPPED: 'unshipped',
  PARTIALLY_SHIPPED: 'part-shipped',
  SHIPPED: 'shipped',
  CANCELLED: 'cancelled',
};
const FULFILMENT: Readonly<Record<string, NonNullable<OrderFact['fulfilment']>>> = {
  MERCHANT: 'merchant',
  AMAZON: 'marketplace',
};

/** What became of a shipped order is told only by its parcels, and only for those that the merchant sends. */
function statusOf({ fulfillment, packages = [] }: Order): OrderFact['status'] {
  const status = STATUSES[fulfillment?.fulfillmentStatus ?? ''] ?? 'unknown';
  if (status !== 'shipped' || packages.length === 0) return status;
  if (packages.every(({ packageStatus }) => packageStatus?.detailedStatus === 'RETURNED_TO_SELLER')) return 'returned';
  return packages.every(({ packageStatus }) => packageStatus?.status === 'DELIVERED') ? 'delivered' : status;
}

const instantOf = (text: string): string => new Date(text).toISOString();

export function orderOf(order: Order): OrderFact {
  const { orderId, orderAliases = [], createdTime, lastUpdatedTime, proceeds, fulfillment, orderItems } = order;
  const shipBy = fulfillment?.shipByWindow?.latestDateTime;
  return {
    id: orderId,
    number: orderAliases.find(({ aliasType }) => aliasType === 'SELLER_ORDER_ID')?.aliasId ?? orderId,
    status: statusOf(order),
    fulfilment: FULFILMENT[fulfillment?.fulfilledBy ?? ''] ?? null,
    placedAt: instantOf(createdTime),
    updatedAt: instantOf(lastUpdatedTime),
    shipBy: shipBy === undefined ? null : instantOf(shipBy),
    items: orderItems.reduce((sum, { quantityOrdered }) => sum + quantityOrdered, 0),
    totalMinor: proceeds?.grandTotal?.minor ?? null,
    currency: proceeds?.grandTotal?.currency ?? null,
  };
}
