import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  addressesOf,
  bodiesOf,
  type Forgery,
  hashesOf,
  headersOf,
  keysOf,
  tokenHeadersOf,
} from './forgeries/headers-and-bodies.ts';
import {
  delhivery,
  type HeaderParty,
  hmacParties,
  NOW,
  type Party,
  signedRequest,
  stripe,
} from './forgeries/parties.ts';
import { requestsOf } from './forgeries/signed-requests.ts';
import { stripeOnly, timesOf } from './forgeries/timestamped.ts';
import { type Addressed, APP_META, addressed, byKey, DELHIVERY_FORM, type HookRig, hookRig } from './hook-rig.ts';

let rig: HookRig;
let connections: Record<string, Addressed>;
beforeAll(async () => {
  rig = await hookRig();
  const admin = await rig.admin();
  const form = (webhookSecret: string) => ({ key: 'rk_live_ChaiKatha2026', webhookSecret });
  const first = await addressed(admin, await byKey(admin, 'stripe', form(stripe.keys[0]!)));
  await byKey(admin, 'stripe', form(stripe.keys[1]!), first.id);
  connections = {
    stripe: first,
    delhivery: await addressed(admin, await byKey(admin, 'delhivery', DELHIVERY_FORM)),
    jira: await addressed(admin, await admin.connect('jira', 'chai-katha')),
  };
  await admin.connect('instagram', '@chai.katha');
});
afterAll(() => rig.close());
beforeEach(() => rig.world.clock.set(NOW));

/** HTTP itself has no line ends, no NUL and no case in a header, and takes the spaces around it away. */
const ON_THE_WIRE = ([name]: Forgery) =>
  !/^a header (?:with a (?:space|tab|line end|NUL)|a list of one|in wide|that is not in lower)/.test(name);
const of = (name: string) => hmacParties.find(party => party.name === name)!;
/** The party with the secrets of this backend in the place of its own. */
const keyed = <P extends Party>(party: P, key: string): P => ({
  ...party,
  keys: [key, key],
  sign: how => party.sign({ key, ...how }),
});

const ROADS: readonly (readonly [
  name: string,
  road: () => { readonly url: string; readonly party: Party; readonly forgeries: readonly Forgery[] },
])[] = [
  [
    'Stripe, with two live secrets',
    () => ({
      url: rig.pathOf(connections.stripe!),
      party: stripe,
      forgeries: [...headersOf(stripe), ...bodiesOf(stripe), ...keysOf(stripe), ...timesOf(stripe), ...stripeOnly()],
    }),
  ],
  ['Jira', () => signedRoad('Jira, by an administrator', rig.pathOf(connections.jira!), connections.jira!.at.token!)],
  ['Instagram', () => signedRoad('Meta ads and Instagram', '/webhooks/app/instagram', APP_META)],
  [
    'Delhivery, of which a body proves nothing',
    () => {
      const party: HeaderParty = keyed(delhivery, connections.delhivery!.at.token!);
      const forgeries = [...headersOf(party), ...keysOf(party), ...tokenHeadersOf(party)];
      return { url: rig.pathOf(connections.delhivery!), party, forgeries };
    },
  ],
  [
    'Delhivery, at other addresses',
    () => {
      const url = rig.pathOf(connections.delhivery!);
      const party = keyed(delhivery, connections.delhivery!.at.token!);
      const at = { ...party, sign: () => ({ ...party.sign(), urlToken: url.split('/').at(-1)! }) };
      return { url, party, forgeries: addressesOf(at) };
    },
  ],
  ...['deauthorize', 'data-deletion'].map(
    call =>
      [
        `Meta’s call to ${call}`,
        () => {
          const party = keyed(signedRequest, APP_META);
          const forgeries = [...keysOf(party), ...requestsOf(party)].filter(([, { body }]) => body.length > 0);
          return { url: `/webhooks/meta/${call}`, party, forgeries };
        },
      ] as const,
  ),
];

function signedRoad(name: string, url: string, key: string) {
  const party = keyed(of(name), key);
  const forgeries = [...headersOf(party), ...bodiesOf(party), ...keysOf(party), ...hashesOf(party)];
  return { url, party, forgeries };
}

async function post(url: string, { body, headers, urlToken }: Forgery[1], type: string) {
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const at = urlToken !== undefined && url.startsWith('/webhooks/connection/') && urlToken !== 'u7b9d1f3a5c7e9-now';
  return rig.world.inject({
    method: 'POST',
    url: at ? `/webhooks/connection/${encodeURI(urlToken)}` : url,
    headers: { 'content-type': type, ...(sent as Record<string, string>) },
    payload: body,
  });
}

describe('WH-01, WH-02, WH-03, WH-05, WH-06, WH-14: forgeries through the real routes', () => {
  test.each(ROADS)('%s: each is refused alike and leaves no row; the true one is taken after them', async (_, road) => {
    const { url, party, forgeries } = road();
    const type = party.scheme.kind === 'signed-request' ? 'application/x-www-form-urlencoded' : 'application/json';
    const before = await rig.state();
    const answers = new Map<string, string[]>();
    // An address without its secret is another address.
    for (const forgery of forgeries.filter(ON_THE_WIRE).filter(([name]) => name !== 'an address without its secret')) {
      const reply = await post(url, forgery[1], type);
      const answer = `${reply.statusCode}`;
      answers.set(answer, [...(answers.get(answer) ?? []), forgery[0]]);
    }
    const refused = url.startsWith('/webhooks/connection/') && forgeries.length < 20 ? ['401', '404'] : ['401'];
    expect(
      [...answers.keys()].filter(answer => !refused.includes(answer)),
      JSON.stringify([...answers]),
    ).toEqual([]);
    expect(await rig.state()).toEqual(before);
    for (const key of party.keys) {
      const right = await post(url, party.sign({ key }), type);
      expect(right.statusCode, right.body).toBe(200);
    }
  });
});
