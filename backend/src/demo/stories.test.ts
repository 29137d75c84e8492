import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../test/providers/rig.ts';
import { secret } from '../kernel/secret.ts';
import type { Credential } from '../providers/provider.ts';
import { DAY, HOUR } from './hours.ts';
import { DEMO_ISSUES } from './issues.ts';
import type { DemoOrder } from './orders.ts';
import { DEMO_CLIENTS, type DemoShop } from './people.ts';
import { type DemoStory, ordersOf, storiesAt } from './threads.ts';

/** At noon, at night and at the turn of the day in India. */
const MOMENTS = ['2026-12-01T06:30:00Z', '2026-12-01T21:40:00Z', '2027-03-05T18:29:59Z'].map(at => new Date(at));

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const textsOf = ({ thread }: DemoStory) => thread.messages.map(({ text }) => text);
const found = (texts: readonly string[], pattern: RegExp) => [
  ...new Set(texts.flatMap(text => text.match(pattern) ?? [])),
];
const rupees = (text: string) => Math.round(Number(text.replace(/[₹,]/g, '')) * 100);

describe('what customers mention is in the connected systems', () => {
  const now = () => rig.clock.now();
  const told = (shop: DemoShop) => storiesAt(now())[DEMO_CLIENTS.indexOf(shop)]!;
  const key = (fields: Readonly<Record<string, string>>): Credential => ({
    kind: 'key',
    fields: Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, secret(text)])),
  });
  async function rowsOf<R>(
    reading: Promise<{ readonly kind: string; readonly rows?: readonly R[] }>,
  ): Promise<readonly R[]> {
    const outcome = await reading;
    if (!outcome.rows) throw new Error(JSON.stringify(outcome));
    return outcome.rows;
  }
  /** Each order that a thread names, and the order behind it. */
  const mentioned = (shop: DemoShop) => {
    const orders = new Map(ordersOf(shop, now()).map(one => [one.number, one]));
    return told(shop).flatMap(story =>
      found(textsOf(story), /\b[A-Z]{2}-2026-\d{4}\b|\b\d{3}-\d{7}-\d{7}\b/g).map(number => ({
        number,
        story,
        order: orders.get(number),
      })),
    );
  };

  test.each(DEMO_CLIENTS.filter(({ inbox }) => inbox))('$name: payments at Stripe', async shop => {
    const api = rig.api('stripe', key({ key: `rk_test_${shop.slug}2026` }));
    const payments = await rowsOf(readAll('stripe', 'payments', api));
    const named = mentioned(shop);
    expect(named.length).toBeGreaterThan(3);
    for (const { number, order } of named) {
      if (!order) throw new Error(`${number} is named, and there is no such order`);
      if (!order.payment) continue;
      const row = payments.find(({ description }) => description === `Order ${number}`);
      expect(row).toMatchObject({ amountMinor: order.amountMinor, currency: 'INR', status: order.payment.status });
    }
  });

  test.each(DEMO_CLIENTS.filter(({ inbox }) => inbox))('$name: parcels at Delhivery', async shop => {
    const awbs = found(told(shop).flatMap(textsOf), /\b14908\d{8}\b/g);
    const api = rig.api('delhivery', key({ token: 'a'.repeat(40) }), { settings: { environment: 'production' } });
    const pages = Array.from({ length: Math.ceil(awbs.length / 50) }, (_, n) => awbs.slice(n * 50, n * 50 + 50));
    const shipments = (
      await Promise.all(pages.map(page => rowsOf(readAll('delhivery', 'shipments', api, { text: page.join(' ') }))))
    ).flat();
    const STATUS = {
      moving: 'in-transit',
      out: 'out-for-delivery',
      delivered: 'delivered',
      attempted: 'attempt-failed',
      packed: 'created',
      returning: 'returning',
    } as const;
    expect(shipments).toHaveLength(awbs.length);
    const byAwb = new Map(ordersOf(shop, now()).map(order => [order.parcel?.awb, order]));
    for (const shipment of shipments) {
      const { number, parcel } = byAwb.get(shipment.awb)!;
      expect(shipment).toMatchObject({
        orderNumber: number,
        codMinor: parcel!.cashMinor > 0 ? parcel!.cashMinor : null,
        status: STATUS[parcel!.state],
      });
    }
  });

  test('orders at Amazon, of the one client that sells there', async () => {
    const { credential } = rig.granted('amazon-sp-api');
    const asking = { ...credential, extras: { selling_partner_id: 'A2CHAIKATHA0IN' } } as Credential;
    const account = {
      id: 'A2CHAIKATHA0IN:A21TJRUUN4KGV',
      name: 'Chai Katha',
      detail: null,
      settings: { marketplaceId: 'A21TJRUUN4KGV', currency: 'INR', country: 'IN' },
    };
    const orders = await rowsOf(readAll('amazon-sp-api', 'orders', rig.api('amazon-sp-api', asking, { account })));
    const named = DEMO_CLIENTS.flatMap(mentioned).filter(({ order }) => order?.isOnAmazon);
    expect(named.length).toBeGreaterThan(1);
    for (const { number, order } of named)
      expect(orders.find(({ id }) => id === number)).toMatchObject({
        totalMinor: order!.amountMinor,
        items: order!.quantity,
        currency: 'INR',
      });
  });

  test('issues in Jira', async () => {
    const keys = found(DEMO_CLIENTS.flatMap(told).flatMap(textsOf), /\bCK-\d{1,3}\b/g);
    expect(keys.length).toBeGreaterThan(0);
    const { credential } = rig.granted('jira');
    const account = {
      id: '7c1f0e51-0000-4000-8000-00000000a001',
      name: 'chai-katha',
      detail: null,
      settings: { url: 'https://chai-katha.atlassian.net' },
    };
    const tasks = await rowsOf(readAll('jira', 'tasks', rig.api('jira', credential, { account })));
    for (const issue of keys)
      expect(tasks.find(task => task.key === issue)).toMatchObject({ title: DEMO_ISSUES[issue] });
    expect(new Set(tasks.map(({ title }) => title)).size).toBe(tasks.length);
  });
});

