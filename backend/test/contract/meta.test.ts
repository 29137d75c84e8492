import { afterAll, beforeAll, expect, test } from 'vitest';
import { nothing } from '../../src/platform/egress/index.ts';
import type { Account } from '../../src/providers/provider.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { type ProviderRig, providerRig, readAll, readEverything, type Seen } from '../providers/rig.ts';
import { describeSpecs } from './official/cases.ts';
import { official } from './official/index.ts';

/** Which node stands behind a path: numbers alone do not tell. */
const NODES = [
  [/^\/v26\.0\/act_\d+\//, 'AdAccount'],
  [/^\/v26\.0\/me[/?]/, 'User'],
  // A post of the sandbox is numbered behind its profile.
  [/^\/v26\.0\/\d{20}\//, 'IGMedia'],
  [/^\/v26\.0\/\d+/, 'IGUser'],
] as const;
const CAPABILITIES = { 'meta-ads': ['metrics'], instagram: ['posts', 'metrics'] } as const;
const nodeOf = ({ url }: Seen) => NODES.find(([path]) => path.test(url))![1];
/** The guide of Instagram's insights shows a number in every example; the spec calls it an object. */
const IS_A_NUMBER = /\.values\[\d+\]\.value: is \d+, and object is expected/;
const OUTSIDE = ['/v26.0/oauth/access_token', '/v26.0/'];
const inDocument = ({ url }: Seen) => !OUTSIDE.includes(url.split('?')[0]!);

describeSpecs('Meta Ads and Instagram against the node specs of Meta (v25.0, the newest there are)', () => {
  let rig: ProviderRig;
  let seen: readonly Seen[];

  /** Each account with a budget of its own, because these are many calls. */
  async function readAccounts(
    provider: keyof typeof CAPABILITIES,
    scopes?: readonly string[],
  ): Promise<readonly Seen[]> {
    const connector = PROVIDERS[provider].connector!;
    const first = rig.granted(provider, scopes);
    const found = await connector.identify(rig.api(provider, first.credential));
    const accounts: readonly Account[] = found.kind === 'ok' ? found.rows.slice(0, 3) : [];
    const all: Seen[] = [];
    for (const account of accounts) {
      const own = await providerRig();
      const { credential } = own.granted(provider, scopes);
      for (const capability of CAPABILITIES[provider])
        await readAll(provider, capability, own.api(provider, credential, { account }));
      await own.close();
      all.push(...own.seen);
    }
    return all;
  }

  /** With a budget of its own, because these are many calls. */
  async function readRanges(provider: keyof typeof CAPABILITIES): Promise<readonly Seen[]> {
    const own = await providerRig();
    const { credential } = own.granted(provider);
    const found = await PROVIDERS[provider].connector!.identify(own.api(provider, credential));
    if (found.kind !== 'ok') throw new Error(found.kind);
    await readEverything(provider, own.api(provider, credential, { account: found.rows[0]! }));
    await own.close();
    return own.seen;
  }

  beforeAll(async () => {
    rig = await providerRig();
    const accounts: Seen[] = [];
    for (const provider of ['meta-ads', 'instagram'] as const) {
      accounts.push(...(await readAccounts(provider)), ...(await readAccounts(provider, [])));
      const flow = rig.flow(provider);
      const exchanged = await flow.exchange(rig.tokenApi(provider), rig.code(provider));
      if (exchanged.kind !== 'ok') throw new Error(exchanged.kind);
      await flow.refresh(rig.tokenApi(provider), exchanged.data);
      const { accessToken, extras } = exchanged.data;
      const api = rig.api(provider, { kind: 'grant', accessToken, extras });
      await api.call({ method: 'GET', path: '/v26.0/me', effect: 'read', reply: nothing });
      await flow.revoke(rig.tokenApi(provider), exchanged.data);
      await flow.revoke(rig.tokenApi(provider), exchanged.data);
    }
    seen = [...rig.seen, ...accounts, ...(await readRanges('meta-ads')), ...(await readRanges('instagram'))];
  });
  afterAll(() => rig.close());

  test('S5, S8: every call of ours is one that Meta describes', () => {
    expect(seen.length).toBeGreaterThan(50);
    const faults = seen.filter(inDocument).flatMap(one =>
      official('meta')!
        .request({ method: one.method, host: one.host, path: one.url, headers: one.headers, as: nodeOf(one) })
        .map(fault => `${one.url.split('?')[0]}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  test('S5, S8: every answer of the imitation is one that Meta would give, refusals included', () => {
    const faults = seen.filter(inDocument).flatMap(one =>
      official('meta')!
        .reply({ method: one.method, path: one.url, status: one.status, body: one.reply, as: nodeOf(one) })
        .map(fault => `${one.url.split('?')[0]}: ${fault}`),
    );
    expect(faults.filter(fault => !IS_A_NUMBER.test(fault))).toEqual([]);
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200, 400, 403]));
  });

  test('only the token endpoint and a read of several ids are in none of the specs, but in the guides', () => {
    const outside = seen.filter(one => !inDocument(one)).map(({ method, url }) => `${method} ${url.split('?')[0]}`);
    expect([...new Set(outside)].toSorted()).toEqual(['GET /v26.0/', 'GET /v26.0/oauth/access_token']);
  });
});
