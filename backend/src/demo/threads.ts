import type { DemoMessage, DemoThread } from '../composition/index.ts';
import { type SeededRandom, seededRandom } from '../kernel/seeded-random.ts';
import { type Dealt, dealt, isIn, isOut } from './deal.ts';
import { AWAKE, DESK, momentAged, morningAfter, within } from './hours.ts';
import { bodyOf } from './messages.ts';
import { type DemoOrder, orderOf } from './orders.ts';
import { DEMO_CLIENTS, type DemoShop } from './people.ts';
import type { Turn } from './scenes/index.ts';
import type { Inbox } from './shops.ts';
import { fill } from './words.ts';

/** A thread, and the order that it is about. */
export type DemoStory = { readonly thread: DemoThread; readonly order: DemoOrder | null };

/** Time of each turn, counted back from the newest. */
function timesOf(
  turns: readonly Turn[],
  newest: number,
  [least, most]: Inbox['replyMinutes'],
  random: SeededRandom,
): number[] {
  const times: number[] = [];
  let at = newest;
  for (let n = turns.length - 1; n >= 0; n--) {
    times[n] = at;
    const [turn, before] = [turns[n]!, turns[n - 1]];
    if (!before) break;
    const isReply = isOut(turn) && isIn(before);
    const isNext = isIn(turn) && !isIn(before) && random.fraction() < 0.1;
    const seconds = isReply
      ? random.between(least * 60, most * 60)
      : isNext
        ? random.between(9 * 3600, 18 * 3600)
        : before[0] === 'n' || turn[0] === 'n' || isIn(turn) === isIn(before)
          ? random.between(15, 180)
          : random.between(60, 30 * 60);
    at = within(isIn(before) ? AWAKE : DESK, at - seconds * 1000, random);
  }
  return times;
}

/** Delivered a moment later, and read before the customer writes again. */
function ticksOf(at: number, nextIn: number | null, now: number, isFailed: boolean, random: SeededRandom) {
  if (isFailed) return { status: 'failed' as const, deliveredAt: null, readAt: null };
  const deliveredAt = at + random.between(1, 4) * 1000;
  const readAt = nextIn === null ? deliveredAt + random.between(20, 2400) * 1000 : Math.max(deliveredAt, nextIn - 8000);
  const isRead = nextIn !== null || (readAt < now && random.fraction() < 0.7);
  return {
    status: isRead ? ('read' as const) : ('delivered' as const),
    deliveredAt: new Date(deliveredAt),
    readAt: isRead ? new Date(readAt) : null,
  };
}

/** The turn at a position as a message. `clock` draws when things happen to it. */
function messageOf(
  dealt: Dealt,
  at: number,
  body: ReturnType<typeof bodyOf>,
  times: readonly number[],
  now: number,
  clock: SeededRandom,
): DemoMessage {
  const { turns, scene, role, answering } = dealt;
  const turn = turns[at]!;
  const [who] = turn;
  const time = times[at]!;
  const isLast = at === turns.length - 1;
  const next = turns.findIndex((later, n) => n > at && isIn(later));
  const isByHand = who === 'a' && body.media === null;
  const isEdited = isIn(turn) && body.kind === 'text' && !isLast && clock.fraction() < 0.04;
  const ad = at === 0 ? scene.ad : undefined;
  return {
    from: who === 'n' ? 'note' : isIn(turn) ? 'customer' : 'agency',
    ...body,
    content: ad ? [{ kind: 'about', what: 'ad', id: null, ...ad, url: null }, ...body.content] : body.content,
    // The console sends words; files and templates come from the phone of the business.
    authorId: who === 'n' || isByHand ? answering.id : null,
    fromPhone: isOut(turn) && !isByHand,
    at: new Date(time),
    ...(isOut(turn)
      ? ticksOf(time, next < 0 ? null : times[next]!, now, role === 'failed' && isLast, clock)
      : { status: 'received', deliveredAt: null, readAt: null }),
    editedAt: isEdited ? new Date(Math.min(time + 45_000, times[at + 1]!)) : null,
    reaction: isByHand && next > 0 && clock.fraction() < 0.12 ? clock.of(['👍', '🙏', '❤️']) : null,
    isQuoting: isByHand && at > 1 && isIn(turns[at - 1]!) && clock.fraction() < 0.12,
  };
}

/** What was dealt, as it stands at `now`. */
function storyOf(shop: DemoShop, one: Dealt, seed: number, now: number): DemoStory {
  const { role, scene, turns, numbers } = one;
  // What is in a message is drawn apart from when things happen, so that it does not depend on `now`.
  const clock = seededRandom(seed);
  const what = seededRandom(seed + 500_000);
  const newest = momentAged(one.ages, now, clock);
  const times = timesOf(turns, newest, shop.inbox!.replyMinutes, clock);
  const isWhole = turns.length === scene.turns.length;
  const order =
    numbers && scene.order ? orderOf(numbers, scene.order, { first: times[0]!, newest, isWhole, now }, clock) : null;
  const bodies = turns.map(([who, text]) => bodyOf([who, fill(text, one, order)], shop, what));
  const saidAt = new Date(times[turns.findLastIndex(isIn)]!);
  return {
    order,
    thread: {
      customer: one.customer,
      status: role === 'snoozed' || role === 'closed' ? role : 'open',
      snoozedUntil: role === 'snoozed' ? new Date(morningAfter(now, clock.between(1, 3))) : null,
      assigneeId: one.isAssigned ? one.answering.id : null,
      tags: [...scene.tags, ...(one.isVip ? ['vip'] : [])],
      unread: one.isUnread ? turns.length - 1 - turns.findLastIndex(turn => !isIn(turn)) : 0,
      optedOutAt: role === 'opt-out' ? saidAt : null,
      stopHint: role === 'stop-hint' ? { scope: 'promotions', at: saidAt } : null,
      messages: bodies.map((body, at) => messageOf(one, at, body, times, now, clock)),
    },
  };
}

const DEALT = DEMO_CLIENTS.map(dealt);

let last: { readonly now: number; readonly stories: readonly (readonly DemoStory[])[] } | null = null;

/** The stories of every client at a moment, in the order of the clients. */
export function storiesAt(now: Date): readonly (readonly DemoStory[])[] {
  if (last?.now !== now.getTime())
    last = {
      now: now.getTime(),
      stories: DEMO_CLIENTS.map((shop, n) =>
        DEALT[n]!.map((one, i) => storyOf(shop, one, n * 1000 + i, now.getTime())),
      ),
    };
  return last.stories;
}

/** The orders of a client that its customers write about. */
export const ordersOf = (shop: DemoShop, now: Date): DemoOrder[] =>
  storiesAt(now)[DEMO_CLIENTS.indexOf(shop)]!.flatMap(({ order }) => order ?? []);
