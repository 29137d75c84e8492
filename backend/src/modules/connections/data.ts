import {
  type Capability,
  ConnectionData,
  capabilityOf,
  type DataGap,
  expiresAt,
  type FactOf,
  type Fault,
} from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { type AnyTx, type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { OTHER_ACCOUNT, readOf } from '../../providers/provider.ts';
import { type Collected, collect, previewSince, type Read } from '../../providers/read.ts';
import type { Use, User } from './connection-api.ts';
import type { ConnectionsDeps } from './deps.ts';
import { describeFailure } from './describe-failure.ts';
import { describeGaps } from './describe-gaps.ts';
import { recordHealth } from './health.ts';
import { type ConnectionRow, LIVE, manifestOf, markBroken, markWorking } from './repo.ts';
import { validateFacts } from './validate-facts.ts';

/** As many as a page shows; the number of all is said beside it. */
const SHOWN = 500;
/** Asked again after this, unless a person asks for it or the provider told of a change. */
const FRESH_SECONDS = 300;

const unusable = (reason: string): Failed => ({ kind: 'malformed', reason, stale: true, status: null });

/** A refusal with one of these is of what was asked; any other is of who asks, or of the provider itself. */
const ABOUT_THE_TEXT = new Set([200, 400, 404, 422]);

type Kept = {
  readonly rows: unknown[];
  readonly complete: boolean;
  readonly gaps: readonly DataGap[];
  readonly fetchedAt: Date;
  readonly fresh: boolean;
};

async function readKept(tx: AnyTx, row: ConnectionRow, capability: Capability): Promise<Kept | null> {
  const now = txNow(tx);
  const kept = await tx
    .selectFrom('connection_data')
    .selectAll()
    .where('agency_id', '=', row.agency_id)
    .where('connection_id', '=', row.id)
    .where('capability', '=', capability)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (!kept) return null;
  const age = (now.getTime() - kept.fetched_at.getTime()) / 1000;
  return {
    rows: kept.rows as unknown[],
    complete: kept.complete,
    gaps: kept.gaps as DataGap[],
    fetchedAt: kept.fetched_at,
    fresh: !kept.outdated && age >= 0 && age < FRESH_SECONDS,
  };
}

type Found = {
  readonly kind: 'ok';
  readonly rows: readonly FactOf<Capability>[];
  readonly complete: boolean;
  readonly gaps: readonly DataGap[];
};

/** The newest rows, each thing once. What somebody searched for stays in the order of the provider, which knows how well it fits. */
function shownOf(name: Capability, { rows, complete, gaps }: Found, text: string | null) {
  const { at, key, covers } = capabilityOf(name);
  const covered = new Set(covers ? rows.map(covers) : []);
  const shown = rows.filter(row => !covered.has(key(row)));
  const sorted = at === null || text !== null ? shown : shown.toSorted((a, b) => at(b).localeCompare(at(a)));
  return { rows: sorted.slice(0, SHOWN), complete: complete && sorted.length <= SHOWN, gaps };
}

/** As a reply says it. */
const told = ({ rows, complete, gaps }: Pick<Kept, 'complete' | 'gaps'> & { readonly rows: readonly unknown[] }) => ({
  rows,
  total: complete ? rows.length : rows.length + 1,
  ...(gaps.length > 0 ? { gaps } : {}),
});

/** What a read came to, in the connection's own record: its health, whether it works at all, and the rows for the next who asks. */
async function record(
  deps: ConnectionsDeps,
  row: ConnectionRow,
  capability: Capability,
  result: Found | Failed,
  keep: boolean,
): Promise<Fault | null> {
  const fault = result.kind === 'ok' ? null : describeFailure(result, manifestOf(row));
  const at = { agencyId: row.agency_id, connectionId: row.id, capability, kind: 'read' as const };
  await withSystem(deps.db, 'connections', async tx => {
    // It may have been disconnected while the provider was answering: nothing of it is kept then.
    const alive = await tx
      .selectFrom('connections')
      .select('status')
      .where('agency_id', '=', row.agency_id)
      .where('id', '=', row.id)
      .where('status', 'in', LIVE)
      .forUpdate()
      .executeTakeFirst();
    if (!alive) return;
    // A switch says nothing about the provider.
    // What was typed and is refused says nothing about the connection either: the person reads why, and corrects it.
    const typed = result.kind === 'permanent' && !keep && ABOUT_THE_TEXT.has(result.status);
    if (result.kind !== 'refused' && !typed) await recordHealth(tx, at, fault);
    if (result.kind === 'ok') await markWorking(tx, row.agency_id, row.id);
    if (result.kind === 'reauth' && fault) await markBroken(tx, row.agency_id, row.id, fault);
    if (result.kind !== 'ok' || !keep) return;
    const now = txNow(tx);
    const kept = shownOf(capability, result, null);
    const values = {
      rows: JSON.stringify(kept.rows),
      complete: kept.complete,
      gaps: JSON.stringify(kept.gaps),
      fetched_at: now,
      outdated: false,
      expires_at: expiresAt('report-cache', now),
    };
    await tx
      .insertInto('connection_data')
      .values({ agency_id: row.agency_id, connection_id: row.id, capability, ...values })
      .onConflict(conflict => conflict.columns(['agency_id', 'connection_id', 'capability']).doUpdateSet(values))
      .execute();
  });
  return fault;
}

/** `refresh`: a person asks for it now, whatever is kept, and does not wait for the pause after a failure either. */
export type ReadRequest = { readonly text: string | null; readonly refresh: boolean };

/** Reads of connected accounts: what is kept while it is fresh, else the provider; and what is kept, marked, when that does not answer. */
export function createData(deps: ConnectionsDeps, use: Use) {
  const underWay = new Map<string, Promise<ConnectionData>>();

  /**
   * Rows that cannot be used are left out and told as gaps. Only when not one row of a reply can be used, the reply is unusable, and what was
   * read before stays (docs/decisions/0021-odd-rows.md).
   */
  function believe(
    provider: string,
    capability: Capability,
    result: Collected<FactOf<Capability>> | Failed,
  ): Found | Failed {
    if (result.kind !== 'ok') return result;
    const { unreadable, missing = [], complete } = result;
    const { rows, rejected } = validateFacts(capability, result.rows, deps.clock.now());
    if (rows.length === 0 && unreadable.length + rejected.length > 0) return unusable(rejected[0]?.reason ?? 'schema');
    return { kind: 'ok', rows, complete, gaps: describeGaps(provider, { unreadable, rejected, missing }) };
  }

  async function ask(
    row: ConnectionRow,
    capability: Capability,
    text: string | null,
    user: User,
    kept: Kept | null,
    now: boolean,
  ): Promise<ConnectionData> {
    const { api, connector } = use(row, capability, user, now);
    const read = (connector.reads[capability] ?? fail('not_found')) as Read<Capability>;
    const { range } = readOf(manifestOf(row), capability) ?? fail('not_found');
    const until = deps.clock.now();
    const since = previewSince(range, until);
    const result = await collect(capability, read, api, { text, since, until, rows: SHOWN }).catch((error): Failed => {
      // An adapter that throws is a fault of ours; the person still gets an answer, and what was there stays.
      deps.log.error('an adapter failed', { provider: row.provider, error: nameOf(error) });
      return unusable('adapter');
    });
    const judged = believe(manifestOf(row).name, capability, result);
    if (judged.kind === 'malformed' && judged.reason === OTHER_ACCOUNT)
      deps.log.error('a provider answered with the data of another account', {
        provider: row.provider,
        agency: row.agency_id,
        client: user.clientId,
      });
    const fault = await record(deps, row, capability, judged, text === null);
    if (judged.kind === 'ok')
      return ConnectionData.parse({
        capability,
        ...told(shownOf(capability, judged, text)),
        fetchedAt: deps.clock.now().toISOString(),
        stale: false,
        fault: null,
      });
    return ConnectionData.parse({
      capability,
      ...told(kept ?? { rows: [], complete: true, gaps: [] }),
      fetchedAt: kept?.fetchedAt.toISOString() ?? null,
      stale: true,
      fault,
    });
  }

  return {
    async read(
      row: ConnectionRow,
      capability: Capability,
      { text, refresh }: ReadRequest,
      user: User,
    ): Promise<ConnectionData> {
      const kept = text === null ? await withSystem(deps.db, 'connections', tx => readKept(tx, row, capability)) : null;
      if (kept?.fresh && !refresh)
        return ConnectionData.parse({
          capability,
          ...told(kept),
          fetchedAt: kept.fetchedAt.toISOString(),
          stale: false,
          fault: null,
        });
      // Several people on the same page ask the provider once.
      const key = `${row.id}/${capability}/${user.clientId}/${text ?? ''}`;
      const running =
        underWay.get(key) ?? ask(row, capability, text, user, kept, refresh).finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
  };
}

export type Data = ReturnType<typeof createData>;

/** The provider told of a change, of one capability or of all: the next who looks asks it. */
export async function markOutdated(
  tx: SystemTx,
  { agency_id, id }: ConnectionRow,
  capability: Capability | null,
): Promise<void> {
  await tx
    .updateTable('connection_data')
    .set({ outdated: true })
    .where('agency_id', '=', agency_id)
    .where('connection_id', '=', id)
    .$if(capability !== null, query => query.where('capability', '=', capability))
    .execute();
}
