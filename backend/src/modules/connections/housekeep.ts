import { sql } from 'kysely';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { type AttemptRow, vaultRefOfAttempt } from './attempts.ts';
import type { ConnectionsDeps } from './deps.ts';
import { finishEnding, type ReceiptRow, revokeGrant } from './disconnect.ts';
import { endOverlaps } from './endpoints.ts';
import { nullWhenBroken, readGrant } from './grants.ts';
import type { Refresh } from './refresh.ts';
import { LIVE, providerOf } from './repo.ts';

/** A token is renewed when less than this is left: long enough that an outage of the provider is over before anybody notices. */
const EARLY_SECONDS = 600;
/** What can only be exchanged while it is alive is renewed ten days ahead. */
const EARLY_EXCHANGE_SECONDS = 10 * 86_400;
/** How long a grant that nobody confirmed is tried to be revoked before it is only destroyed. */
const REVOKE_FOR_SECONDS = 86_400;
const CONCURRENCY = 8;
const BATCH = 200;

/** Runs `work` for each, a few at a time; one that fails does not keep the others from their turn. */
async function concurrently<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  failed: (error: unknown) => void,
) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item).catch(failed);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}

/** What goes on without anybody asking: tokens are renewed in time, ended connections ended to the end, unconfirmed grants revoked. */
export function createHousekeeping(deps: ConnectionsDeps, refresh: Refresh) {
  const { db, log } = deps;
  const failed = (error: unknown) => log.warn('connections: a step failed', { error: nameOf(error) });

  async function renewEarly(): Promise<void> {
    const due = await withSystem(db, 'connections', tx => findEnding(tx));
    await concurrently(
      due,
      async ({ agency_id, id, provider }) => {
        const { auth } = providerOf(provider).manifest;
        const exchange = auth.kind === 'oauth2' && auth.refresh === 'exchange';
        const spentSeconds = exchange ? EARLY_EXCHANGE_SECONDS : EARLY_SECONDS;
        await refresh.hold(agency_id, id, { notVersion: null, spentSeconds });
      },
      failed,
    );
  }

  async function endConnections(): Promise<void> {
    const due = await withSystem(db, 'connections', async tx =>
      tx
        .updateTable('connection_receipts')
        // A minute to be done in: whoever dies leaves it to the next.
        .set({ next_at: new Date(txNow(tx).getTime() + 60_000) })
        .where('finished_at', 'is', null)
        .where('next_at', '<=', txNow(tx))
        .returningAll()
        .execute(),
    );
    await concurrently(due as ReceiptRow[], receipt => finishEnding(deps, receipt), failed);
  }

  async function endAttempts(): Promise<void> {
    const over = await withSystem(db, 'connections', tx =>
      tx
        .selectFrom('connect_attempts')
        .selectAll()
        .where('stage', 'not in', ['confirmed', 'ended'])
        .where('ends_at', '<=', txNow(tx))
        .orderBy('ends_at')
        .limit(BATCH)
        .execute(),
    );
    await concurrently(over, endAttempt, failed);
    const replaced = await withSystem(db, 'connections', tx =>
      tx.selectFrom('connect_attempts').selectAll().where('replaced_vault_id', 'is not', null).limit(BATCH).execute(),
    );
    await concurrently(replaced, destroyOld, failed);
  }

  /** Nobody confirmed it: what was granted is given back (VT-08). */
  async function endAttempt(attempt: AttemptRow): Promise<void> {
    const ref = vaultRefOfAttempt(attempt);
    const held = await withSystem(db, 'connections', tx => readGrant(deps.vault, tx, ref)).catch(nullWhenBroken);
    if (held !== null && !(await standsOn(attempt))) {
      const connection = {
        agencyId: attempt.agency_id,
        clientId: attempt.client_id,
        connectionId: attempt.id,
        actorId: null,
      };
      const revoked = await revokeGrant(deps, providerOf(attempt.provider), connection, held.grant);
      const age = (deps.clock.now().getTime() - attempt.ends_at.getTime()) / 1000;
      if (typeof revoked === 'object' && age < REVOKE_FOR_SECONDS) return;
    }
    await withSystem(db, 'connections', async tx => {
      if (held !== null) await deps.vault.destroy(tx, ref);
      await tx
        .updateTable('connect_attempts')
        .set({ stage: 'ended', accounts: null, receipt_hash: null, extras: null })
        .where('agency_id', '=', attempt.agency_id)
        .where('id', '=', attempt.id)
        .where('stage', '!=', 'confirmed')
        .execute();
    });
  }

  /** A connection that works may stand on the same sign-in: giving this one back would end it. */
  async function standsOn(attempt: AttemptRow): Promise<boolean> {
    const { owner_id, provider } = attempt;
    return withSystem(db, 'connections', async tx => {
      const found = await tx
        .selectFrom('connections')
        .select('id')
        .where('agency_id', '=', attempt.agency_id)
        .where('status', 'in', LIVE)
        .where(where =>
          where.or([
            ...(owner_id === null ? [] : [where('owner_id', '=', owner_id)]),
            where.and([where('provider', '=', provider), where('id', '=', attempt.connection_id)]),
          ]),
        )
        .executeTakeFirst();
      return found !== undefined;
    });
  }

  async function destroyOld(attempt: AttemptRow): Promise<void> {
    await withSystem(db, 'connections', async tx => {
      await deps.vault.destroy(tx, vaultRefOfAttempt(attempt, attempt.replaced_vault_id ?? ''));
      await tx
        .updateTable('connect_attempts')
        .set({ replaced_vault_id: null })
        .where('agency_id', '=', attempt.agency_id)
        .where('id', '=', attempt.id)
        .execute();
    });
  }

  return {
    /** Everything that is due now. Any number of processes may do it at once. */
    async run(): Promise<void> {
      await endConnections();
      await endAttempts();
      await renewEarly();
      await endOverlaps(deps);
    },
  };
}

/** Providers whose access token can only be exchanged while it is alive. */
const EXCHANGED = Object.values(PROVIDERS).flatMap(({ manifest }) =>
  manifest.auth.kind === 'oauth2' && manifest.auth.refresh === 'exchange' ? [manifest.id] : [],
);

/** Broken ones too: a provider that takes them again heals them. In an order of its own for each, so that not all come at one moment. */
function findEnding(tx: SystemTx) {
  const now = txNow(tx);
  const within = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  return tx
    .selectFrom('connections')
    .select(['agency_id', 'id', 'provider'])
    .where('status', 'in', LIVE)
    .where(where =>
      where.or([
        where('token_ends_at', '<=', within(EARLY_SECONDS)),
        where.and([
          where('token_ends_at', '<=', within(EARLY_EXCHANGE_SECONDS)),
          where('provider', 'in', ['', ...EXCHANGED]),
        ]),
      ]),
    )
    .where(where => where.or([where('refresh_after', 'is', null), where('refresh_after', '<=', now)]))
    .orderBy(sql`md5(id::text)`)
    .limit(BATCH)
    .execute();
}
