import { newId } from '../../kernel/ids.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import type { Failed, Outcome } from '../../platform/egress/index.ts';
import { type Held, tokenApiOver } from '../../providers/api.ts';
import { oauth2Flow } from '../../providers/oauth2.ts';
import type { Grant } from '../../providers/provider.ts';
import type { ConnectionsDeps } from './deps.ts';
import { appOf } from './deps.ts';
import { describeFailure } from './describe-failure.ts';
import { credentialOf, GRANT, type HeldGrant, packGrant, readGrant } from './grants.ts';
import {
  type ConnectionRow,
  findConnection,
  isLive,
  manifestOf,
  markBroken,
  markWorking,
  providerOf,
  vaultRefOf,
} from './repo.ts';

/** Longer than a call to a token endpoint may take, with room: whoever holds the lease is done, or dead, when it is over. */
const LEASE_SECONDS = 45;
/** Others wait for the holder and look again this often, until they have waited for longer than a lease lasts. */
const LOOK_AGAIN_MS = 120;
const GIVE_UP_AFTER_MS = 50_000;
/** A token that ends within this time is not used any more. */
const SPENT_SECONDS = 60;
/** After a failure 1, 2, 4 … minutes pass, at most six hours: an outage of any length is outlived, and nothing is hammered. */
const FIRST_PAUSE_SECONDS = 60;
const MOST_PAUSE_SECONDS = 6 * 3600;

const pauseSeconds = (failures: number) =>
  Math.min(FIRST_PAUSE_SECONDS * 2 ** Math.min(failures, 12), MOST_PAUSE_SECONDS);

/** The lease, and what it was taken for. */
type Mine = { readonly held: HeldGrant; readonly row: ConnectionRow; readonly generation: number };
type Look =
  | { readonly kind: 'use'; readonly held: HeldGrant }
  | ({ readonly kind: 'mine' } & Mine)
  | { readonly kind: 'wait' }
  | { readonly kind: 'failed'; readonly failed: Failed };

export type Wanted = {
  /** Not this version: the provider did not take it. */
  readonly notVersion: number | null;
  /** A person asks: do not wait for the pause after a failure. */
  readonly now?: boolean;
  /** Renew it when less than this is left; the housekeeper is earlier than the callers. */
  readonly spentSeconds?: number;
};

const gone = (reason: string): Failed => ({ kind: 'refused', reason });
const dead = (reason: string): Failed => ({ kind: 'reauth', status: 0, code: 'no-grant', reason });

/**
 * The grant of a connection, renewed when it has to be, once for all processes: a lease with owner and generation says who renews, the
 * version of the secret says whether anybody else did, and `invalid_grant` counts only when the grant that was refused is still the newest
 * one (VT-12). A grant is never deleted here: a connection that is broken by mistake heals itself at a later try.
 */
