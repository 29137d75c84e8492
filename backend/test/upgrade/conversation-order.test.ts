import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../src/kernel/clock.ts';
import { migrate, openDb } from '../../src/platform/db/index.ts';
import { MIGRATIONS } from '../../src/platform/db/migrate.ts';

const before = mkdtempSync(join(tmpdir(), 'astrix-migrations-'));
afterAll(() => rmSync(before, { recursive: true, force: true }));

const id = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;

test('F-22: messages and notes from before 0083 are counted in the order of their thread, each conversation for itself', async () => {
  for (const name of readdirSync(MIGRATIONS).filter(name => name < '0083'))
    cpSync(join(MIGRATIONS, name), join(before, name));
  const db = await openDb({ dataDir: 'memory', clock: manualClock(new Date('2026-11-20T06:30:00.000Z')) });
  try {
    await migrate(db, before);
    const message = (n: number, of: number, at: string) =>
      `('${id(1)}', '${id(n)}', '${id(2)}', '${id(of)}', '${id(3)}', 'in', 'text', 'x', 'received', '${at}', now())`;
    await db.internals.script(`
      set session_replication_role = replica;
      insert into conversations (agency_id, id, client_id, contact_id, channel_id, provider, contact_name, last_message_at, expires_at)
        select '${id(1)}', c, '${id(2)}', c, '${id(3)}', 'whatsapp', 'Asha', now(), now() from unnest(array['${id(100)}', '${id(200)}']::uuid[]) c;
      insert into messages (agency_id, id, client_id, conversation_id, channel_id, direction, kind, text, status, sent_at, expires_at) values
        ${message(12, 100, '2026-11-20T06:00:00Z')}, ${message(21, 200, '2026-11-20T06:00:00Z')},
        ${message(11, 100, '2026-11-20T06:00:00Z')}, ${message(10, 100, '2026-11-20T05:00:00Z')};
      insert into notes (agency_id, id, client_id, conversation_id, author_id, text, created_at, expires_at)
        values ('${id(1)}', '${id(13)}', '${id(2)}', '${id(100)}', '${id(4)}', 'noted', '2026-11-20T05:30:00.500Z', now());
      set session_replication_role = origin;`);
    await migrate(db);
    const { rows } = await db.internals.query(`
      select id, seq from messages union all select id, seq from notes union all select id, last_seq from conversations order by id`);
    expect(rows.map(row => [String(row.id), Number(row.seq)])).toEqual([
      [id(10), 1],
      [id(11), 4],
      [id(12), 3],
      [id(13), 2],
      [id(21), 1],
      [id(100), 4],
      [id(200), 1],
    ]);
  } finally {
    await db.close();
  }
});
