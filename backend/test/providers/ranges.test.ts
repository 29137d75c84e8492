import { type Capability, capabilityOf, type ProviderId } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { secret } from '../../src/kernel/secret.ts';
import type { Account, Api, Credential } from '../../src/providers/provider.ts';
import { collect, type RangedRead, type Read, type ReadPage, type ReadRequest } from '../../src/providers/read.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { type ProviderRig, providerRig } from './rig.ts';

/** Every read of every adapter, found by itself. */
const READS = (Object.keys(PROVIDERS) as ProviderId[]).flatMap(id =>
  PROVIDERS[id].manifest.capabilities.flatMap(one =>
    one.kind === 'read' ? [{ id, capability: one.capability as Capability, range: one.range }] : [],
  ),
);
const named = (kind: string) => READS.filter(({ range }) => range.kind === kind);
const DAY_MS = 86_400_000;

type Row = Readonly<Record<string, unknown>>;

test('every adapter says for each of its reads what a range means, and reads nothing else', () => {
  expect(READS.length).toBeGreaterThanOrEqual(11);
  for (const [id, { connector, manifest }] of Object.entries(PROVIDERS))
    expect(
      manifest.capabilities
        .filter(({ kind }) => kind === 'read')
        .map(({ capability }) => capability)
        .toSorted(),
      id,
    ).toEqual(Object.keys(connector?.reads ?? {}).toSorted());
});

describe.each(READS)('$id/$capability', ({ id, capability, range }) => {
  let rig: ProviderRig;
  let credential: Credential;
  let account: Account;
  let settings: Readonly<Record<string, string>> = {};
  const { key, at } = capabilityOf(capability);
  const read = PROVIDERS[id].connector!.reads[capability] as Read<Capability>;

  // Each with an egress of its own: the budget of one must not hold up the next.
  beforeEach(async () => {
    rig = await providerRig();
    const imitation = rig.sandbox.imitations.find(({ provider }) => provider === id)!;
    const { auth } = PROVIDERS[id].manifest;
    const [form = {}] = imitation.forms ?? [];
    const secrets = auth.kind === 'key' ? auth.fields.filter(field => field.kind === 'secret') : [];
    credential =
      auth.kind === 'key'
        ? { kind: 'key', fields: Object.fromEntries(secrets.map(({ name }) => [name, secret(form[name] ?? '')])) }
        : rig.granted(id).credential;
    settings = auth.kind === 'key' ? form : {};
    const found = await PROVIDERS[id].connector!.identify(rig.api(id, credential, { settings }));
    if (found.kind !== 'ok') throw new Error(found.kind);
    account = found.rows[0]!;
  });
  afterEach(() => rig.close());
  const api = (): Api => rig.api(id, credential, { account, settings });

  const all = async (since: Date | null, until: Date) => {
    const found = await collect(capability, read, api(), { text: null, since, until, rows: null });
    if (found.kind !== 'ok') throw new Error(JSON.stringify(found));
    return found;
  };
  const keys = (rows: readonly unknown[]) => new Set(rows.map(row => key(row as Row)));

  if (range.kind === 'look-up') {
    test('brings only what is named, and says why there is nothing to import', async () => {
      expect(range.why).toMatch(/\w+ .*\.$/);
      const nothing: ReadRequest = { text: null, since: null, until: rig.clock.now(), cursor: null, limit: null };
      expect(await read(api(), nothing)).toMatchObject({ kind: 'permanent' });
    });
    return;
  }

  if (range.kind === 'whole') {
    test('brings the whole list whatever the range, page by page', async () => {
      const now = rig.clock.now();
      const found = await all(null, now);
      expect(found.rows.length).toBeGreaterThan(0);
      expect(keys((await all(now, now)).rows)).toEqual(keys(found.rows));
    });
    return;
  }

  const declared: RangedRead = range;
  /** When a row counts for this read, by its own field. */
  const countsAt = (row: unknown): number => Date.parse(at!(row as Row));

  test('brings everything since a moment, and nothing that ended before it', async () => {
    const now = rig.clock.now();
    const days = declared.by === 'day' ? 6 : 3;
    const since = new Date(now.getTime() - days * DAY_MS);
    const wide = await all(new Date(now.getTime() - 2 * days * DAY_MS), now);
    const narrow = await all(since, now);
    // Whole days of another time zone may begin a day earlier.
    const earliest = since.getTime() - (declared.by === 'day' ? 2 * DAY_MS : 0);
    expect(narrow.rows.length).toBeGreaterThan(0);
    expect(narrow.rows.length).toBeLessThan(wide.rows.length);
    for (const row of narrow.rows) expect(countsAt(row)).toBeGreaterThanOrEqual(earliest);
    const due = wide.rows.filter(row => countsAt(row) >= since.getTime());
    for (const one of keys(due)) expect(keys(narrow.rows)).toContain(one);
    expect(narrow.complete).toBe(true);
  });

  test('a cursor is text that leads on from a process that knows nothing of the page before', async () => {
    const now = rig.clock.now();
    const asked = { text: null, since: new Date(now.getTime() - 10 * DAY_MS), until: now, limit: 20 };
    const together: unknown[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: ReadPage<unknown> | { readonly kind: string } = await read(api(), {
        ...asked,
        // As a database gives it back.
        cursor: cursor === null ? null : (JSON.parse(JSON.stringify(cursor)) as string),
      });
      if (!('rows' in page)) throw new Error(JSON.stringify(page));
      expect(page.complete).toBe(page.next === null);
      together.push(...page.rows);
      cursor = page.next;
      expect(cursor?.length ?? 1).toBeLessThan(4096);
      // What is asked later is about the same range.
      rig.clock.advance(60);
    } while (cursor !== null && ++pages < 60);
    const once = await all(asked.since, now);
    expect(keys(together)).toEqual(keys(once.rows));
    if (declared.order === 'newest-first' && id !== 'stripe') {
      const times = together.map(countsAt);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
  });

  test('a range that begins before what the provider tells is not called complete', async () => {
    if (declared.historyDays === null) return;
    const until = rig.clock.now();
    const older = new Date(until.getTime() - (declared.historyDays + 40) * DAY_MS);
    let cursor: string | null = null;
    let page: ReadPage<unknown> | { readonly kind: string } | null = null;
    for (let pages = 0; pages === 0 || (cursor !== null && pages < 45); pages++) {
      page = await read(api(), { text: null, since: older, until, cursor, limit: null });
      if (!('rows' in page)) return expect(page.kind).toBe('retry');
      cursor = page.next;
    }
    expect(page).toMatchObject({ next: null, complete: false });
  });
});

test('the three kinds of read are all there', () => {
  expect(['range', 'whole', 'look-up'].map(kind => named(kind).length > 0)).toEqual([true, true, true]);
});