test('amounts in a thread are those of its order, of its goods, or pieces times the price', () => {
  for (const [n, stories] of storiesAt(MOMENTS[0]!).entries()) {
    const prices = DEMO_CLIENTS[n]!.goods.map(({ priceMinor }) => priceMinor);
    for (const story of stories) {
      const text = textsOf(story).join('\n');
      const bulk = prices.flatMap(price =>
        [40, 60, 80, 120].filter(pieces => text.includes(String(pieces))).map(pieces => pieces * price),
      );
      const carts = story.thread.messages.flatMap(({ content }) =>
        content.flatMap(part => (part.kind === 'cart' ? [part.totalMinor!] : [])),
      );
      const known = [...(story.order ? [story.order.amountMinor] : [...prices, ...bulk]), ...carts];
      for (const amount of found([text], /₹[\d,]+(?:\.\d\d)?/g)) expect(known, text).toContain(rupees(amount));
      for (const { content } of story.thread.messages)
        for (const part of content)
          if (part.kind === 'cart')
            expect(part.totalMinor).toBe(part.lines.reduce((sum, line) => sum + line.quantity * line.priceMinor!, 0));
    }
  }
});

test('a thread says the same at any time, and has the same numbers', () => {
  const shape = (at: Date) =>
    storiesAt(at).map(stories =>
      stories.map(({ thread, order }) => [
        thread.customer,
        thread.tags,
        thread.messages.map(({ from, kind }) => `${from} ${kind}`),
        [order?.number, order?.amountMinor, order?.payment?.id, order?.parcel?.awb],
      ]),
    );
  const [first, ...others] = MOMENTS.map(shape);
  for (const other of others) expect(other).toEqual(first);
});

