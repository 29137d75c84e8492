import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import type { Place } from '../../src/platform/vault/index.ts';
import { createRig, newPlace, type Rig, thrown } from './rig.ts';

let rig: Rig;
const brokenSeen: string[] = [];
beforeAll(async () => {
  rig = await createRig({ onBroken: (place, name) => brokenSeen.push(`${place.connectionId}/${name}`) });
});
afterAll(() => rig.close());

describe('VT-02: a sealed value opens in its own place and nowhere else', () => {
  const FIELDS = ['access', 'refresh'] as const;
  type Cell = { place: Place; name: string; envelope: string; version: number; key_version: number };
  let cells: Cell[];
  let older: Cell[];
  const read = async (places: readonly Place[]): Promise<Cell[]> => {
    const found: Cell[] = [];
    for (const place of places)
      for (const name of FIELDS)
        found.push(
          await rig.tx(async tx => ({
            place,
            name,
            ...(await tx
              .selectFrom('vault_secrets')
              .select(['envelope', 'version', 'key_version'])
              .where('connection_id', '=', place.connectionId)
              .where('name', '=', name)
              .executeTakeFirstOrThrow()),
          })),
        );
    return found;
  };
  beforeAll(async () => {
    const [agency, other, client] = [newId(), newId(), newId()];
    const places = [
      newPlace(agency, client),
      newPlace(agency, client),
      newPlace(agency, newId()),
      newPlace(agency, null),
      newPlace(other, newId()),
    ];
    for (const place of places) for (const name of FIELDS) await rig.put(place, name, `${name} first`);
    older = await read(places);
    for (const place of places)
      for (const name of FIELDS) await rig.put(place, name, `${name} of ${place.connectionId}`);
    cells = await read(places);
  });

  const set = (cell: Cell, to: Partial<Cell>) =>
    rig.tx(tx =>
      tx
        .updateTable('vault_secrets')
        .set(to)
        .where('connection_id', '=', cell.place.connectionId)
        .where('name', '=', cell.name)
        .execute(),
    );

  test('every pair of tenant, client, connection, field and version, swapped: none opens, and each is reported', async () => {
    let tried = 0;
    for (const cell of cells) {
      const { envelope, version } = cell;
      for (const from of [...cells, ...older]) {
        if (from === cell) continue;
        const same = from.place === cell.place && from.name === cell.name;
        for (const move of [
          { envelope: from.envelope, version },
          { envelope: from.envelope, version: from.version },
        ]) {
          // An older value with its own version is a restored row: nothing in the row can tell, and a backup has to work.
          if (same && move.version !== version) continue;
          await set(cell, move);
          const before = brokenSeen.length;
          expect((await thrown(rig.get(cell.place, cell.name)))?.name, JSON.stringify([from, cell])).toBe('SealBroken');
          expect(brokenSeen.slice(before)).toEqual([`${cell.place.connectionId}/${cell.name}`]);
          tried += 1;
        }
      }
      await set(cell, { envelope, version });
      expect(await rig.get(cell.place, cell.name)).toBe(`${cell.name} of ${cell.place.connectionId}`);
    }
    expect(tried).toBe(10 * 9 * 4 + 10);
  });

  test('data keys and agency keys that were moved open nothing either', async () => {
    const keys = await rig.tx(tx =>
      tx
        .selectFrom('vault_data_keys')
        .select(['connection_id', 'wrapped'])
        .where(
          'connection_id',
          'in',
          cells.map(({ place }) => place.connectionId),
        )
        .execute(),
    );
    expect(keys).toHaveLength(5);
    const give = (id: string, wrapped: string | null) =>
      rig.tx(tx => tx.updateTable('vault_data_keys').set({ wrapped }).where('connection_id', '=', id).execute());
    for (const cell of cells.filter(({ name }) => name === 'access')) {
      const own = keys.find(key => key.connection_id === cell.place.connectionId);
      for (const key of keys.filter(one => one !== own)) {
        await give(cell.place.connectionId, key.wrapped);
        expect((await thrown(rig.get(cell.place, cell.name)))?.name).toBe('SealBroken');
      }
      await give(cell.place.connectionId, own?.wrapped ?? null);
      expect(await rig.get(cell.place, cell.name)).not.toBeNull();
    }
  });

  test('whole copies of all rows under another agency, client or connection open nothing', async () => {
    const cell = cells[0] as Cell;
    const others: Place[] = [
      { ...cell.place, agencyId: newId() },
      { ...cell.place, connectionId: newId() },
    ];
    for (const place of others) {
      await rig.tx(async tx => {
        for (const table of ['vault_agency_keys', 'vault_data_keys', 'vault_secrets']) {
          const moved = JSON.stringify({
            agency_id: place.agencyId,
            ...(table === 'vault_agency_keys' ? {} : { connection_id: place.connectionId }),
          });
          const where = table === 'vault_agency_keys' ? sql`true` : sql`connection_id = ${cell.place.connectionId}`;
          await sql`insert into ${sql.table(table)} select (jsonb_populate_record(t, ${moved}::jsonb)).* from ${sql.table(table)} t
            where agency_id = ${cell.place.agencyId} and ${where} on conflict do nothing`.execute(tx);
        }
      });
      expect((await thrown(rig.get(place, cell.name)))?.name).toBe('SealBroken');
    }
    // The key of an agency alone, given to one that has none yet: it seals nothing there.
    const stranger = newPlace();
    await rig.tx(tx =>
      sql`insert into vault_agency_keys select (jsonb_populate_record(t, ${JSON.stringify({ agency_id: stranger.agencyId })}::jsonb)).*
        from vault_agency_keys t where agency_id = ${cell.place.agencyId}`.execute(tx),
    );
    expect((await thrown(rig.put(stranger, 'access', 'x')))?.name).toBe('SealBroken');
    // A caller that names another client than the one it was sealed for.
    for (const clientId of [newId(), null])
      expect((await thrown(rig.get({ ...cell.place, clientId }, cell.name)))?.name).toBe('SealBroken');
    expect(await rig.get(cell.place, cell.name)).not.toBeNull();
  });
});
