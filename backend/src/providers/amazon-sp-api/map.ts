import type { OrderFact } from '@astrix/contract';
import { z } from 'zod';
import { minorOf } from '../../kernel/money.ts';
import { listOf } from '../accounts.ts';
import { time, WrittenDecimal } from '../fields.ts';
import { rowsOf } from '../read.ts';

const MarketplaceId = z.string().regex(/^[A-Z0-9]{8,20}$/);

const Participation = z.object({
  marketplace: z.object({
    id: MarketplaceId,
    name: z.string().max(100),
    countryCode: z.string().regex(/^[A-Z]{2}$/),
    defaultCurrencyCode: z.string().regex(/^[A-Z]{3}$/),
  }),
  participation: z.object({ isParticipating: z.boolean(), hasSuspendedListings: z.boolean().default(false) }),
  storeName: z.string().default(''),
});
export type Participation = z.output<typeof Participation>;
/** GET /sellers/v1/marketplaceParticipations. */
export const Participations = z.object({ payload: listOf(Participation, 100) });

/** Money with an amount that is no amount makes its order unreadable: it is never guessed at. */
const Money = z
  .object({ amount: WrittenDecimal, currencyCode: z.string().regex(/^[A-Z]{3}$/) })
  .transform(({ amount, currencyCode }, context) => {
    const minor = minorOf(amount, currencyCode);
    if (minor === null) context.addIssue({ code: 'custom', message: 'is no amount' });
    return { minor: minor ?? 0, currency: currencyCode };
  });
const Time = time();

/** Order of the Orders API 2026-01-01, without the datasets BUYER and RECIPIENT, which are never asked for. */
export const Order = z.object({
  orderId: z.string().min(1).max(60),
  orderAliases: z.array(z.object({ aliasId: z.string().max(200), aliasType: z.string().max(60) })).optional(),
  createdTime: Time,
  lastUpdatedTime: Time,
  salesChannel: z.object({ marketplaceId: MarketplaceId.optional() }).optional(),
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

export function orderOf(order: Order): OrderFact {
  const { orderId, orderAliases = [], createdTime, lastUpdatedTime, proceeds, fulfillment, orderItems } = order;
  const shipBy = fulfillment?.shipByWindow?.latestDateTime;
  return {
    id: orderId,
    number: orderAliases.find(({ aliasType }) => aliasType === 'SELLER_ORDER_ID')?.aliasId ?? orderId,
    status: statusOf(order),
    fulfilment: FULFILMENT[fulfillment?.fulfilledBy ?? ''] ?? null,
    placedAt: createdTime,
    updatedAt: lastUpdatedTime,
    shipBy: shipBy ?? null,
    items: orderItems.reduce((sum, { quantityOrdered }) => sum + quantityOrdered, 0),
    totalMinor: proceeds?.grandTotal?.minor ?? null,
    currency: proceeds?.grandTotal?.currency ?? null,
  };
}
