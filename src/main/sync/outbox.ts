import { type CollectionName, MessageRow, shorten, type WriteName, writeOf } from '@astrix/contract';
import type { AstrixClient, CallInput, Failure } from '@astrix/sdk';
import type { Refusal, Topic } from '../../shared/ipc.ts';
import type { Cache, StoredCommand } from '../cache/api.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Timers } from '../timers.ts';
import type { StatusBoard } from './status.ts';
import { topicsOf } from './topics.ts';

/** Subjects that are written to at the same time. On one subject, the order of writing is the order of sending. */
const PARALLEL = 4;
const RETRY_MS = [1000, 2000, 5000, 15_000, 30_000];

export type OutboxDeps = {
  readonly client: AstrixClient;
  readonly cache: Cache;
  readonly timers: Timers;
  readonly status: StatusBoard;
  readonly log: ConsoleLog;
  readonly onChanged: (topics: Topic[]) => void;
  readonly onRefusedToken: () => Promise<void>;
};

export type OutboxPump = {
  readonly kick: () => void;
  /** The server is there again: no longer wait for what was only a failure of the network. */
  readonly wake: () => void;
  readonly count: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const subjectOf = ({ subject, subjectId }: StoredCommand) => `${subject}:${subjectId}`;

type Sent =
  | {
      readonly ok: true;
      readonly collection: CollectionName;
      readonly row: unknown;
    }
  | Failure;

/** Takes what was written here to the server, exactly once in effect: each command carries its own idempotency key for life (LC-10). */
export function createOutboxPump(deps: OutboxDeps): OutboxPump {
  const { cache, status } = deps;
  const underWay = new Set<string>();
  /** Subjects whose oldest command was not taken just now. `asked`: the server named the time. */
  const resting = new Map<string, { readonly asked: boolean; readonly cancel: () => void }>();
  const stopping = new AbortController();
  let running = Promise.resolve();
  let draining = false;
  let again = false;

  function kick(): void {
    again = true;
    if (!draining) running = drain();
  }

  function wake(): void {
    for (const [subject, { asked, cancel }] of resting) {
      if (asked) continue;
      cancel();
      resting.delete(subject);
    }
    kick();
  }

  async function drain(): Promise<void> {
    draining = true;
    try {
      while (again && !stopping.signal.aborted && status.get().connection === 'online') {
        again = false;
        const ready = await cache.nextCommands(PARALLEL + underWay.size + resting.size);
        const free = ready.filter(command => !underWay.has(subjectOf(command)) && !resting.has(subjectOf(command)));
        await Promise.all(free.slice(0, PARALLEL).map(carry));
      }
    } catch (error) {
      deps.log('outbox cannot be read', { error: error instanceof Error ? error.name : 'unknown' });
    } finally {
      draining = false;
    }
  }

  async function carry(command: StoredCommand): Promise<void> {
    underWay.add(subjectOf(command));
    try {
      await cache.markSending(command.id);
      tell(command);
      await finish(command, await send(deps.client, command, stopping.signal));
    } catch (error) {
      deps.log('outbox item failed', { error: error instanceof Error ? error.name : 'unknown' });
      await cache.postpone(command.id).catch(() => undefined);
      retryLater(command, null);
    } finally {
      underWay.delete(subjectOf(command));
      tell(command);
      await count().catch(() => undefined);
    }
  }

  async function finish(command: StoredCommand, sent: Sent): Promise<void> {
    if (sent.ok) {
      await cache.settle(command.id, { collection: sent.collection, row: sent.row });
      again = true;
      return;
    }
    const refusal = refusalOf(sent);
    if (refusal !== null) {
      if (writeOf(command.write).quiet) await cache.settle(command.id, null);
      else await cache.refuse(command.id, refusal);
      again = true;
      return;
    }
    await cache.postpone(command.id);
    if (sent.kind === 'problem' && sent.problem.status === 401) await deps.onRefusedToken();
    retryLater(command, sent.kind === 'problem' ? (sent.problem.retryAfterSeconds ?? null) : null);
  }

  /** Each subject rests by itself: what goes well elsewhere must not cut short what the server asked for here. */
  function retryLater(command: StoredCommand, seconds: number | null): void {
    if (stopping.signal.aborted) return;
    const { attempts } = command;
    const subject = subjectOf(command);
    resting.get(subject)?.cancel();
    const ms = seconds === null ? RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)]! : seconds * 1000;
    const over = () => {
      resting.delete(subject);
      kick();
    };
    resting.set(subject, { asked: seconds !== null, cancel: deps.timers.after(ms, over) });
  }

  const tell = (command: StoredCommand) => deps.onChanged(topicsOf(command));

  async function count(): Promise<void> {
    const items = await cache.outbox(null);
    const refused = items.filter(item => item.state === 'refused').length;
    status.set({ waiting: items.length - refused, refused });
  }

  return {
    kick,
    wake,
    count,
    async stop() {
      stopping.abort();
      for (const { cancel } of resting.values()) cancel();
      await running;
    },
  };
}

async function send(client: AstrixClient, command: StoredCommand, signal: AbortSignal): Promise<Sent> {
  const { request, answers } = writeOf(command.write);
  const { params, body } = request(command.args, { createdAt: command.createdAt });
  const result = await client.call(command.write, {
    params: { clientId: command.clientId, ...params },
    ...(body === undefined ? {} : { body }),
    idempotencyKey: command.id,
    signal,
  } as unknown as CallInput<WriteName>);
  return result.ok ? { ok: true, collection: answers as CollectionName, row: result.value } : result;
}

/** A decision of the server about this very command. Null where it was not reached, is busy, or wants a new token: then it is tried again. */
function refusalOf(failure: Failure): Refusal | null {
  if (failure.kind !== 'problem') return null;
  const { status, code, title, detail, newer } = failure.problem;
  if (status === 401 || status === 429 || status >= 500) return null;
  return {
    code,
    reason: title,
    next: shorten(detail, 400),
    newer: (newer ?? []).flatMap(row => MessageRow.safeParse(row).data ?? []).slice(0, 50),
  };
}
