import type { DemoPerson, DemoThread } from '../composition/index.ts';
import { type SeededRandom, seededRandom } from '../kernel/seeded-random.ts';
import { ADDRESSES, customerOf, FIRMS, PETS } from './customers.ts';
import { DAY, HOUR, MINUTE } from './hours.ts';
import { numbersOf, type OrderNumbers } from './orders.ts';
import { DEMO_PEOPLE, type DemoShop } from './people.ts';
import { OPT_OUT, SCENES, type Scene, type SceneBank, STOPS, type Turn } from './scenes/index.ts';
import type { Inbox } from './shops.ts';

const LOCALES: Partial<Record<SceneBank, string>> = {
  bengali: 'bn-IN',
  gujarati: 'gu-IN',
  hindi: 'hi-IN',
  marathi: 'mr-IN',
  tamil: 'ta-IN',
};

export type Role = 'open' | 'waiting' | 'failed' | 'opt-out' | 'stop-hint' | 'snoozed' | 'closed';
type Slot = { readonly role: Role; readonly ages: readonly [number, number] };

/** Age of the newest message of the `i`th open conversation: a third of today, some whose window ends soon, the rest of the days before. */
function openAges(i: number, open: number): readonly [number, number] {
  const share = i / open;
  if (i < 3) return [(2 + i * 9) * MINUTE, (9 + i * 9) * MINUTE];
  if (share < 0.35) return [(30 + share * 400) * MINUTE, (60 + share * 600) * MINUTE];
  if (share < 0.55) return [(3 + share * 10) * HOUR, (6 + share * 22) * HOUR];
  if (share < 0.7) return [20.3 * HOUR, 23.6 * HOUR];
  const days = 1.1 + (share - 0.7) * (open > 100 ? 24 : 14);
  return [days * DAY, (days + 0.9) * DAY];
}

/** True for a share of all `i`, spread evenly. */
const isDue = (i: number, share: number) => Math.floor((i + 1) * share) > Math.floor(i * share);

/** What there is in an inbox, newest first among the open ones. */
function slotsOf(inbox: Inbox): Slot[] {
  const { open, snoozed, closed, failed, hasOptOut = false, hasStopHint = false } = inbox;
  const failedAt = new Set(Array.from({ length: failed }, (_, n) => Math.floor(((n + 1) * (open - 3)) / failed)));
  const roleAt = (i: number): Role =>
    hasOptOut && i === open - 1
      ? 'opt-out'
      : hasStopHint && i === open - 2
        ? 'stop-hint'
        : failedAt.has(i)
          ? 'failed'
          : // The two newest customers always wait, so that there is something to answer.
            i < 2 || isDue(i, inbox.waiting)
            ? 'waiting'
            : 'open';
  return [
    ...Array.from({ length: open }, (_, i): Slot => ({ role: roleAt(i), ages: openAges(i, open) })),
    ...Array.from({ length: snoozed }, (): Slot => ({ role: 'snoozed', ages: [5 * HOUR, 60 * HOUR] })),
    ...Array.from({ length: closed }, (_, i): Slot => {
      const days = 0.3 + (i / closed) * 9;
      return { role: 'closed', ages: [days * DAY, (days + 1.5) * DAY] };
    }),
  ];
}

/** Deals every scene as often as it is there before any comes again, and none that was among the last few. */
function dealer(banks: readonly SceneBank[], random: SeededRandom) {
  const all = banks.flatMap(bank => SCENES[bank].map(scene => ({ scene, locale: LOCALES[bank] ?? 'en-IN' })));
  const few = Math.floor(new Set(all.map(({ scene }) => scene)).size / 2);
  let left: typeof all = [];
  let recent: readonly Scene[] = [];
  return () => {
    if (left.length === 0)
      left = all
        .map(one => ({ one, by: random.fraction() }))
        .toSorted((a, b) => a.by - b.by)
        .map(({ one }) => one);
    const other = left.findLastIndex(({ scene }) => !recent.includes(scene));
    const [next] = left.splice(other, 1);
    recent = [next!.scene, ...recent].slice(0, few);
    return next!;
  };
}

export const isOut = ([who]: Turn) => who === 'a' || who === 't';
export const isIn = ([who]: Turn) => who === 'c';

/** How far a thread has got: the number of turns of its scene. */
function lengthOf({ turns }: Scene, role: Role, random: SeededRandom): number {
  if (role === 'closed' || role === 'opt-out' || role === 'stop-hint') return turns.length;
  const endsIn = turns.flatMap((turn, n) => (isIn(turn) && !(turns[n + 1] && isIn(turns[n + 1]!)) ? [n + 1] : []));
  const endsOut = turns.flatMap((turn, n) => (n > 0 && isOut(turn) && turns.slice(0, n).some(isIn) ? [n + 1] : []));
  if (role === 'waiting') {
    const open = endsIn.filter(n => n < turns.length || turns.length <= 3);
    return random.of(open.length > 0 ? open : endsIn);
  }
  const words = role === 'failed' ? endsOut.filter(n => !turns[n - 1]![1].startsWith('[')) : endsOut;
  if (role === 'open' && random.fraction() < 0.4) return turns.length;
  return words.length > 0 ? (role === 'snoozed' ? words.at(-1)! : random.of(words)) : turns.length;
}

