import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIENT_MARKS } from '@astrix/contract';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../src/kernel/clock.ts';
import { migrate, openDb, withSystem } from '../../src/platform/db/index.ts';
import { MIGRATIONS } from '../../src/platform/db/migrate.ts';
import '../../src/modules/clients/index.ts';

const clock = manualClock(new Date('2026-11-20T06:30:00.000Z'));
const before = mkdtempSync(join(tmpdir(), 'astrix-migrations-'));
afterAll(() => rmSync(before, { recursive: true, force: true }));

const id = (group: string, n: number) => `01990000-0000-7${group}-8000-${String(n).padStart(12, '0')}`;

test('clients of the version before 0090 keep their hue while it has a free mark, and no two of an agency look alike', async () => {
  for (const name of readdirSync(MIGRATIONS).filter(name => name < '0090'))
    cpSync(join(MIGRATIONS, name), join(before, name));
  const db = await openDb({ dataDir: 'memory', clock });
  try {
    await migrate(db, before);
    // Two agencies with the same clients: eight of one hue, then more clients than there are marks.
    const clients = [1, 2].flatMap(agency =>
      Array.from({ length: 60 }, (_, n) => {
        const hue = n < 8 ? 'teal' : ['amber', 'rose', 'blue'][n % 3];
        return `('${id('a00', agency)}', '${id(`c0${agency}`, n)}', 'Client ${n}', '${n % 2 ? 'CK' : 'IL'}', '${hue}', 'x', '2026-11-20T06:00:00Z')`;
      }),
    );
    await db.internals.script(`
      insert into agencies (agency_id, name, created_at) values ('${id('a00', 1)}', 'One', now()), ('${id('a00', 2)}', 'Two', now());
      insert into clients (agency_id, id, name, initials, hue, reply_as, created_at) values ${clients.join(', ')};`);
    await migrate(db);
    const rows = await withSystem(db, 'telemetry', tx =>
      tx
        .selectFrom('clients')
        .select(['agency_id', 'hue', 'shade', 'shape', 'initials'])
        .orderBy('agency_id')
        .orderBy('id')
        .execute(),
    );
    const [one, two] = [rows.slice(0, 60), rows.slice(60)];
    const markOf = ({ hue, shade, shape }: (typeof rows)[number]) => `${hue} ${shade} ${shape}`;
    const ofTeal = CLIENT_MARKS.filter(({ hue }) => hue === 'teal').length;
    expect(one.slice(0, ofTeal).map(({ hue }) => hue)).toEqual(Array.from({ length: ofTeal }, () => 'teal'));
    expect(new Set(one.map(markOf))).toEqual(
      new Set(CLIENT_MARKS.map(mark => `${mark.hue} ${mark.shade} ${mark.shape}`)),
    );
    expect(new Set(one.map(row => `${markOf(row)} ${row.initials}`)).size).toBe(60);
    expect(two.map(markOf)).toEqual(one.map(markOf));
  } finally {
    await db.close();
  }
});
