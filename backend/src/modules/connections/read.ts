import type { Capability, FactOf } from '@astrix/contract';
import { fail } from '../../kernel/errors.ts';
import { withSystem } from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import { OTHER_ACCOUNT, readOf } from '../../providers/provider.ts';
import { type Collected, collect, previewSince, type Read } from '../../providers/read.ts';
import type { ConnectionRead, ConnectionRows, ReadConnection } from '../../providers/read-connection.ts';
import { validateFacts } from '../../providers/validate-facts.ts';
import type { Use, User } from './connection-api.ts';
import type { ConnectionsDeps } from './deps.ts';
import { describeFailure } from './describe-failure.ts';
import { emitRead } from './events.ts';
import { recordHealth } from './health.ts';
import { lockLive } from './imports.ts';
import { type ConnectionRow, findConnection, isLive, manifestOf, markBroken, markWorking } from './repo.ts';

/** Reading ends when there are as many rows. */
const ROWS = 500;

const unusable = (reason: string): Failed => ({ kind: 'malformed', reason, stale: true, status: null });

/** Statuses that mean that the search text was bad. Any other refusal concerns the credential or the provider. */
const ABOUT_THE_TEXT = new Set([200, 400, 404, 422]);

type Found = { readonly kind: 'ok'; readonly found: ConnectionRows };
type Wanted = { readonly text: string | null; readonly now: boolean };

/** Reads through a connection of this process. */
export type ReadRow = (
  row: ConnectionRow,
  capability: Capability,
  wanted: Wanted,
  user: User,
) => Promise<ConnectionRead>;

/** Reads the newest rows through a connection and records its health. Keeps no rows: whoever keeps them hears `connection.read`. */
export function createReadRow(deps: ConnectionsDeps, use: Use): ReadRow {
  /**
   * Rows that cannot be used are told apart from the others. Only when not one row of a reply can be used, the reply is unusable
   * (docs/decisions/0021-odd-rows.md).
   */
  function believe(capability: Capability, result: Collected<FactOf<Capability>> | Failed): Found | Failed {
    if (result.kind !== 'ok') return result;
    const { unreadable, missing = [], complete } = result;
    const { rows, rejected } = validateFacts(capability, result.rows, deps.clock.now());
    if (rows.length === 0 && unreadable.length + rejected.length > 0) return unusable(rejected[0]?.reason ?? 'schema');
    return { kind: 'ok', found: { rows, unreadable, rejected, missing, complete } };
  }

  async function ask(row: ConnectionRow, capability: Capability, { text, now }: Wanted, user: User) {
    const { api, connector } = use(row, capability, user, now);
    const read = (connector.reads[capability] ?? fail('not_found')) as Read<Capability>;
    const { range } = readOf(manifestOf(row), capability) ?? fail('not_found');
    const until = deps.clock.now();
    const since = previewSince(range, until);
    const result = await collect(capability, read, api, { text, since, until, rows: ROWS }).catch((error): Failed => {
      // An adapter that throws is a fault of ours; the person still gets an answer.
      deps.log.error('an adapter failed', { provider: row.provider, error: nameOf(error) });
      return unusable('adapter');
    });
    const judged = believe(capability, result);
    if (judged.kind === 'malformed' && judged.reason === OTHER_ACCOUNT)
      deps.log.error('a provider answered with the data of another account', {
        provider: row.provider,
        agency: row.agency_id,
        client: user.clientId,
      });
    return judged;
  }

  /** Records the health of the connection and whether it works at all, and tells whoever keeps rows. */
  function record(row: ConnectionRow, capability: Capability, judged: Found | Failed, text: string | null) {
    const at = { agencyId: row.agency_id, connectionId: row.id, capability, kind: 'read' as const };
    const read: ConnectionRead =
      judged.kind === 'ok' ? judged : { kind: 'failed', fault: describeFailure(judged, manifestOf(row)) };
    const fault = read.kind === 'ok' ? null : read.fault;
    return withSystem(deps.db, 'connections', async tx => {
      // If the connection was ended while the provider was answering, nothing is recorded or kept.
      if ((await lockLive(tx, row.agency_id, row.id)) === null) return read;
      // A refused search text says nothing about the connection, and neither does a switch.
      const aboutTheText = judged.kind === 'permanent' && text !== null && ABOUT_THE_TEXT.has(judged.status);
      if (judged.kind !== 'refused' && !aboutTheText) await recordHealth(tx, at, fault);
      if (judged.kind === 'ok') await markWorking(tx, row.agency_id, row.id);
      if (judged.kind === 'reauth' && fault) await markBroken(tx, row.agency_id, row.id, fault);
      if (judged.kind === 'ok' && text === null) await emitRead(deps.emit, tx, row, capability, judged.found);
      return read;
    });
  }

  return async (row, capability, wanted, user) =>
    record(row, capability, await ask(row, capability, wanted, user), wanted.text);
}

/** Reads for other modules: the port `readConnection`. */
export const createReadConnection =
  (deps: Pick<ConnectionsDeps, 'db'>, readRow: ReadRow): ReadConnection =>
  async ({ agencyId, connectionId, capability, text, now, clientId, actorId }) => {
    const row = await withSystem(deps.db, 'connections', tx => findConnection(tx, agencyId, connectionId));
    if (!row || !isLive(row)) fail('connection_unusable');
    return readRow(row, capability, { text, now }, { clientId, actorId });
  };
