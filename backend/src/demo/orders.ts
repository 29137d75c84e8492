import type { SeededRandom } from '../kernel/seeded-random.ts';
import { AWAKE, DAY, DESK, HOUR, MINUTE, within } from './hours.ts';
import type { DemoShop } from './people.ts';
import type { ParcelState, SceneOrder } from './scenes/scene.ts';

/** An order that a customer writes about: what the shop, the payment provider and the courier know of it. */
export type DemoOrder = {
  /** What everybody calls it: a number of the shop, or Amazon's. */
  readonly number: string;
  readonly isOnAmazon: boolean;
  readonly item: string;
  readonly quantity: number;
  readonly amountMinor: number;
  readonly placedAt: Date;
  readonly payment: { readonly id: string; readonly status: 'paid' | 'pending' | 'failed'; readonly at: Date } | null;
  readonly parcel: DemoParcel | null;
};

export type DemoParcel = {
  readonly awb: string;
  readonly state: Exclude<ParcelState, 'none' | 'arrives'>;
  readonly cashMinor: number;
  /** Null until the courier has fetched it. */
  readonly pickedUpAt: Date | null;
  readonly scannedAt: Date;
  readonly expectedAt: Date;
  readonly deliveredAt: Date | null;
};

const FIRST_AWB = 1_490_812_500_000;
const FIRST_PAYMENT = 900_000;
const FIRST_ORDER = 2001;
/** A bank says yes or no within this time. */
const PENDING_MS = 72 * HOUR;
/** Whatever was on its way to a customer has arrived after this time. */
const UNDERWAY_MS = 40 * HOUR;

export type OrderNumbers = Pick<DemoOrder, 'number' | 'isOnAmazon' | 'item' | 'quantity' | 'amountMinor'> & {
  readonly awb: string;
  readonly paymentId: string;
};

/** The `k`th order of the `n`th client. */
export function numbersOf(
  shop: DemoShop,
  n: number,
  k: number,
  about: { readonly good: number; readonly quantity: number; readonly isOnAmazon: boolean },
): OrderNumbers {
  const { name, priceMinor } = shop.goods[about.good]!;
  return {
    isOnAmazon: about.isOnAmazon,
    number: about.isOnAmazon
      ? `408-${4_620_000 + k * 137}-${3_110_000 + k * 7919}`
      : `${shop.code}-2026-${FIRST_ORDER + k * 3}`,
    item: name,
    quantity: about.quantity,
    amountMinor: priceMinor * about.quantity,
    awb: String(FIRST_AWB + n * 10_000 + k * 7),
    paymentId: `pi_3${shop.slug}${FIRST_PAYMENT + k}`,
  };
}

type OrderContext = {
  /** Of the first and the newest message, in milliseconds. */
  readonly first: number;
  readonly newest: number;
  /** The thread has reached the last line of its scene. */
  readonly isWhole: boolean;
  readonly now: number;
};

/** The order as it stands at `now`, so that nothing in it contradicts the thread. */
export function orderOf(numbers: OrderNumbers, scene: SceneOrder, told: OrderContext, random: SeededRandom): DemoOrder {
  const { first, newest, isWhole, now } = told;
  const [from, to] = scene.days;
  const placed = within(AWAKE, first - (from + random.fraction() * (to - from)) * DAY - 2 * HOUR, random);
  const { awb, paymentId, ...about } = numbers;
  const isOver = newest < now - PENDING_MS;
  const status = scene.pay === 'pending' ? (isOver ? 'failed' : 'pending') : scene.pay === 'failed' ? 'failed' : 'paid';
  return {
    ...about,
    placedAt: new Date(placed),
    payment: scene.pay === 'cash' || about.isOnAmazon ? null : { id: paymentId, status, at: new Date(placed + MINUTE) },
    parcel: scene.parcel === 'none' ? null : parcelOf(scene.parcel),
  };

  function parcelOf(last: Exclude<ParcelState, 'none'>): DemoParcel {
    const told: DemoParcel['state'] = last === 'arrives' ? (isWhole ? 'delivered' : 'out') : last;
    const hasArrived = told !== 'returning' && told !== 'delivered' && newest < now - UNDERWAY_MS;
    const state = hasArrived ? 'delivered' : told;
    const pickedUp = state === 'packed' ? null : Math.min(placed + 20 * HOUR, first - 90 * MINUTE);
    const delivered =
      state !== 'delivered'
        ? null
        : hasArrived
          ? within(DESK, newest + 30 * HOUR, random)
          : last === 'arrives'
            ? newest - 2 * MINUTE
            : Math.max(within(DESK, placed + Math.min((first - placed) * 0.8, 4 * DAY), random), pickedUp! + 6 * HOUR);
    const scanned = {
      delivered: delivered!,
      packed: placed + HOUR,
      moving: newest - 5 * HOUR,
      out: first - 2 * HOUR,
      attempted: first - HOUR,
      returning: newest - 6 * HOUR,
    }[state];
    return {
      awb,
      state,
      cashMinor: scene.pay === 'cash' ? numbers.amountMinor : 0,
      pickedUpAt: pickedUp === null ? null : new Date(pickedUp),
      scannedAt: new Date(Math.max(scanned, (pickedUp ?? placed) + HOUR)),
      expectedAt: new Date(delivered ?? newest + DAY),
      deliveredAt: delivered === null ? null : new Date(delivered),
    };
  }
}