describe.each(MOMENTS)('at %s', now => {
  const all = () => storiesAt(now).flat();

  it('nothing is in the future, and everything is in its order', () => {
    for (const { thread } of all()) {
      const lines = thread.messages;
      for (const [n, line] of lines.entries()) {
        expect(line.at.getTime()).toBeLessThanOrEqual(now.getTime());
        if (n > 0) expect(line.at.getTime()).toBeGreaterThan(lines[n - 1]!.at.getTime());
        if (line.deliveredAt) expect(line.deliveredAt.getTime()).toBeGreaterThan(line.at.getTime());
        if (line.readAt) expect(line.readAt.getTime()).toBeGreaterThanOrEqual(line.deliveredAt!.getTime());
        if (line.readAt) expect(line.readAt.getTime()).toBeLessThanOrEqual(now.getTime());
        // A reply by hand comes within 24 hours of the customer.
        const asked = lines.slice(0, n).findLast(({ from }) => from === 'customer');
        if (line.from === 'agency' && line.kind !== 'template')
          expect(line.at.getTime() - asked!.at.getTime()).toBeLessThan(24 * HOUR);
      }
    }
  });

  it('a parcel moves on from its order, and has arrived before the customer says so', () => {
    for (const { thread, order } of all()) {
      if (!order) continue;
      const { placedAt, payment, parcel } = order as DemoOrder;
      const first = thread.messages[0]!.at.getTime();
      const last = thread.messages.at(-1)!.at.getTime();
      expect(placedAt.getTime()).toBeLessThan(first);
      expect(placedAt.getTime()).toBeGreaterThan(now.getTime() - 29 * DAY);
      if (payment) expect(payment.at.getTime()).toBeLessThan(first);
      if (!parcel) continue;
      const steps = [placedAt, parcel.pickedUpAt, parcel.scannedAt, now].flatMap(at => at?.getTime() ?? []);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      if (parcel.deliveredAt) expect(parcel.deliveredAt).toEqual(parcel.scannedAt);
      if (parcel.state === 'delivered' && last > now.getTime() - 40 * HOUR)
        expect(parcel.deliveredAt!.getTime()).toBeLessThan(last);
    }
  });

  it('the desk works from nine to nine; what came within a day may have come at night', () => {
    const hour = (at: Date) => ((at.getTime() + 5.5 * HOUR) % DAY) / HOUR;
    const lines = all().flatMap(({ thread }) => thread.messages.filter(({ from }) => from === 'agency'));
    const before = lines.filter(({ at }) => at.getTime() < now.getTime() - DAY);
    expect(before.length).toBeGreaterThan(100);
    expect(before.filter(({ at }) => hour(at) < 9 || hour(at) >= 21)).toEqual([]);
  });

  it('nobody who is snoozed, closed or opted out waits unread', () => {
    for (const { thread } of all()) if (thread.status !== 'open' || thread.optedOutAt) expect(thread.unread).toBe(0);
    expect(all().filter(({ thread }) => thread.optedOutAt)).toHaveLength(1);
    for (const { thread } of all())
      if (thread.snoozedUntil) expect(thread.snoozedUntil.getTime()).toBeGreaterThan(now.getTime());
  });
});

test('each client has a backlog of its own, from none to a hundred and forty', () => {
  const open = storiesAt(MOMENTS[0]!).map(stories => stories.filter(({ thread }) => thread.status === 'open').length);
  expect(new Set(open).size).toBe(DEMO_CLIENTS.length);
  expect([Math.min(...open), Math.max(...open)]).toEqual([0, 140]);
  for (const stories of storiesAt(MOMENTS[0]!)) {
    const names = stories.flatMap(({ thread }) => thread.customer.name ?? []);
    expect(new Set(names).size).toBe(names.length);
  }
});