const colleagues = (n: number) =>
  DEMO_PEOPLE.filter(({ role }) => role === 'agent' || role === 'manager').filter(
    ({ clients }) => clients === 'all' || clients.includes(n),
  );

/** Everything about a thread but its times. */
export type Dealt = Slot & {
  readonly scene: Scene;
  /** Of dates in its texts. */
  readonly locale: string;
  /** The turns that have happened. */
  readonly turns: readonly Turn[];
  readonly good: DemoShop['goods'][number];
  /** Pieces that a firm asks for. */
  readonly bulk: number;
  readonly numbers: OrderNumbers | null;
  readonly customer: DemoThread['customer'];
  readonly others: Readonly<Record<'firm' | 'address' | 'pet' | 'gstin', string>>;
  /** The colleague who answers. */
  readonly answering: DemoPerson;
  readonly isAssigned: boolean;
  readonly isUnread: boolean;
  readonly isVip: boolean;
};

/** Names of customers of the `n`th client, each once; every third is one of those who are named, while there are any. */
function namer({ customers, named = [] }: Inbox, n: number) {
  const used = new Set<string>();
  const drawn = customers.map(() => n * 17);
  const waiting = [...named];
  return function nameAt(i: number): string {
    const pool = i % drawn.length;
    const name = (i % 3 === 2 ? waiting.shift() : undefined) ?? customerOf(customers[pool]!, drawn[pool]!++);
    if (used.has(name)) return nameAt(i + 1);
    used.add(name);
    return name;
  };
}

/** Amazon tells a week of orders, and only those that are paid and sent. */
const fitsAmazon = ({ order }: Scene, place: number) =>
  order?.pay === 'paid' && /packed|moving|delivered/.test(order.parcel) && order.days[1] <= 7 && place < 0.75;

/** What happens in the inbox of the `n`th client, the same at any time. */
export function dealt(shop: DemoShop, n: number): Dealt[] {
  const { inbox } = shop;
  if (!inbox) return [];
  const random = seededRandom(4700 + n);
  const deal = dealer(inbox.scenes, random);
  const nameAt = namer(inbox, n);
  const people = colleagues(n);
  const english = (scenes: readonly Scene[]) => ({ scene: scenes[0]!, locale: 'en-IN' });
  let orders = 0;
  let waiting = 0;
  let assigned = 0;

  return slotsOf(inbox).map((slot, i): Dealt => {
    const { role } = slot;
    const { scene, locale } = role === 'opt-out' ? english(OPT_OUT) : role === 'stop-hint' ? english(STOPS) : deal();
    const good = scene.good ?? random.between(0, shop.goods.length - 1);
    const turns = scene.turns.slice(0, lengthOf(scene, role, random));
    const [least, most] = scene.order?.quantity ?? [1, 1];
    const isOnAmazon = shop.sellsOnAmazon === true && fitsAmazon(scene, i / inbox.open);
    const about = { good, quantity: random.between(least, most), isOnAmazon };
    const isUnnamed = inbox.hasUnnamed === true && i === Math.min(7, inbox.open - 3);
    if (role === 'waiting') waiting += 1;
    const isFree = role === 'waiting' && isDue(waiting, Math.min(1, inbox.unassigned / inbox.waiting));
    return {
      ...slot,
      ...{ scene, locale, turns },
      good: shop.goods[good]!,
      bulk: random.of([40, 60, 80, 120]),
      numbers: scene.order ? numbersOf(shop, n, orders++, about) : null,
      customer: {
        name: isUnnamed ? null : nameAt(i),
        phone: `919${random.digits(9)}`,
        userId: isUnnamed ? `IN.${random.digits(16)}` : null,
      },
      others: {
        firm: random.of(FIRMS),
        address: random.of(ADDRESSES),
        pet: random.of(PETS),
        gstin: `${random.of(['27', '29', '33', '07', '19'])}AAB${random.of(['CS', 'FK', 'CM', 'HP'])}${random.digits(4)}B1Z${random.between(1, 9)}`,
      },
      answering: people[isFree ? i % people.length : assigned++ % people.length]!,
      isAssigned: !isFree,
      isUnread: role === 'waiting' && random.fraction() < 0.85,
      isVip: i % 9 === 4,
    };
  });
}