export function createRefresh(deps: ConnectionsDeps) {
  const { db, vault, wait } = deps;
  const me = newId();
  const underWay = new Map<string, Promise<Held | Failed>>();

  async function look(agencyId: string, id: string, wanted: Wanted): Promise<Look> {
    return withSystem(db, 'connections', async tx => {
      const row = await findConnection(tx, agencyId, id);
      if (!row || !isLive(row)) return { kind: 'failed', failed: gone('disconnected') };
      const held = await readGrant(vault, tx, vaultRefOf(row));
      if (held === null) return { kind: 'failed', failed: dead('there is no credential') };
      const judged = judge(row, held, wanted, txNow(tx));
      if (judged?.kind === 'failed') await leaveAlone(tx, row, judged.failed);
      return judged ?? takeLease(tx, row, held);
    });
  }

  /** The right to renew, for as long as a call may take. Somebody else has it while theirs lasts. */
  async function takeLease(tx: SystemTx, row: ConnectionRow, held: HeldGrant): Promise<Look> {
    const now = txNow(tx);
    const taken = await tx
      .updateTable('connections')
      .set({
        refresh_owner: me,
        refresh_until: new Date(now.getTime() + LEASE_SECONDS * 1000),
        refresh_generation: row.refresh_generation + 1,
      })
      .where('agency_id', '=', row.agency_id)
      .where('id', '=', row.id)
      .where('refresh_generation', '=', row.refresh_generation)
      .where(where => where.or([where('refresh_until', 'is', null), where('refresh_until', '<=', now)]))
      .returning('refresh_generation')
      .executeTakeFirst();
    return taken ? { kind: 'mine', held, row, generation: taken.refresh_generation } : { kind: 'wait' };
  }

  /** The one call to the provider. */
  async function renew(row: ConnectionRow, held: HeldGrant) {
    const { manifest, connector } = providerOf(row.provider);
    const app = appOf(deps, manifest);
    if (manifest.auth.kind !== 'oauth2' || connector === null || app === null) return gone('no-app');
    const connection = { agencyId: row.agency_id, clientId: row.client_id, connectionId: row.id, actorId: null };
    const api = tokenApiOver({ egress: deps.egress, clock: deps.clock, manifest, connection, app });
    return (connector.refresh ?? oauth2Flow(manifest.auth).refresh)(api, held.grant);
  }

  /** What came of the call, in the row and the vault, and what there is to use now. */
  async function record(mine: Mine, outcome: Outcome<Grant>): Promise<Held | Failed> {
    const { row } = mine;
    return withSystem(db, 'connections', async tx => {
      const current = await findConnection(tx, row.agency_id, row.id);
      if (!current || !isLive(current)) return gone('disconnected');
      // Somebody consented anew in between: theirs is the one to use, and what became of the old one says nothing about it.
      if (current.vault_id !== row.vault_id) return newestOf(tx, current);
      return outcome.kind === 'ok' ? keep(tx, mine, outcome.data) : note(tx, mine, outcome);
    });
  }

  async function newestOf(tx: SystemTx, row: ConnectionRow): Promise<Held | Failed> {
    const newest = await readGrant(vault, tx, vaultRefOf(row));
    return newest ? heldOf(newest) : dead('there is no credential');
  }

  async function keep(tx: SystemTx, { row, held, generation }: Mine, grant: Grant): Promise<Held | Failed> {
    const { swapped, version } = await vault.swap(tx, vaultRefOf(row), GRANT, held.version, packGrant(grant));
    await settle(tx, row, generation, { failures: 0, after: null, grant: swapped ? grant : null });
    await markWorking(tx, row.agency_id, row.id);
    // Where another one has renewed it in between, theirs is the one to use.
    return swapped && version !== null ? heldOf({ grant, version }) : newestOf(tx, row);
  }

  async function note(tx: SystemTx, { row, held, generation }: Mine, failed: Failed): Promise<Held | Failed> {
    const newest = await readGrant(vault, tx, vaultRefOf(row));
    if (newest !== null && newest.version > held.version) {
      await settle(tx, row, generation, { failures: 0, after: null, grant: null });
      return heldOf(newest);
    }
    // What never left, because of a switch, was no failure of the provider.
    const failures = failed.kind === 'refused' ? 0 : row.refresh_failures + 1;
    const told = failed.kind === 'retry' ? (failed.afterSeconds ?? 0) : 0;
    const seconds = Math.max(told, pauseSeconds(Math.max(0, failures - 1)));
    await settle(tx, row, generation, {
      failures,
      after: new Date(txNow(tx).getTime() + seconds * 1000),
      grant: null,
    });
    if (failed.kind === 'reauth') await markBroken(tx, row.agency_id, row.id, describeFailure(failed, manifestOf(row)));
    return failed;
  }

  async function run(agencyId: string, id: string, wanted: Wanted): Promise<Held | Failed> {
    for (let waited = 0; waited < GIVE_UP_AFTER_MS; waited += LOOK_AGAIN_MS) {
      const seen = await look(agencyId, id, wanted);
      if (seen.kind === 'use') return heldOf(seen.held);
      if (seen.kind === 'failed') return seen.failed;
      if (seen.kind === 'mine') {
        const renewed = await record(seen, await renew(seen.row, seen.held));
        const { expiresAt } = seen.held.grant;
        const good = wanted.notVersion === null && expiresAt !== null && expiresAt > deps.clock.now();
        // Renewed ahead of time, and it did not work out: what is there goes on until it ends.
        return renewed.kind !== 'ok' && good ? heldOf(seen.held) : renewed;
      }
      await wait(LOOK_AGAIN_MS);
    }
    return { kind: 'retry', status: null, reason: 'refresh-busy', afterSeconds: 5 };
  }

  return {
    /** The credential to use now. Callers of one process share one look. */
    hold(agencyId: string, id: string, wanted: Wanted = { notVersion: null }): Promise<Held | Failed> {
      const key = `${id}/${wanted.notVersion ?? ''}/${wanted.now === true}/${wanted.spentSeconds ?? ''}`;
      const running = underWay.get(key) ?? run(agencyId, id, wanted).finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
  };
}

export type Refresh = ReturnType<typeof createRefresh>;

const heldOf = ({ grant, version }: HeldGrant): Held => ({ kind: 'ok', credential: credentialOf(grant), version });

/** Good enough as it is, or beyond renewing, or to be left alone until later; null when it has to be renewed now. */
function judge(row: ConnectionRow, held: HeldGrant, wanted: Wanted, now: Date): Look | null {
  const { auth } = providerOf(row.provider).manifest;
  if (auth.kind !== 'oauth2') return { kind: 'failed', failed: gone('not-oauth') };
  const { expiresAt, refreshToken } = held.grant;
  const refused = wanted.notVersion !== null && held.version <= wanted.notVersion;
  const left = expiresAt === null ? Number.POSITIVE_INFINITY : (expiresAt.getTime() - now.getTime()) / 1000;
  if (!refused && left >= (wanted.spentSeconds ?? SPENT_SECONDS)) return { kind: 'use', held };
  const stillGood = !refused && left > 0;
  const renewable = auth.refresh === 'exchange' ? left > 0 : auth.refresh !== 'never' && refreshToken !== null;
  if (!renewable) return stillGood ? { kind: 'use', held } : { kind: 'failed', failed: dead('it cannot be renewed') };
  const paused = row.refresh_after !== null && row.refresh_after > now && wanted.now !== true;
  if (!paused) return null;
  return stillGood ? { kind: 'use', held } : { kind: 'failed', failed: storedFailure(row, now) };
}

/** Beyond renewing: nobody asks again and again, and the housekeeper has its hands free for the others. */
async function leaveAlone(tx: SystemTx, row: ConnectionRow, failed: Failed): Promise<void> {
  const now = txNow(tx);
  if (failed.kind !== 'reauth' || (row.refresh_after !== null && row.refresh_after > now)) return;
  await tx
    .updateTable('connections')
    .set({ refresh_after: new Date(now.getTime() + MOST_PAUSE_SECONDS * 1000) })
    .where('agency_id', '=', row.agency_id)
    .where('id', '=', row.id)
    .execute();
  await markBroken(tx, row.agency_id, row.id, describeFailure(failed, manifestOf(row)));
}

/** What the last try came to, for whoever asks before the next one. */
const storedFailure = (row: ConnectionRow, now: Date): Failed =>
  row.status === 'broken'
    ? dead('it was not accepted when it was last renewed')
    : {
        kind: 'retry',
        status: null,
        reason: 'refresh-failed',
        afterSeconds: row.refresh_after ? Math.ceil((row.refresh_after.getTime() - now.getTime()) / 1000) : null,
      };

/** What is known of a grant beside the credential; a renewal can bring other scopes than the consent (VT-10). */
const factsOf = ({ expiresAt, endsAt, scopes }: Grant) => ({
  token_ends_at: expiresAt,
  access_ends_at: endsAt,
  granted: scopes === null ? null : JSON.stringify(scopes),
});

/**
 * Ends the lease, when it is still ours: a generation later somebody else decides. The end is a generation of its own, because whoever read
 * the grant before it would otherwise take a lease for what is used up.
 */
async function settle(
  tx: SystemTx,
  row: ConnectionRow,
  generation: number,
  result: { readonly failures: number; readonly after: Date | null; readonly grant: Grant | null },
): Promise<void> {
  await tx
    .updateTable('connections')
    .set({
      refresh_until: null,
      refresh_generation: generation + 1,
      refresh_failures: result.failures,
      refresh_after: result.after,
      ...(result.grant ? factsOf(result.grant) : {}),
    })
    .where('agency_id', '=', row.agency_id)
    .where('id', '=', row.id)
    .where('refresh_generation', '=', generation)
    .execute();
}
