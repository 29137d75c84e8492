import fc from 'fast-check';
import { expect } from 'vitest';
import { secret } from '../../../src/kernel/secret.ts';
import type { verify } from '../../../src/platform/signatures/index.ts';
import {
  addressesOf,
  bodiesOf,
  type Forgery,
  hashesOf,
  headersOf,
  keysOf,
  tokenHeadersOf,
} from './headers-and-bodies.ts';
import {
  type Delivery,
  delhivery,
  hmacParties,
  NOW,
  type Party,
  signedRequest,
  standard,
  stripe,
  URL_SECRETS,
} from './parties.ts';
import { requestsOf } from './signed-requests.ts';
import { standardOnly, stripeOnly, timesOf } from './timestamped.ts';
import { jira, wix } from './token-parties.ts';
import { tokensOf } from './tokens.ts';

export type Verify = typeof verify;
export type Suite = { readonly party: Party; readonly forgeries: readonly Forgery[] };

export const SEED = 20_261_120;
export const FLIPS = 2000;

const timestamped = [
  { party: stripe, own: stripeOnly() },
  { party: standard, own: standardOnly() },
];
export const SIGNED: readonly Suite[] = [
  ...hmacParties.map(party => ({
    party,
    forgeries: [...headersOf(party), ...bodiesOf(party), ...keysOf(party), ...hashesOf(party)],
  })),
  ...timestamped.map(({ party, own }) => ({
    party,
    forgeries: [...headersOf(party), ...bodiesOf(party), ...keysOf(party), ...timesOf(party), ...own],
  })),
  { party: signedRequest, forgeries: [...keysOf(signedRequest), ...requestsOf(signedRequest)] },
  { party: wix, forgeries: [...keysOf(wix), ...tokensOf(wix)] },
  {
    party: jira,
    forgeries: [...headersOf(jira), ...bodiesOf(jira), ...keysOf(jira), ...tokensOf(jira), ...addressesOf(jira)],
  },
];
export const UNSIGNED: Suite = {
  party: delhivery,
  forgeries: [
    ...headersOf(delhivery),
    ...bodiesOf(delhivery),
    ...keysOf(delhivery),
    ...addressesOf(delhivery),
    ...tokenHeadersOf(delhivery),
  ],
};
export const SUITES = [...SIGNED, UNSIGNED];

/** What we hold of a party and what arrived, as the verification is asked. */
export const requestFor = (party: Party, delivery: Delivery) => ({
  rawBody: delivery.body,
  headers: delivery.headers,
  secrets: party.live.map(key => secret(key)),
  now: NOW,
  ...party.settings,
  urlSecrets: URL_SECRETS.map(token => secret(token)),
  ...(delivery.urlToken === undefined ? {} : { urlToken: delivery.urlToken }),
});
export const judged = (by: Verify, party: Party, delivery: Delivery) => by(party.scheme, requestFor(party, delivery));

/** Whether a changed delivery got through: taken at all, or, where nothing vouches for the body, taken for verified. */
function through(by: Verify, party: Party, [, delivery, part]: Forgery): boolean {
  const verdict = judged(by, party, delivery);
  if (!verdict.ok) return false;
  return verdict.verified || part !== 'body' || party.vouches;
}

/** Under either of the live secrets, and with exactly the worth that the scheme has. */
function trueOneHolds(by: Verify, party: Party): boolean {
  return party.keys.every(key => {
    const verdict = judged(by, party, party.sign({ key }));
    return verdict.ok && verdict.verified === party.vouches;
  });
}

/** The one runner: names of what got through; the true delivery is taken before and after, or nothing else counts. */
export function attack(by: Verify, { party, forgeries }: Suite): string[] {
  expect(trueOneHolds(by, party), `${party.name}: the true one before`).toBe(true);
  const survivors = forgeries.filter(forgery => through(by, party, forgery)).map(([name]) => name);
  expect(trueOneHolds(by, party), `${party.name}: the true one after`).toBe(true);
  return survivors;
}

/** One byte of the body, of a header that is read or of the address, turned into another; the numbers are drawn from the seed. */
export function flipsOf(party: Party): Forgery[] {
  const right = party.sign();
  const headers = Object.keys(right.headers).filter(name => name !== 'content-type');
  const places = ['body', ...headers, ...(right.urlToken === undefined ? [] : ['address'])];
  const turned = (bytes: Buffer, at: number, by: number) =>
    bytes.with(at % bytes.length, (bytes[at % bytes.length] ?? 0) ^ by);
  const drawn = fc.sample(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 })), {
    numRuns: FLIPS,
    seed: SEED,
  });
  return drawn.map(([which, at, by]): Forgery => {
    const place = places[which % places.length] ?? 'body';
    const name = `byte ${at} of ${place} by ${by}`;
    const text = (value: string) => Buffer.from(turned(Buffer.from(value, 'latin1'), at, by)).toString('latin1');
    if (place === 'body') return [name, { ...right, body: Buffer.from(turned(right.body, at, by)) }, 'body'];
    if (place === 'address') return [name, { ...right, urlToken: text(right.urlToken ?? '') }];
    return [name, { ...right, headers: { ...right.headers, [place]: text(right.headers[place] as string) } }];
  });
}
