import type { ProviderId, Role } from '@astrix/contract';
import type { LightMyRequestResponse as Response } from 'fastify';
import { expect } from 'vitest';
import { withSystem } from '../../src/platform/db/index.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { type Colleague, type ConnectRig, PORT, type Started } from './rig.ts';

/** What an attack has in its hands at each step. */
export type Hands = {
  readonly rig: ConnectRig;
  readonly me: Colleague;
  readonly started: Started;
  /** The address that the browser is sent back to, as the provider made it. */
  readonly back: URL;
  readonly receipt: string;
  readonly accountId: string;
};

/** Where it is refused, and how: a status, or for a callback the word that the console is told. */
export type End =
  | readonly ['start' | 'claim' | 'confirm', number]
  | readonly ['callback', number | string]
  | readonly ['nowhere'];

/** A connect that is not what it should be. Every step that is not named happens as a good person does it. */
export type Attack = {
  readonly name: string;
  readonly provider?: ProviderId;
  readonly by?: Role;
  readonly before?: (rig: ConnectRig, me: Colleague) => Promise<unknown>;
  readonly body?: (rig: ConnectRig, me: Colleague) => object | Promise<object>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The page of the provider, opened with another address. */
  readonly page?: (page: URL) => void;
  readonly consent?: { readonly decision?: 'allow' | 'deny'; readonly scopes?: readonly string[] };
  readonly back?: (hands: Hands) => URL | undefined | Promise<URL | undefined>;
  readonly claim?: (hands: Hands) => Promise<Response>;
  readonly between?: (hands: Hands) => Promise<unknown>;
  readonly confirm?: (hands: Hands) => Promise<Response>;
  readonly ends: End;
  /** How often the token endpoint is called; without it once, and never when it is refused before. */
  readonly exchanges?: number;
  /** Connections that stand in the end; without it one for an attack that is refused nowhere. */
  readonly stands?: number;
  /** Grants that live at the provider in the end; without it as many as connections. */
  readonly alive?: number;
  readonly after?: (hands: Hands) => Promise<void>;
};

const isToken = (path: string) => path === '/token' || path === '/oauth/token';
export const evil = 'evil.example';

/** Beside the numbers that every world begins with. */
export async function liveConnections(rig: ConnectRig): Promise<number> {
  const rows = await withSystem(rig.world.db, 'telemetry', tx =>
    tx
      .selectFrom('connections')
      .select('id')
      .where('status', 'in', ['active', 'broken'])
      .where('id', 'not in', rig.seeded)
      .execute(),
  );
  return rows.length;
}

/** The world as it was before the first attack, but for its clock and its audit. */
export async function clear(rig: ConnectRig): Promise<void> {
  await withSystem(rig.world.db, 'telemetry', async tx => {
    for (const table of [
      'connect_attempts',
      'connection_receipts',
      'previews',
      'connection_health',
      'switches',
      'provider_denials',
    ] as const)
      await tx.deleteFrom(table).execute();
    await tx.deleteFrom('connections').where('id', 'not in', rig.seeded).execute();
  });
}

/** Runs one attack to where it is refused, and looks at what it left: rows, grants at the provider, and who was asked for what. */
export async function runAttack(rig: ConnectRig, attack: Attack): Promise<void> {
  const { providers } = rig.sandbox;
  const provider = attack.provider ?? 'google-ads';
  const me = await rig.as(attack.by ?? 'manager');
  await attack.before?.(rig, me);
  const rowsBefore = await liveConnections(rig);
  const askedBefore = providers.asked.length;
  const aliveBefore = providers.book.families().filter(({ revoked }) => !revoked).length;
  const hands = await walk(rig, provider, me, attack);

  const asked = providers.asked.slice(askedBefore);
  const early = attack.ends[0] === 'start' || attack.ends[0] === 'callback';
  expect(asked.filter(({ path }) => isToken(path)).length, 'calls of the token endpoint').toBe(
    attack.exchanges ?? (early ? 0 : 1),
  );
  // VT-09: no parameter of anybody chooses a host.
  for (const { host } of asked) expect(PROVIDERS[provider].manifest.hosts).toContain(host);
  const stands = attack.stands ?? (attack.ends[0] === 'nowhere' ? 1 : 0);
  expect((await liveConnections(rig)) - rowsBefore, 'connections').toBe(stands);
  if (hands) await attack.after?.(hands);

  // VT-08: what nobody confirmed is given back as soon as its time is over.
  rig.world.clock.advance(601);
  await rig.world.app.runNow('connections.tend');
  expect((await liveConnections(rig)) - rowsBefore, 'connections, later').toBe(stands);
  if (provider === 'jira') return;
  const alive = providers.book.families().filter(({ revoked }) => !revoked).length;
  expect(alive - aliveBefore, 'grants that live at the provider').toBe(attack.alive ?? stands);
}

async function walk(rig: ConnectRig, provider: ProviderId, me: Colleague, attack: Attack): Promise<Hands | null> {
  const [at, how] = attack.ends;
  const given = { provider, shared: false, connectionId: null, loopbackPort: PORT };
  const url = `/v1/clients/${me.clientId}/connect`;
  const headers = { ...attack.headers, authorization: `Bearer ${me.token}` };
  const payload = { ...given, ...(await attack.body?.(rig, me)) };
  const began = await rig.world.inject({ method: 'POST', url, headers, payload });
  expect(began.statusCode, began.body).toBe(at === 'start' ? how : 201);
  if (at === 'start') return null;
  const started: Started = began.json();
  const page = new URL(started.authorizeUrl);
  expect(`${page.origin}${page.pathname}`).toBe(`${rig.sandbox.url}/_browser/${provider}`);
  attack.page?.(page);

  const sent = await rig.consent(page.href, attack.consent);
  const first: Hands = { rig, me, started, back: sent, receipt: '', accountId: '' };
  const back = (await attack.back?.(first)) ?? sent;
  const { status, location, body } = await rig.follow(back);
  if (at === 'callback' && typeof how === 'number') {
    expect(status, body).toBe(how);
    expect(location).toBeNull();
    return first;
  }
  expect(status, body).toBe(303);
  expect(location?.origin).toBe(`http://127.0.0.1:${PORT}`);
  if (at === 'callback') {
    expect([...location!.searchParams.keys()]).toEqual(['attempt', 'error']);
    expect(location?.searchParams.get('error')).toBe(how);
    return first;
  }

  const claiming: Hands = { ...first, receipt: location?.searchParams.get('receipt') ?? '' };
  const claim = attack.claim ?? (hands => claimOf(hands));
  const claimed = await claim(claiming);
  expect(claimed.statusCode, claimed.body).toBe(at === 'claim' ? how : 200);
  if (at === 'claim') return claiming;
  const hands: Hands = { ...claiming, accountId: claimed.json().accounts[0].id };
  await attack.between?.(hands);
  const confirmed = await (attack.confirm?.(hands) ?? confirmOf(hands));
  expect(confirmed.statusCode, confirmed.body).toBe(at === 'confirm' ? how : 200);
  return hands;
}

export const claimOf = (
  { me, started, receipt }: Hands,
  by: Pick<Colleague, 'post' | 'clientId'> = me,
): Promise<Response> => by.post(`/v1/clients/${by.clientId}/connect/${started.attemptId}/claim`, { receipt });

export const confirmOf = (
  { me, started, receipt, accountId }: Hands,
  by: Pick<Colleague, 'post' | 'clientId'> = me,
): Promise<Response> =>
  by.post(`/v1/clients/${by.clientId}/connect/${started.attemptId}/confirm`, { receipt, accountId });
