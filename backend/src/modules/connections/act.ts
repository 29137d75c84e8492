import {
  ActKey,
  type ActName,
  type ActResult,
  actOf,
  expiresAt,
  type Fault,
  ROLES_THAT_WRITE,
  type Role,
} from '@astrix/contract';
import type { Selectable } from 'kysely';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { equalDigests, sha256 } from '../../platform/crypto/index.ts';
import {
  type Actor,
  type AnyTx,
  type Schema,
  type TenantTx,
  txActor,
  txNow,
  withSystem,
  withTenant,
} from '../../platform/db/index.ts';
import type { Failed } from '../../platform/egress/index.ts';
import { nameOf } from '../../platform/telemetry/index.ts';
import type { Act, ActAnswer, ActOnConnection, ActOutcome, ActRequest } from '../../providers/act.ts';
import type { Api, Manifest } from '../../providers/provider.ts';
import { clientExists, isPaused } from '../clients/index.ts';
import { demandProvider } from './access.ts';
import type { Use } from './connection-api.ts';
import type { ConnectionsDeps } from './deps.ts';
import { describeFailure } from './describe-failure.ts';
import {
  type ConnectionRow,
  demandConnection,
  isLive,
  manifestOf,
  markBroken,
  markWorking,
  providerOf,
} from './repo.ts';

type ActRow = Selectable<Schema['connection_acts']>;
type Answer = ActAnswer<ActResult<ActName>>;
type AnyAct = Act<ActName>;

/** An act with everything that was checked about it. */
type Wanted = {
  readonly actor: Actor;
  readonly requestId: string | null;
  readonly clientId: string;
  readonly paused: boolean;
  readonly name: ActName;
  readonly key: string;
  readonly input: never;
  readonly hash: Buffer;
  readonly connection: ConnectionRow;
};

/** Longer than an attempt with its look-up takes. Whoever comes later may conclude that the process has died. */
const BUSY_SECONDS = 180;

/** Beside the permission of the route that it is done for. */
const ROLES_THAT_ACT: readonly Role[] = ROLES_THAT_WRITE;

/** Refusals of who asks, and not of what is asked: reconnecting or a permission changes them. */
const ABOUT_WHO_ASKS = new Set([401, 403]);

/** Whether the same request may be taken some other time. */
const isPassing = (failed: Failed): boolean => failed.kind !== 'permanent' || ABOUT_WHO_ASKS.has(failed.status);

/**
 * Acts of connections, each once for its key. The row is written before the provider is asked, so that after a crash, or a reply that says
 * nothing, the act is known to be unknown. It is then found out as its adapter says, and never simply repeated (EG-04).
 */
