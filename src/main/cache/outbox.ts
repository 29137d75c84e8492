import { type CollectionName, isWrite } from '@astrix/contract';
import type { OutboxItem, Refusal } from '../../shared/ipc.ts';
import type { Command, Salvaged, StoredCommand } from './api.ts';
import type { Connection } from './connection.ts';
import { upgradedCommand, upgradedRefusal } from './outbox-upgrade.ts';
import { wordsOf } from './overlay.ts';

type Stored = {
  id: string;
  client_id: string;
  subject: string;
  subject_id: string;
  write: string;
  state: StoredCommand['state'];
  attempts: number;
  created_at: string;
  command: string;
  refusal: string | null;
};

export type Outbox = ReturnType<typeof createOutbox>;

/** The rows of the outbox. What they mean for the screen is laid over by the applier; what is durable is decided by the caller's transaction. */
export function createOutbox(db: Connection) {
  const all = 'id, client_id, subject, subject_id, write, state, attempts, created_at, command, refusal';
  const add = db.prepare(
    'insert into outbox (id, client_id, subject, subject_id, write, state, created_at, command) values (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const one = db.prepare<[string], Stored>(`select ${all} from outbox where id = ?`);
  const every = db.prepare<[], Stored>(`select ${all} from outbox order by place`);
  const ofClient = db.prepare<[string], Stored>(`select ${all} from outbox where client_id = ? order by place`);
  const ofSubject = db.prepare<[string, string], Stored>(
    `select ${all} from outbox where subject = ? and subject_id = ? order by place`,
  );
  const pending = db.prepare<[string, string], { command: string }>(
    "select command from outbox where subject = ? and subject_id = ? and state <> 'refused' order by place",
  );
  const next = db.prepare<[number], Stored>(
    `select ${all} from outbox o where state = 'waiting'
       and place = (select min(place) from outbox p where p.subject = o.subject and p.subject_id = o.subject_id and p.state <> 'refused') order by place limit ?`,
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
        command.subject,
        command.subjectId,
        command.write,
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
    ofSubject: (subject: CollectionName, id: string): { item: OutboxItem; command: Command }[] =>
      ofSubject.all(subject, id).map(row => ({ item: itemOf(row), command: JSON.parse(row.command) as Command })),
    pendingFor: (subject: CollectionName, id: string): Command[] =>
      pending
        .all(subject, id)
        .map(row => JSON.parse(row.command) as Command)
        .filter(({ write }) => isWrite(write)),
    /** A write that this version does not know waits for the version that does. */
    next: (limit: number): StoredCommand[] =>
      next
        .all(limit)
        .map(commandOf)
        .filter(({ write }) => isWrite(write)),
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
        const read = upgradedCommand(command);
        if (read === null) continue;
        found.set(place, {
          command: read,
          refusal: upgradedRefusal(refusal),
        });
      }
    } catch {
      // This is the damage. What was read before it is kept.
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, salvaged]) => salvaged);
}

export function itemOf(row: Stored): OutboxItem {
  return {
    id: row.id,
    clientId: row.client_id,
    write: row.write as OutboxItem['write'],
    subject: row.subject as OutboxItem['subject'],
    subjectId: row.subject_id,
    state: row.state,
    ...wordsOf(JSON.parse(row.command) as Command),
    createdAt: row.created_at,
    attempts: row.attempts,
    refusal: row.refusal ? (JSON.parse(row.refusal) as Refusal) : null,
  };
}
