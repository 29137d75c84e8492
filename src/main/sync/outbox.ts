import { MessageRow, type RouteName } from '@astrix/contract';
import type { AstrixClient, CallResult, Failure } from '@astrix/sdk';
import type { Refusal, Topic } from '../../shared/ipc.ts';
import type { Cache, StoredCommand } from '../cache/api.ts';
import type { ConsoleLog } from '../log/log.ts';
import type { Timers } from './engine.ts';
import type { StatusBoard } from './status.ts';

/** Conversations that are written to at the same time. Within one, the order of writing is the order of sending. */
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

type Sent =
  | {
      readonly ok: true;
      readonly collection: 'conversations' | 'messages' | 'notes' | 'contacts';
      readonly row: unknown;
    }
  | Failure;

/** Takes what was written here to the server, exactly once in effect: each command carries its own idempotency key for life (LC-10). */
export function createOutboxPump(deps: OutboxDeps): OutboxPump {
  const { cache, status } = deps;
  const underWay = new Set<string>();
  /** Conversations whose oldest command was not taken just now. `asked`: the server named the time. */
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
    for (const [conversationId, { asked, cancel }] of resting) {
      if (asked) continue;
      cancel();
      resting.delete(conversationId);
    }
    kick();
  }

  async function drain(): Promise<void> {
    draining = true;
    try {
      while (again && !stopping.signal.aborted && status.get().connection === 'online') {
        again = false;
        const ready = await cache.nextCommands(PARALLEL + underWay.size + resting.size);
        const free = ready.filter(({ conversationId: at }) => !underWay.has(at) && !resting.has(at));
        await Promise.all(free.slice(0, PARALLEL).map(carry));
      }
    } catch (error) {
      deps.log('outbox cannot be read', { error: error instanceof Error ? error.name : 'unknown' });
    } finally {
      draining = false;
    }
  }

  async function carry(command: StoredCommand): Promise<void> {
    underWay.add(command.conversationId);
    try {
      await cache.markSending(command.id);
      tell(command);
      await finish(command, await send(deps.client, command, stopping.signal));
    } catch (error) {
      deps.log('outbox item failed', { error: error instanceof Error ? error.name : 'unknown' });
      await cache.postpone(command.id).catch(() => undefined);
      retryLater(command, null);
    } finally {
      underWay.delete(command.conversationId);
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
      await cache.refuse(command.id, refusal);
      again = true;
      return;
    }
    await cache.postpone(command.id);
    if (sent.kind === 'problem' && sent.problem.status === 401) await deps.onRefusedToken();
    retryLater(command, sent.kind === 'problem' ? (sent.problem.retryAfterSeconds ?? null) : null);
  }

  /** Each conversation rests by itself: what goes well elsewhere must not cut short what the server asked for here. */
  function retryLater(command: StoredCommand, seconds: number | null): void {
    if (stopping.signal.aborted) return;
    const { conversationId, attempts } = command;
    resting.get(conversationId)?.cancel();
    const ms = seconds === null ? RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)]! : seconds * 1000;
    const over = () => {
      resting.delete(conversationId);
      kick();
    };
    resting.set(conversationId, { asked: seconds !== null, cancel: deps.timers.after(ms, over) });
  }

  const tell = (command: StoredCommand) =>
    deps.onChanged(['outbox', 'clients', `inbox:${command.clientId}`, `thread:${command.conversationId}`]);

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
  const params = { clientId: command.clientId, conversationId: command.conversationId };
  const common = { params, idempotencyKey: command.id, signal };
  switch (command.kind) {
    case 'reply': {
      const { messageId, text, replyToId, seenInboundId, createdAt } = command;
      return as(
        'messages',
        await client.call('conversations.reply', {
          ...common,
          body: { messageId, text, replyToId, seenInboundId, writtenAt: createdAt },
        }),
      );
    }
    case 'note':
      return as(
        'notes',
        await client.call('conversations.add-note', {
          ...common,
          body: { noteId: command.noteId, text: command.text },
        }),
      );
    case 'assign':
      return as(
        'conversations',
        await client.call('conversations.assign', { ...common, body: { personId: command.personId } }),
      );
    case 'tags':
      return as(
        'conversations',
        await client.call('conversations.change-tags', {
          ...common,
          body: { add: command.add, remove: command.remove },
        }),
      );
    case 'snooze':
      return as(
        'conversations',
        await client.call('conversations.snooze', { ...common, body: { until: command.until } }),
      );
    case 'status':
      return as(
        'conversations',
        await client.call('conversations.set-status', { ...common, body: { status: command.status } }),
      );
    case 'read':
      return as(
        'conversations',
        await client.call('conversations.mark-read', { ...common, body: { upToId: command.upToId } }),
      );
    case 'optOut': {
      const { contactId, optedOut, reason } = command;
      return as(
        'contacts',
        await client.call('contacts.set-opt-out', {
          params: { clientId: command.clientId, contactId },
          idempotencyKey: command.id,
          signal,
          body: { optedOut, reason },
        }),
      );
    }
  }
}

function as<N extends RouteName>(collection: Extract<Sent, { ok: true }>['collection'], result: CallResult<N>): Sent {
  return result.ok ? { ok: true, collection, row: result.value } : result;
}

/** A decision of the server about this very command. Null where it was not reached, is busy, or wants a new token: then it is tried again. */
function refusalOf(failure: Failure): Refusal | null {
  if (failure.kind !== 'problem') return null;
  const { status, code, title, detail, newer } = failure.problem;
  if (status === 401 || status === 429 || status >= 500) return null;
  return {
    code,
    title,
    next: detail.slice(0, 300),
    newer: (newer ?? []).flatMap(row => MessageRow.safeParse(row).data ?? []).slice(0, 50),
  };
}
