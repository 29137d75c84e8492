import { type Capability, capabilityOf, type FactOf } from '@astrix/contract';
import type { ImportedPage, Services } from '../../composition/index.ts';
import { newId } from '../../kernel/ids.ts';
import { txNow, withSystem } from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { readOf } from '../../providers/provider.ts';
import type { RangedRead, Read, ReadPage, WholeRead } from '../../providers/read.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { type RejectedFact, validateFacts } from '../../providers/validate-facts.ts';
import { isReadable, lockLive, recordImport } from '../connections/index.ts';
import { nextRun, pauseSeconds } from './plan.ts';
import {
  type CursorRow,
  claimDue,
  forgetConnection,
  keepOdd,
  lockMine,
  moveOn,
  providerOfRow,
  release,
} from './repo.ts';

/** Connections that are asked at the same time. */
const CONCURRENCY = 4;
/** Then another connection has its turn. */
const TURN_PAGES = 20;
/** A list that goes on for longer leads in a circle. */
const MAX_PAGES = 20_000;
/** A switch or a missing permission is looked at again after this. */
const SWITCHED_OFF_SECONDS = 60;
const NOT_ALLOWED_SECONDS = 6 * 3600;

export type ImportDeps = Pick<Services, 'db' | 'clock' | 'log' | 'ports' | 'importers'>;

type Page = ReadPage<FactOf<Capability>>;
/** `more`: the run goes on. `over`: it has come to its end, or waits. */
type Step = { readonly kind: 'more'; readonly row: CursorRow } | { readonly kind: 'over' };
const OVER: Step = { kind: 'over' };

/** The capabilities that a module imports and that the provider lists. */
export function importable(provider: CursorRow['provider'], wanted: Iterable<Capability>): Capability[] {
  const { manifest, connector } = PROVIDERS[provider as keyof typeof PROVIDERS];
  return [...wanted].filter(capability => {
    const read = readOf(manifest, capability);
    return read !== undefined && read.range.kind !== 'look-up' && connector?.reads[capability] !== undefined;
  });
}

/**
 * Reads what connected accounts hold, page by page, into the modules that import it. The cursor moves in the transaction that keeps the rows,
 * so that a process can die at any point and the next one goes on where the rows end.
 */