export function createAct(deps: ConnectionsDeps, use: Use): ActOnConnection {
  const underWay = new Map<string, Promise<Answer>>();

  /** Who asks may do this for the client, and has said what fits. */
  async function check<A extends ActName>(tx: TenantTx, request: ActRequest<A>): Promise<Wanted> {
    const { actor, act: name, clientId, key } = request;
    if (!ROLES_THAT_ACT.includes(actor.role)) fail('forbidden');
    if (!(await clientExists(tx, clientId))) fail('not_found');
    const connection = await demandConnection(tx, clientId, request.connectionId);
    await demandProvider(tx, connection.provider);
    const input = actOf(name).input.safeParse(request.input);
    if (!input.success || !ActKey.safeParse(key).success) fail('invalid_request', { fields: faultsOf(input.error) });
    const hash = sha256(canonicalJson([name, clientId, input.data]));
    return {
      actor,
      paused: await isPaused(tx, actor.agencyId, clientId),
      requestId: request.requestId,
      clientId,
      name,
      key,
      input: input.data as never,
      hash,
      connection,
    };
  }

  /** The connection can do it now. What is settled already is answered without this. */
  async function demandReady({ connection, clientId, actor, name, paused }: Wanted): Promise<AnyAct> {
    const act = providerOf(connection.provider).connector?.acts?.[name] as AnyAct | undefined;
    if (!act) fail('not_found', { detail: `${manifestOf(connection).name} does not do this.` });
    if (paused) fail('client_paused');
    if (!isLive(connection)) fail('connection_unusable');
    const of = { agencyId: actor.agencyId, clientId, connectionId: connection.id, actorId: actor.personId };
    if (!(await deps.switches.allowed(of, connection.provider))) fail('switched_off');
    const granted = connection.granted as readonly string[] | null;
    if (granted !== null && act.needs.some(scope => !granted.includes(scope)))
      fail('connection_unusable', {
        detail: 'It was connected without the permission that this takes. Reconnect it and leave the box ticked.',
      });
    return act;
  }

  const audit = (tx: AnyTx, { actor, requestId, clientId, connection, name }: Wanted, id: string, state: string) =>
    deps.audit.write(tx, {
      event: 'connection.act',
      agencyId: actor.agencyId,
      actorId: actor.personId,
      sessionId: actor.sessionId,
      clientId,
      subjectType: 'connection-act',
      subjectId: id,
      requestId,
      detail: { provider: connection.provider, act: name, state },
    });

  /** Writes the row of a key that is used for the first time; null when there is one already. */
  async function begin(tx: TenantTx, wanted: Wanted): Promise<ActRow | null> {
    const now = txNow(tx);
    const row = await tx
      .insertInto('connection_acts')
      .values({
        agency_id: wanted.actor.agencyId,
        id: newId(now),
        client_id: wanted.clientId,
        connection_id: wanted.connection.id,
        act: wanted.name,
        key: wanted.key,
        input_hash: wanted.hash,
        state: 'started',
        attempted_at: now,
        busy_until: secondsAfter(now, BUSY_SECONDS),
        result: null,
        fault: null,
        requested_by: wanted.actor.personId,
        created_at: now,
        settled_at: null,
        expires_at: expiresAt('operational-log', now),
      })
      .onConflict(conflict => conflict.columns(['agency_id', 'connection_id', 'key']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row) await audit(tx, wanted, row.id, 'started');
    return row ?? null;
  }

  /** Takes a row that nobody works on. Null when somebody does; then its outcome is theirs to record. */
  function claim(row: ActRow, wanted: Wanted): Promise<ActRow | null> {
    return withSystem(deps.db, 'connections', async tx => {
      const now = txNow(tx);
      const taken = await tx
        .updateTable('connection_acts')
        .set({ busy_until: secondsAfter(now, BUSY_SECONDS) })
        .where('agency_id', '=', row.agency_id)
        .where('id', '=', row.id)
        .where('state', '=', row.state)
        .where(where => where.or([where('busy_until', 'is', null), where('busy_until', '<=', now)]))
        .returningAll()
        .executeTakeFirst();
      if (taken) await audit(tx, wanted, row.id, 'resumed');
      return taken ?? null;
    });
  }

  /** From here on an effect of this attempt counts from now. */
  const markAttempted = (row: ActRow): Promise<unknown> =>
    withSystem(deps.db, 'connections', tx =>
      tx
        .updateTable('connection_acts')
        .set({ state: 'started', attempted_at: txNow(tx) })
        .where('agency_id', '=', row.agency_id)
        .where('id', '=', row.id)
        .execute(),
    );

  /** Writes down what an attempt came to, and what it says about the connection. `said` is the call that left it unknown. */
  function record(
    { agency_id, id, connection_id }: ActRow,
    wanted: Wanted,
    outcome: ActOutcome<unknown>,
    said: Failed | null = null,
  ): Promise<Answer> {
    const manifest = manifestOf(wanted.connection);
    const answer = answerOf(outcome, said, manifest);
    const failed = outcome.kind === 'refused' ? outcome.failed : said;
    return withSystem(deps.db, 'connections', async tx => {
      await tx
        .updateTable('connection_acts')
        .set({
          state: answer.kind,
          busy_until: null,
          result: answer.kind === 'done' ? JSON.stringify(answer.result) : null,
          fault: answer.kind === 'refused' ? JSON.stringify(answer.fault) : null,
          may_repeat: answer.kind === 'refused' && answer.mayRepeat,
          settled_at: answer.kind === 'unknown' ? null : txNow(tx),
        })
        .where('agency_id', '=', agency_id)
        .where('id', '=', id)
        .execute();
      await audit(tx, wanted, id, answer.kind);
      if (answer.kind === 'done') await markWorking(tx, agency_id, connection_id);
      if (failed?.kind === 'reauth') await markBroken(tx, agency_id, connection_id, describeFailure(failed, manifest));
      return answer;
    });
  }

  /** An adapter that throws, or answers what its act does not declare, is a fault of ours; what it has done is not known then. */
  const tried = (act: AnyAct, api: Api, { input, key, connection, name }: Wanted): Promise<ActOutcome<unknown>> =>
    act
      .run(api, input, key)
      .then(outcome =>
        outcome.kind === 'done' ? { ...outcome, result: actOf(name).result.parse(outcome.result) } : outcome,
      )
      .catch((error: unknown): ActOutcome<unknown> => {
        deps.log.error('an adapter failed', { provider: connection.provider, error: nameOf(error) });
        return { kind: 'unknown' };
      });

  const apiOf = ({ connection, name, clientId, actor }: Wanted): Api =>
    use(connection, actOf(name).capability, { clientId, actorId: actor.personId }).api;

  /** One attempt at a row that is ours and has had no effect so far. */
  async function attempt(row: ActRow, wanted: Wanted, act: AnyAct): Promise<Answer> {
    return record(row, wanted, await tried(act, apiOf(wanted), wanted));
  }

  /** Finds out what became of an earlier attempt, and does it where it surely was not done. */
  async function settle(row: ActRow, wanted: Wanted, act: AnyAct): Promise<Answer> {
    const api = apiOf(wanted);
    const ageSeconds = (deps.clock.now().getTime() - row.attempted_at.getTime()) / 1000;
    const leave = (failed: Failed | null = null) => record(row, wanted, { kind: 'unknown' }, failed);
    if (act.once.by === 'key') {
      if (ageSeconds > act.once.keptSeconds) return leave();
      const outcome = await tried(act, api, wanted);
      // The provider's first answer to this key settles it; that we could not ask does not.
      return outcome.kind === 'refused' && isPassing(outcome.failed)
        ? leave(outcome.failed)
        : record(row, wanted, outcome);
    }
    const found = await act.once.find(api, wanted.input, wanted.key);
    if (found.kind === 'found') return record(row, wanted, { kind: 'done', result: found.result });
    if (found.kind !== 'absent') return leave(found);
    if (ageSeconds < act.once.visibleAfterSeconds) return leave();
    await markAttempted(row);
    return attempt(row, wanted, act);
  }

  async function perform(wanted: Wanted): Promise<Answer> {
    const { actor, connection } = wanted;
    const known = await withTenant(deps.db, actor, tx => findRow(tx, wanted));
    const settled = known && settledAnswer(known);
    if (settled) return settled;
    const act = await demandReady(wanted);
    const begun = known ? null : await withTenant(deps.db, actor, tx => begin(tx, wanted));
    if (begun) return attempt(begun, wanted, act);
    const row = known ?? (await withTenant(deps.db, actor, tx => findRow(tx, wanted))) ?? fail('idempotency_mismatch');
    const mine = await claim(row, wanted);
    if (!mine) return unknownOf(manifestOf(connection).name);
    if (mine.state !== 'refused') return settle(mine, wanted, act);
    await markAttempted(mine);
    return attempt(mine, wanted, act);
  }

  return async request => {
    const wanted = await withTenant(deps.db, request.actor, tx => check(tx, request));
    // Callers with the same key in this process share one attempt; those of other processes are told that it is not known yet.
    const one = `${wanted.connection.id}/${wanted.key}/${wanted.hash.toString('hex')}`;
    const running = underWay.get(one) ?? perform(wanted).finally(() => underWay.delete(one));
    underWay.set(one, running);
    return (await running) as never;
  };
}

const secondsAfter = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000);

