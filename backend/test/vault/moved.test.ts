import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import type { VaultRef } from '../../src/platform/vault/index.ts';
import { createRig, newVaultRef, type Rig, thrown } from './rig.ts';

let rig: Rig;
const brokenSeen: string[] = [];
beforeAll(async () => {
  rig = await createRig({ onBroken: (ref, name) => brokenSeen.push(`${ref.connectionId}/${name}`) });
});
afterAll(() => rig.close());

describe('VT-02: a sealed value opens under its own reference and under no other', () => {
  const FIELDS = ['access', 'refresh'] as const;
  type Cell = { ref: VaultRef; name: string; envelope: string; version: number; key_version: number };
  let cells: Cell[];
  let older: Cell[];
  const read = async (refs: readonly VaultRef[]): Promise<Cell[]> => {
    const found: Cell[] = [];
    for (const ref of refs)
      for (const name of FIELDS)
        found.push(
          await rig.tx(async tx => ({
            ref,
            name,
            ...(await tx
              .selectFrom('vault_secrets')
              .select(['envelope', 'version', 'key_version'])
              .where('connection_id', '=', ref.connectionId)
              .where('name', '=', name)
              .executeTakeFirstOrThrow()),
          })),
        );
    return found;
  };
  beforeAll(async () => {
    const [agency, other, client] = [newId(), newId(), newId()];
    const refs = [
      newVaultRef(agency, client),
      newVaultRef(agency, client),
      newVaultRef(agency, newId()),
      newVaultRef(agency, null),
      newVaultRef(other, newId()),
    ];
    for (const ref of refs) for (const name of FIELDS) await rig.put(ref, name, `${name} first`);
    older = await read(refs);
    for (const ref of refs) for (const name of FIELDS) await rig.put(ref, name, `${name} of ${ref.connectionId}`);
    cells = await read(refs);
  });

  const set = (cell: Cell, to: Partial<Cell>) =>
    rig.tx(tx =>
      tx
        .updateTable('vault_secrets')
        .set(to)
        .where('connection_id', '=', cell.ref.connectionId)
        .where('name', '=', cell.name)
        .execute(),
    );

  test('every pair of tenant, client, connection, field and version, swapped: none opens, and each is reported', async () => {
    let tried = 0;
    for (const cell of cells) {
      const { envelope, version } = cell;
      for (const from of [...cells, ...older]) {
        if (from === cell) continue;
        const same = from.ref === cell.ref && from.name === cell.name;
        for (const move of [
          { envelope: from.envelope, version },
          { envelope: from.envelope, version: from.version },
        ]) {
          // An older value with its own version is a restored row: nothing in the row can tell, and a backup has to work.
          if (same && move.version !== version) continue;
          await set(cell, move);
          const before = brokenSeen.length;
          expect((await thrown(rig.get(cell.ref, cell.name)))?.name, JSON.stringify([from, cell])).toBe('SealBroken');
          expect(brokenSeen.slice(before)).toEqual([`${cell.ref.connectionId}/${cell.name}`]);
          tried += 1;
        }
      }
      await set(cell, { envelope, version });
      expect(await rig.get(cell.ref, cell.name)).toBe(`${cell.name} of ${cell.ref.connectionId}`);
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
          cells.map(({ ref }) => ref.connectionId),
        )
        .execute(),
    );
    expect(keys).toHaveLength(5);
    const give = (id: string, wrapped: string | null) =>
      rig.tx(tx => tx.updateTable('vault_data_keys').set({ wrapped }).where('connection_id', '=', id).execute());
    for (const cell of cells.filter(({ name }) => name === 'access')) {
      const own = keys.find(key => key.connection_id === cell.ref.connectionId);
      for (const key of keys.filter(one => one !== own)) {
        await give(cell.ref.connectionId, key.wrapped);
        expect((await thrown(rig.get(cell.ref, cell.name)))?.name).toBe('SealBroken');
      }
      await give(cell.ref.connectionId, own?.wrapped ?? null);
      expect(await rig.get(cell.ref, cell.name)).not.toBeNull();
    }
  });

  test('whole copies of all rows under another agency, client or connection open nothing', async () => {
    const cell = cells[0] as Cell;
    const others: VaultRef[] = [
      { ...cell.ref, agencyId: newId() },
      { ...cell.ref, connectionId: newId() },
    ];
    for (const ref of others) {
      await rig.tx(async tx => {
        for (const table of ['vault_agency_keys', 'vault_data_keys', 'vault_secrets']) {
          const moved = JSON.stringify({
            agency_id: ref.agencyId,
            ...(table === 'vault_agency_keys' ? {} : { connection_id: ref.connectionId }),
          });
          const where = table === 'vault_agency_keys' ? sql`true` : sql`connection_id = ${cell.ref.connectionId}`;
          await sql`insert into ${sql.table(table)} select (jsonb_populate_record(t, ${moved}::jsonb)).* from ${sql.table(table)} t
            where agency_id = ${cell.ref.agencyId} and ${where} on conflict do nothing`.execute(tx);
        }
      });
      expect((await thrown(rig.get(ref, cell.name)))?.name).toBe('SealBroken');
    }
    // The key of an agency alone, given to one that has none yet: it seals nothing there.
    const stranger = newVaultRef();
    await rig.tx(tx =>
      sql`insert into vault_agency_keys select (jsonb_populate_record(t, ${JSON.stringify({ agency_id: stranger.agencyId })}::jsonb)).*
        from vault_agency_keys t where agency_id = ${cell.ref.agencyId}`.execute(tx),
    );
    expect((await thrown(rig.put(stranger, 'access', 'x')))?.name).toBe('SealBroken');
    // A caller that names another client than the one it was sealed for.
    for (const clientId of [newId(), null])
      expect((await thrown(rig.get({ ...cell.ref, clientId }, cell.name)))?.name).toBe('SealBroken');
    expect(await rig.get(cell.ref, cell.name)).not.toBeNull();
  });
});
