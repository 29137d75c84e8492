import type { OutboxItem, Refusal } from '../../shared/ipc.ts';
import type { Command, Salvaged, StoredCommand } from './api.ts';
import type { Connection } from './file.ts';
import { summaryOf } from './overlay.ts';

type Stored = {
  id: string;
  client_id: string;
  conversation_id: string;
  kind: string;
  state: StoredCommand['state'];
  attempts: number;
  created_at: string;
  command: string;
  refusal: string | null;
};

export type Outbox = ReturnType<typeof createOutbox>;

/** The rows of the outbox. What they mean for the screen is laid over by the applier; what is durable is decided by the caller's transaction. */
export function createOutbox(db: Connection) {
  const all = 'id, client_id, conversation_id, kind, state, attempts, created_at, command, refusal';
  const add = db.prepare(
    'insert into outbox (id, client_id, conversation_id, kind, state, created_at, command) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const one = db.prepare<[string], Stored>(`select ${all} from outbox where id = ?`);
  const every = db.prepare<[], Stored>(`select ${all} from outbox order by place`);
  const ofClient = db.prepare<[string], Stored>(`select ${all} from outbox where client_id = ? order by place`);
  const ofConversation = db.prepare<[string], Stored>(
    `select ${all} from outbox where conversation_id = ? order by place`,
  );
  const pending = db.prepare<[string], { command: string }>(
    "select command from outbox where conversation_id = ? and state <> 'refused' order by place",
  );
  const next = db.prepare<[number], Stored>(
    `select ${all} from outbox o where state = 'waiting'
       and place = (select min(place) from outbox p where p.conversation_id = o.conversation_id and p.state <> 'refused') order by place limit ?`,
  );
  const setState = db.prepare('update outbox set state = ?, attempts = attempts + ? where id = ?');
  const setRefusal = db.prepare("update outbox set state = 'refused', refusal = ? where id = ?");
  const replace = db.prepare("update outbox set id = ?, state = 'waiting', refusal = null, command = ? where id = ?");
  const remove = db.prepare('delete from outbox where id = ?');
  const recover = db.prepare("update outbox set state = 'waiting' where state = 'sending'");

  const commandOf = (row: Stored): StoredCommand => ({
    ...(JSON.parse(row.command) as Command),
    state: row.state,
    attempts: row.attempts,
  });

  return {
    add: (command: Command) =>
      add.run(
        command.id,
        command.clientId,
        command.conversationId,
        command.kind,
        'waiting',
        command.createdAt,
        JSON.stringify(command),
      ),
    find: (id: string): StoredCommand | null => {
      const row = one.get(id);
      return row ? commandOf(row) : null;
    },
    list: (clientId: string | null): OutboxItem[] =>
      (clientId === null ? every.all() : ofClient.all(clientId)).map(itemOf),
    ofConversation: (conversationId: string): { item: OutboxItem; command: Command }[] =>
      ofConversation
        .all(conversationId)
        .map(row => ({ item: itemOf(row), command: JSON.parse(row.command) as Command })),
    pendingFor: (conversationId: string): Command[] =>
      pending.all(conversationId).map(row => JSON.parse(row.command) as Command),
    next: (limit: number): StoredCommand[] => next.all(limit).map(commandOf),
    sending: (id: string) => setState.run('sending', 1, id),
    waiting: (id: string) => setState.run('waiting', 0, id),
    refuse: (id: string, refusal: Refusal) => setRefusal.run(JSON.stringify(refusal), id),
    replace: (id: string, command: Command) => replace.run(command.id, JSON.stringify(command), id),
    remove: (id: string) => remove.run(id),
    /** Found `sending` at the start: nobody knows whether it arrived, and its idempotency key makes it safe to send again. */
    recover: () => recover.run(),
  };
}

/**
 * Every command that can still be read, from both ends towards the damage: one bad page does not take the others along (F-16).
 * In the order of writing.
 */
export function salvageOutbox(db: Connection): Salvaged[] {
  const found = new Map<number, Salvaged>();
  for (const order of ['place', 'place desc']) {
    try {
      const rows = db
        .prepare<[], { place: number; command: string; refusal: string | null }>(
          `select place, command, refusal from outbox not indexed order by ${order}`,
        )
        .iterate();
      for (const { place, command, refusal } of rows) {
        if (found.has(place)) continue;
        found.set(place, {
          command: JSON.parse(command) as Command,
          refusal: refusal === null ? null : (JSON.parse(refusal) as Refusal),
        });
      }
    } catch {
      // The damage. What was read before it stands.
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, salvaged]) => salvaged);
}

export function itemOf(row: Stored): OutboxItem {
  return {
    id: row.id,
    clientId: row.client_id,
    conversationId: row.conversation_id,
    kind: row.kind as OutboxItem['kind'],
    state: row.state,
    summary: summaryOf(JSON.parse(row.command) as Command),
    createdAt: row.created_at,
    attempts: row.attempts,
    refusal: row.refusal ? (JSON.parse(row.refusal) as Refusal) : null,
  };
}