export function createImports(deps: ImportDeps) {
  const { db, clock, log } = deps;
  const claim = newId();

  async function turn(first: CursorRow, signal: AbortSignal): Promise<void> {
    let row = first;
    for (let pages = 0; pages < TURN_PAGES && !signal.aborted; pages++) {
      const step = await stepOf(row);
      if (step.kind === 'over') return;
      row = step.row;
    }
    await withSystem(db, 'imports', tx => release(tx, row, { due_at: txNow(tx) }));
  }

  const wait = (row: CursorRow, seconds: number, change: Partial<CursorRow> = {}): Promise<Step> =>
    withSystem(db, 'imports', async tx => {
      await release(tx, row, { due_at: new Date(txNow(tx).getTime() + seconds * 1000), ...change });
      return OVER;
    });

  /** What went wrong, in the health of the connection, and when it is tried again. */
  async function giveUp(row: CursorRow, failed: Failed): Promise<Step> {
    if (failed.kind === 'refused' && failed.reason === 'switched-off') return wait(row, SWITCHED_OFF_SECONDS);
    const named = failed.kind === 'retry' ? (failed.afterSeconds ?? 0) : 0;
    await withSystem(db, 'imports', async tx => {
      if (await lockLive(tx, row.agency_id, row.connection_id))
        await recordImport(tx, { ...refOf(row), failed, leftAside: null });
    });
    // A provider that refuses where it took the page before has forgotten the cursor: the run begins again.
    const again = failed.kind === 'permanent' || failed.kind === 'malformed' ? { cursor: null, pages: 0 } : {};
    return wait(row, Math.max(named, pauseSeconds(row.failures)), { ...again, failures: row.failures + 1 });
  }

  async function stepOf(row: CursorRow): Promise<Step> {
    const capability = row.capability as Capability;
    const provider = providerOfRow(row);
    const { manifest, connector } = PROVIDERS[provider];
    const read = connector?.reads[capability] as Read<Capability> | undefined;
    const range = readOf(manifest, capability)?.range;
    if (!read || !range || range.kind === 'look-up') return wait(row, NOT_ALLOWED_SECONDS);
    const of = { agencyId: row.agency_id, clientId: row.client_id, connectionId: row.connection_id, actorId: null };
    if (!(await deps.ports.mayCall(of, provider))) return wait(row, SWITCHED_OFF_SECONDS);
    const allowed = await withSystem(db, 'imports', tx => isReadable(tx, row.agency_id, row.connection_id, capability));
    if (allowed === 'ended') return forget(row);
    if (allowed === 'gated') return wait(row, NOT_ALLOWED_SECONDS);
    const running = row.run_until === null ? await begin(row, range) : row;
    if (running === null) return OVER;
    const opened = await deps.ports.openConnection({ ...of, capability });
    if (opened.kind !== 'ok') return giveUp(running, opened);
    const { cursor, run_since: since, run_until: until } = running;
    const page = await read(opened.api, { text: null, since, until: until!, cursor, limit: null });
    if (page.kind !== 'ok') return giveUp(running, page);
    if (page.next !== null && page.next === cursor) return giveUp(running, unusable('cursor-loop'));
    if (running.pages >= MAX_PAGES) return giveUp(running, unusable('too-many-pages'));
    return keep(running, capability, range, page);
  }

  const forget = (row: CursorRow): Promise<Step> =>
    withSystem(db, 'imports', async tx => {
      await forgetConnection(tx, { agencyId: row.agency_id, connectionId: row.connection_id });
      return OVER;
    });

  /** Fixes the range of a run, so that all of its pages ask the same question. Null when the cursor is not ours any more. */
  const begin = (row: CursorRow, range: RangedRead | WholeRead): Promise<CursorRow | null> =>
    withSystem(db, 'imports', async tx => {
      const mine = await lockMine(tx, row);
      if (!mine) return null;
      const now = txNow(tx);
      const { kind, since } = nextRun(range, { readUntil: mine.read_until, rereadAt: mine.reread_at }, now);
      return moveOn(tx, mine, {
        run_kind: kind,
        run_since: since,
        run_until: now,
        cursor: null,
        pages: 0,
        changed_at: null,
      });
    });

  /** Keeps a page, what could not be used of it, and how far the run has come: all of it or nothing. */
  function keep(row: CursorRow, capability: Capability, range: RangedRead | WholeRead, page: Page): Promise<Step> {
    const { rows, rejected } = validateFacts(capability, page.rows, clock.now());
    const odd: readonly RejectedFact[] = [
      ...rejected,
      ...page.unreadable.map(({ key }) => ({ key, reason: 'unreadable' as const })),
    ];
    const { key } = capabilityOf(capability);
    return withSystem(db, 'imports', async tx => {
      // The connection before the cursor, in the order in which its end locks them: otherwise the two wait for each other.
      if (!(await lockLive(tx, row.agency_id, row.connection_id))) return OVER;
      const mine = await lockMine(tx, row);
      if (!mine) return OVER;
      const imported: ImportedPage<Capability> = { ...refOf(mine), rows };
      for (const importer of deps.importers().get(capability) ?? []) await importer(tx, imported);
      const leftAside = await keepOdd(
        tx,
        mine,
        odd,
        rows.map(one => key(one as Readonly<Record<string, unknown>>)),
      );
      await recordImport(tx, { ...refOf(mine), failed: null, leftAside });
      if (page.next === null) {
        await release(tx, mine, endOf(mine, range, txNow(tx)));
        return OVER;
      }
      const at = { cursor: page.next, pages: mine.pages + 1, failures: 0 };
      if (page.pauseSeconds === undefined) return { kind: 'more', row: await moveOn(tx, mine, at) };
      await release(tx, mine, { ...at, due_at: new Date(txNow(tx).getTime() + page.pauseSeconds * 1000) });
      return OVER;
    });
  }

  return {
    /** Everything that is due now. Any number of processes may do it at once. */
    async run(signal: AbortSignal): Promise<void> {
      const wanted = [...deps.importers().keys()];
      while (!signal.aborted) {
        const due = await withSystem(db, 'imports', tx => claimDue(tx, claim, wanted, CONCURRENCY));
        if (due.length === 0) return;
        await Promise.all(
          due.map(row =>
            turn(row, signal).catch(async (error: unknown) => {
              // A fault of ours, or of the database. The cursor stands before the page, which is read again.
              log.error('an import failed', {
                provider: row.provider,
                capability: row.capability,
                error: nameOf(error),
              });
              await wait(row, pauseSeconds(row.failures), { failures: row.failures + 1 });
            }),
          ),
        );
      }
    },
  };
}

const unusable = (reason: string): Failed => ({ kind: 'malformed', reason, stale: true, status: 200 });

const refOf = (row: CursorRow) => ({
  agencyId: row.agency_id,
  clientId: row.client_id,
  connectionId: row.connection_id,
  provider: providerOfRow(row),
  capability: row.capability as Capability,
});

/** The run has come to its end; a change that was told meanwhile begins the next one at once. */
const endOf = (row: CursorRow, { everySeconds }: RangedRead | WholeRead, now: Date) => ({
  read_until: row.run_until,
  reread_at: row.run_kind === 'changes' ? row.reread_at : row.run_until,
  run_kind: null,
  run_since: null,
  run_until: null,
  cursor: null,
  pages: 0,
  failures: 0,
  due_at: row.changed_at === null ? new Date(now.getTime() + everySeconds * 1000) : now,
});
