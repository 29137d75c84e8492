import { type CollectionName, isWrite, writeOf } from '@astrix/contract';
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

/** A write that this version does not know may hold a person's words. */
const isTold = ({ write }: Pick<Stored, 'write'>): boolean => !isWrite(write) || !writeOf(write).quiet;

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
  const byClient = db.prepare<[], { client_id: string; write: string; n: number }>(
    'select client_id, write, count(*) as n from outbox group by client_id, write',
  );
  const setState = db.prepare('update outbox set state = ?, attempts = attempts + ? where id = ?');
  const setRefusal = db.prepare("update outbox set state = 'refused', refusal = ? where id = ?");
  const replace = db.prepare("update outbox set id = ?, state = 'waiting', refusal = null, command = ? where id = ?");
  const remove = db.prepare('delete from outbox where id = ?');
  const recover = db.prepare("update outbox set state = 'waiting' where state = 'sending'");

  const nameOf = db.prepare<[string], { name: string }>(
    "select json_extract(c.json, '$.contactName') as name from conversations c join conversation_keys k on k.k = c.k where k.id = ?",
  );

  const itemOf = (row: Stored): OutboxItem => ({
    id: row.id,
    clientId: row.client_id,
    write: row.write as OutboxItem['write'],
    subject: row.subject as OutboxItem['subject'],
    subjectId: row.subject_id,
    customer: row.subject === 'conversations' ? (nameOf.get(row.subject_id)?.name ?? null) : null,
    state: row.state,
    ...wordsOf(JSON.parse(row.command) as Command),
    createdAt: row.created_at,
    attempts: row.attempts,
    refusal: row.refusal ? (JSON.parse(row.refusal) as Refusal) : null,
  });
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
    item: (id: string): OutboxItem | null => {
      const row = one.get(id);
      return row ? itemOf(row) : null;
    },
    /** What a person wrote or decided; quiet writes, such as read marks, are left out. */
    list: (clientId: string | null): OutboxItem[] =>
      (clientId === null ? every.all() : ofClient.all(clientId)).filter(isTold).map(itemOf),
    /** As `list`, of one row. */
    ofSubject: (subject: CollectionName, id: string): { item: OutboxItem; command: Command }[] =>
      ofSubject
        .all(subject, id)
        .filter(isTold)
        .map(row => ({ item: itemOf(row), command: JSON.parse(row.command) as Command })),
    /** How many `list` would have, by client. */
    counts: (): ReadonlyMap<string, number> => {
      const counted = new Map<string, number>();
      for (const { client_id, write, n } of byClient.all())
        if (isTold({ write })) counted.set(client_id, (counted.get(client_id) ?? 0) + n);
      return counted;
    },
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
