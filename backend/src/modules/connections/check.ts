import { shorten } from '@astrix/contract';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import type { Use } from './connection-api.ts';
import type { ConnectionsDeps } from './deps.ts';
import { describeFailure } from './describe-failure.ts';
import type { ReadRow } from './read.ts';
import { type ConnectionRow, manifestOf, markBroken, markWorking, providerOf } from './repo.ts';
import { isGated } from './view.ts';

/** The account may be one of those that could not be read: that is no reason to end its connection. */
const UNREADABLE: Failed = { kind: 'malformed', reason: 'schema', stale: true, status: 200 };

/** Checks a connection against the provider on demand. */
export function createCheck(deps: ConnectionsDeps, use: Use, readRow: ReadRow) {
  /** The provider is asked who this is, and everything that can be read without being told what. */
  async function check(row: ConnectionRow, clientId: string, personId: string): Promise<void> {
    const user = { clientId, actorId: personId };
    const { api, connector } = use(row, 'check', user, true);
    const accounts = await connector.identify(api);
    const { manifest } = providerOf(row.provider);
    const there = accounts.kind === 'ok' && accounts.rows.some(({ id }) => id === row.account_id);
    const judged: typeof accounts =
      accounts.kind === 'ok' && !there && accounts.unreadable !== undefined ? UNREADABLE : accounts;
    await withSystem(deps.db, 'connections', tx => recordCheck(tx, row, judged, there));
    if (!there) return;
    for (const one of manifest.capabilities)
      if (
        one.kind === 'read' &&
        !one.input?.required &&
        !isGated(manifest, one.capability, row.granted as string[] | null)
      )
        await readRow(row, one.capability, { text: null, now: true }, user);
  }

  async function recordCheck(
    tx: SystemTx,
    row: ConnectionRow,
    accounts: Awaited<ReturnType<ReturnType<Use>['connector']['identify']>>,
    there: boolean,
  ): Promise<void> {
    const { name } = manifestOf(row);
    if (there) await markWorking(tx, row.agency_id, row.id);
    else if (accounts.kind === 'ok')
      await markBroken(tx, row.agency_id, row.id, {
        code: 'account-gone',
        reason: shorten(`${name} does not show ${row.account_name} to this sign-in any more.`, 400),
        next: 'Reconnect with a user who has access to this account.',
      });
    else if (accounts.kind === 'reauth')
      await markBroken(tx, row.agency_id, row.id, describeFailure(accounts, manifestOf(row)));
    else
      await tx
        .updateTable('connections')
        .set({ fault: JSON.stringify(describeFailure(accounts, manifestOf(row))) })
        .where('agency_id', '=', row.agency_id)
        .where('id', '=', row.id)
        .execute();
    await tx
      .updateTable('connections')
      .set({ checked_at: txNow(tx) })
      .where('agency_id', '=', row.agency_id)
      .where('id', '=', row.id)
      .execute();
  }

  return check;
}
