import { type Capability, capabilityOf, type ProviderId } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { secret } from '../../src/kernel/secret.ts';
import type { Failed } from '../../src/platform/egress/index.ts';
import { type Account, type Api, type Ask, type Credential, otherAccount } from '../../src/providers/provider.ts';
import type { Read, ReadPage, ReadRequest } from '../../src/providers/read.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { validateFacts } from '../../src/providers/validate-facts.ts';
import { type ProviderRig, providerRig } from './rig.ts';

/**
 * docs/decisions/0021-odd-rows.md: every adapter gets the reply of its imitation with one row damaged, in each of its fields and in each of
 * these ways, and has to bring the other rows unchanged.
 */

const READS = (Object.keys(PROVIDERS) as ProviderId[]).flatMap(id =>
  (Object.keys(PROVIDERS[id].connector?.reads ?? {}) as Capability[]).map(capability => ({ id, capability })),
);

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MISSING = Symbol('no key');
const DAMAGES: Readonly<Record<string, Json | typeof MISSING>> = {
  null: null,
  missing: MISSING,
  'an object': {},
  'a list': [],
  'a list of null': [null],
  'a number': 17,
  'a fraction': 0.1,
  'a huge number': 1e300,
  'a number below zero': -1,
  'a huge number as text': '9'.repeat(40),
  'NaN as text': 'NaN',
  'an empty text': '',
  true: true,
  'a time with a zone': '2026-11-30T10:00:00+05:30',
  'a time without a zone': '2026-11-30T10:00:00',
  'a day that is none': '2026-02-30T10:00:00Z',
  'half a character': 'x\ud83d',
  'a NUL': 'x\0y',
};
/** Damages of a text. Wherever one of these is shortened, the cut falls inside of a character. */
const LONG_TEXTS: Readonly<Record<string, Json>> = Object.fromEntries(
  ['👨‍👩‍👧‍👦', 'नि'].flatMap(character =>
    [0, 1].map(n => [`${n} letters and many ${character}`, 'x'.repeat(n) + character.repeat(400)]),
  ),
);
/** What the database refuses in a JSON value: halves of characters, and NUL. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/** Names under which providers send their rows. */
const LISTS = new Set(['orders', 'ShipmentData', 'results', 'rows', 'files', 'data', 'issues']);
/** A value of these that is readable and another one makes the whole page that of another account (F-08). */
const ACCOUNT = /account_id$|customer\.id$|marketplaceId$/;
/** A payment of Stripe can be told by its checkout as well. */
const AFFECTED: Readonly<Record<string, number>> = { stripe: 2 };