type Issues = { readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[] } | undefined;
/** Without issues it was the key. */
const faultsOf = (error: Issues) =>
  error?.issues.map(({ path, message }) => ({ path: ['input', ...path].join('.'), message })) ?? [
    { path: 'key', message: 'must be 8 to 120 letters, digits, - or _' },
  ];

/** The row of this key. Throws when the key stands for something else. */
async function findRow(tx: TenantTx, { connection, key, hash }: Wanted): Promise<ActRow | null> {
  const row = await tx
    .selectFrom('connection_acts')
    .selectAll()
    .where('agency_id', '=', txActor(tx).agencyId)
    .where('connection_id', '=', connection.id)
    .where('key', '=', key)
    .executeTakeFirst();
  if (row && !equalDigests(row.input_hash, hash)) fail('idempotency_mismatch');
  return row ?? null;
}

/** Null for a row whose act can still go on. */
function settledAnswer(row: ActRow): Answer | null {
  if (row.state === 'done') return { kind: 'done', result: row.result as ActResult<ActName> };
  if (row.state !== 'refused' || row.may_repeat) return null;
  return { kind: 'refused', fault: row.fault as Fault, mayRepeat: false };
}

/** What an attempt came to, as it is stored and told. */
function answerOf(outcome: ActOutcome<unknown>, said: Failed | null, manifest: Manifest): Answer {
  if (outcome.kind === 'unknown') return unknownOf(manifest.name, said);
  if (outcome.kind === 'refused')
    return {
      kind: 'refused',
      fault: describeFailure(outcome.failed, manifest),
      mayRepeat: isPassing(outcome.failed),
    };
  return { kind: 'done', result: outcome.result as ActResult<ActName> };
}

const unknownOf = (provider: string, failed: Failed | null = null): Answer => ({
  kind: 'unknown',
  fault: {
    code: failed?.kind === 'reauth' ? 'outcome-unknown-reconnect' : 'outcome-unknown',
    reason: `${provider} did not say whether it was done.`,
    next:
      failed?.kind === 'reauth'
        ? 'Reconnect the connection; then it is found out before anything is done again.'
        : 'Ask again in a few minutes: it is found out first, and never done twice. If it stays, look at the provider.',
  },
});