/** Paths of everything inside of a row: «fields.status.name», «actions.0.value». */
function pathsIn(value: Json, path: readonly string[] = []): (readonly string[])[] {
  const inside = Array.isArray(value)
    ? value.slice(0, 2).map((one, n) => [String(n), one] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  const here = path.length === 0 ? [] : [path];
  return [...here, ...inside.flatMap(([key, one]) => pathsIn(one, [...path, key]))];
}

const valueAt = (row: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((at, key) => (at as { [key: string]: Json })[key], row);

function damaged(row: Json, path: readonly string[], damage: Json | typeof MISSING): Json {
  const copy = structuredClone(row);
  const last = path.at(-1)!;
  let at = copy as { [key: string]: Json };
  for (const key of path.slice(0, -1)) at = at[key] as { [key: string]: Json };
  if (damage !== MISSING) at[last] = damage;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
  return copy;
}

/** The first list of rows in a reply, by its path. */
function listIn(body: Json): { readonly name: string; readonly rows: Json[] } | null {
  if (!isObject(body)) return null;
  const found = Object.entries(body).find(
    (entry): entry is [string, Json[]] => LISTS.has(entry[0]) && Array.isArray(entry[1]) && entry[1].length > 1,
  );
  return found ? { name: found[0], rows: found[1] } : null;
}

const questionOf = ({ path, parameters, query, body }: Ask<unknown>) =>
  canonicalJson({ path, parameters, query, body });

const AWBS = '1490812345600 1490812345601 1490812345602';

describe.each(READS)('$id/$capability', ({ id, capability }) => {
  let rig: ProviderRig;
  let api: Api;
  let honest: ReadPage<unknown>;
  const replies = new Map<string, { readonly url: string; readonly body: Json }>();
  const read = PROVIDERS[id].connector!.reads[capability] as Read<Capability>;
  let request: ReadRequest;

  beforeAll(async () => {
    rig = await providerRig();
    const imitation = rig.sandbox.imitations.find(({ provider }) => provider === id)!;
    const { auth } = PROVIDERS[id].manifest;
    const [form = {}] = imitation.forms ?? [];
    const credential: Credential =
      auth.kind === 'key'
        ? {
            kind: 'key',
            fields: Object.fromEntries(
              auth.fields
                .filter(({ kind }) => kind === 'secret')
                .map(({ name }) => [name, secret(form[name] ?? '')] as const),
            ),
          }
        : rig.granted(id).credential;
    const settings = auth.kind === 'key' ? form : {};
    const found = await PROVIDERS[id].connector!.identify(rig.api(id, credential, { settings }));
    if (found.kind !== 'ok') throw new Error(found.kind);
    const account: Account = found.rows[0]!;
    const real = rig.api(id, credential, { account, settings });
    const until = rig.clock.now();
    request = {
      text: capability === 'shipments' ? AWBS : null,
      since: new Date(until.getTime() - 10 * 86_400_000),
      until,
      cursor: null,
      limit: 10,
    };
    api = {
      ...real,
      async call(ask) {
        const outcome = await real.call(ask);
        const { url, reply } = rig.seen.at(-1)!;
        if (outcome.kind === 'ok') replies.set(questionOf(ask), { url, body: JSON.parse(reply) as Json });
        return outcome;
      },
    };
    const page = await read(api, request);
    if (page.kind !== 'ok') throw new Error(JSON.stringify(page));
    honest = page;
  });
  afterAll(() => rig.close());

  /** The same read with another reply to one question. */
  const replay = (question: string | null, body: Json): Promise<ReadPage<unknown> | Failed> =>
    read(
      {
        ...api,
        async call(ask) {
          const asked = questionOf(ask);
          const told = asked === question ? body : replies.get(asked)?.body;
          if (told === undefined) return { kind: 'permanent', status: 404, code: 'http-404', reason: 'nobody asked' };
          const result = ask.reply.read(Buffer.from(JSON.stringify(told)), 'application/json');
          return 'data' in result
            ? { kind: 'ok', data: result.data, status: 200, headers: {}, bytes: 1 }
            : { kind: 'malformed', reason: result.fault, status: 200, stale: true };
        },
      },
      request,
    );

  const factsOf = (page: ReadPage<unknown>) => {
    const { rows, rejected } = validateFacts(capability, page.rows, request.until);
    return { facts: new Set(rows.map(canonicalJson)), leftOut: rejected.length + page.unreadable.length };
  };

  function judge(what: string, page: ReadPage<unknown> | Failed, isAccount: boolean): void {
    if (isAccount && page.kind !== 'ok') {
      expect(page, what).toEqual(otherAccount);
      return;
    }
    if (page.kind !== 'ok') throw new Error(`${what}: ${JSON.stringify(page)}`);
    const { facts: before } = factsOf(honest);
    const { facts, leftOut } = factsOf(page);
    for (const fact of facts) expect(fact, what).not.toMatch(UNSTORABLE);
    const most = AFFECTED[id] ?? 1;
    const lost = [...before].filter(fact => !facts.has(fact));
    const added = [...facts].filter(fact => !before.has(fact));
    expect(lost.length, `${what}: rows that are lost`).toBeLessThanOrEqual(most);
    expect(added.length, `${what}: rows that are new`).toBeLessThanOrEqual(most);
    if (facts.size < before.size)
      expect(leftOut + (page.missing?.length ?? 0), `${what}: a row is gone, and nothing says so`).toBeGreaterThan(0);
  }

  test('the reply of the provider is read alike each time', async () => {
    const page = await replay(null, null);
    expect(page).toEqual(honest);
    const { facts, leftOut } = factsOf(honest);
    expect(facts.size).toBeGreaterThan(0);
    expect(leftOut).toBe(0);
    for (const row of honest.rows) expect(capabilityOf(capability).fact.safeParse(row).success).toBe(true);
  });

  test('one row that is damaged in one field loses no other', async () => {
    const lists = [...replies].flatMap(([question, { body, url }]) => {
      const list = listIn(body);
      return list === null ? [] : [{ question, body, url, ...list }];
    });
    // One number of WhatsApp is asked for by its id, and is no list.
    if (capability !== 'messaging') expect(lists.length).toBeGreaterThan(0);
    for (const { question, body, url, name, rows } of lists.slice(0, 4)) {
      const at = 1;
      const withRow = (row: Json): Json => ({ ...(body as object), [name]: rows.with(at, row) }) as Json;
      for (const row of [null, 'x', 7, [], {}])
        judge(`${url} ${name}: a row of ${JSON.stringify(row)}`, await replay(question, withRow(row)), false);
      for (const path of pathsIn(rows[at]!))
        for (const [kind, damage] of Object.entries({
          ...DAMAGES,
          ...(typeof valueAt(rows[at]!, path) === 'string' ? LONG_TEXTS : {}),
        })) {
          const page = await replay(question, withRow(damaged(rows[at]!, path, damage)));
          judge(`${name} with ${kind} in ${path.join('.')}`, page, ACCOUNT.test(path.join('.')));
        }
    }
  });
});
