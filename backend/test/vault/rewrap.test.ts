import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { KekError, type Keks, type VaultRef } from '../../src/platform/vault/index.ts';
import { KEPT } from '../../src/platform/vault/kept-keys.ts';
import { createRig, kekNamed, newVaultRef, openedBy, type Rig, thrown } from './rig.ts';

const one = kekNamed('one');
const two = kekNamed('two');
const both: Keks = { current: one, next: two };

let rig: Rig;
beforeEach(async () => {
  rig = await createRig({ keks: both });
});
afterEach(() => rig.close());

const keyRows = () =>
  rig.tx(async tx => ({
    keks: await tx.selectFrom('vault_keks').select(['fingerprint', 'state']).orderBy('created_at').execute(),
    agency: await tx.selectFrom('vault_agency_keys').selectAll().where('state', '!=', 'destroyed').execute(),
    kept: await tx.selectFrom('vault_kept_keys').select(['purpose', 'kek_fingerprint']).execute(),
  }));

async function fill(agencies: number, connections: number): Promise<Map<VaultRef, string>> {
  const stored = new Map<VaultRef, string>();
  for (let a = 0; a < agencies; a++) {
    const agency = newId();
    for (let c = 0; c < connections; c++) {
      const ref = newVaultRef(agency);
      stored.set(ref, `value ${a}.${c}`);
      await rig.put(ref, 'token', `value ${a}.${c}`);
    }
  }
  return stored;
}

test('VT-03: a rotation leaves every value and every key of the installation as it was, and nothing under the old key', async () => {
  const stored = await fill(4, 7);
  const audit = rig.vault.namedKey('audit/v1').toString('hex');
  const steps: string[] = [];
  const report = await rig.vault.rewrap({ batch: 3, progress: step => steps.push(step) });
  expect(report).toEqual({
    to: two.fingerprint,
    keptKeys: KEPT.length,
    agencies: 4,
    dataKeys: 28,
    verified: 28 + KEPT.length,
    retired: [one.fingerprint],
  });
  // Small batches: seven data keys of an agency are three of them, and one look that finds nothing left.
  expect(steps.filter(step => step === 'data keys moved')).toHaveLength(4 * 4);
  const { keks, agency, kept } = await keyRows();
  expect(new Set([...agency, ...kept].map(row => row.kek_fingerprint))).toEqual(new Set([two.fingerprint]));
  expect(keks.map(({ state }) => state).sort()).toEqual(['current', 'retired']);
  const alone = rig.another({ keks: { current: two, next: null } });
  await alone.open();
  expect(alone.namedKey('audit/v1').toString('hex')).toBe(audit);
  for (const [ref, value] of stored) expect(await rig.tx(tx => openedBy(alone, tx, ref, 'token'))).toBe(value);
  // The retired one starts nothing any more, alone or as the next one.
  for (const keks of [
    { current: one, next: null },
    { current: two, next: one },
  ])
    expect(await thrown(rig.another({ keks }).open())).toBeInstanceOf(KekError);
  // Whoever has not been restarted yet, with both keys in hand, goes on.
  await rig.another({ keks: both }).open();
  for (const [ref, value] of stored) expect(await rig.get(ref, 'token')).toBe(value);
});

test('VT-03: what is written after a rotation is sealed by a data key that no copy from before holds', async () => {
  const ref = newVaultRef();
  await rig.put(ref, 'token', 'before');
  await rig.put(ref, 'other', 'stays');
  await rig.vault.rewrap();
  const keys = () =>
    rig.tx(tx =>
      tx
        .selectFrom('vault_data_keys')
        .select(['version', 'wrapped'])
        .where('connection_id', '=', ref.connectionId)
        .orderBy('version')
        .execute(),
    );
  expect(await keys()).toHaveLength(1);
  await rig.put(ref, 'token', 'after');
  expect((await keys()).map(({ wrapped }) => wrapped !== null)).toEqual([true, true]);
  const { key_version } = await rig.tx(tx =>
    tx.selectFrom('vault_secrets').select('key_version').where('name', '=', 'token').executeTakeFirstOrThrow(),
  );
  expect(key_version).toBe(2);
  await rig.put(ref, 'other', 'written anew');
  expect((await keys()).map(({ wrapped }) => wrapped !== null)).toEqual([false, true]);
  expect([await rig.get(ref, 'token'), await rig.get(ref, 'other')]).toEqual(['after', 'written anew']);
});

test('VT-03: twice in a row changes nothing more', async () => {
  await fill(2, 2);
  await rig.vault.rewrap();
  const after = await keyRows();
  const report = await rig.vault.rewrap();
  expect(report).toMatchObject({ keptKeys: 0, agencies: 0, dataKeys: 0, verified: 4 + KEPT.length, retired: [] });
  expect(await keyRows()).toEqual(after);
});

test('VT-03: under load, and run by two at once: each reads its own last write, and new agencies come under the new key', async () => {
  const stored = await fill(3, 4);
  let going = true;
  let reads = 0;
  const other = rig.another();
  await other.open();
  const writer = async (n: number) => {
    const own = [...stored.keys()].filter((_, at) => at % 3 === n);
    for (let turn = 0; going; turn++) {
      const ref = turn % 5 === 4 ? newVaultRef() : (own[turn % own.length] as VaultRef);
      const value = `turn ${turn} of ${n}`;
      const vault = turn % 2 ? rig.vault : other;
      await rig.tx(tx => vault.put(tx, ref, 'token', secret(value)));
      stored.set(ref, value);
      expect(await rig.tx(tx => openedBy(turn % 2 ? other : rig.vault, tx, ref, 'token'))).toBe(value);
      reads += 1;
    }
  };
  const writers = [0, 1, 2].map(writer);
  await Promise.all([rig.vault.rewrap({ batch: 2 }), other.rewrap({ batch: 1 })]);
  going = false;
  await Promise.all(writers);
  expect(reads).toBeGreaterThan(10);
  const { agency, kept, keks } = await keyRows();
  expect(new Set([...agency, ...kept].map(row => row.kek_fingerprint))).toEqual(new Set([two.fingerprint]));
  expect(keks.find(({ state }) => state === 'retired')?.fingerprint).toBe(one.fingerprint);
  for (const [ref, value] of stored) expect(await rig.get(ref, 'token')).toBe(value);
});

test('VT-03: with one key that does not open the old one is not retired, the rest is moved, and it ends once that connection is destroyed', async () => {
  const stored = await fill(2, 3);
  const [damaged] = [...stored.keys()] as [VaultRef];
  await rig.tx(tx =>
    tx
      .updateTable('vault_data_keys')
      .set({ wrapped: 'damaged' })
      .where('connection_id', '=', damaged.connectionId)
      .execute(),
  );
  const error = await thrown(rig.vault.rewrap({ batch: 2 }));
  expect(error).toBeInstanceOf(KekError);
  expect(error?.message).toContain(damaged.connectionId);
  const before = await keyRows();
  expect(before.keks.map(({ state }) => state).sort()).toEqual(['current', 'old']);
  expect(before.agency.filter(row => row.kek_fingerprint === one.fingerprint)).toHaveLength(1);
  // While it is not finished a start without the old key is refused.
  const early = await thrown(rig.another({ keks: { current: two, next: null } }).open());
  expect(early?.message).toContain('rotation of keys is not finished');
  await rig.tx(tx => rig.vault.destroy(tx, damaged));
  expect(await rig.vault.rewrap()).toMatchObject({ retired: [one.fingerprint] });
  for (const [ref, value] of stored) expect(await rig.get(ref, 'token')).toBe(ref === damaged ? null : value);
});

test('F-24: a third key does not take over before a rotation is finished, nor from a key that is not here', async () => {
  const third = rig.another({ keks: { current: one, next: kekNamed('three') } });
  await third.open();
  const stored = await fill(2, 2);
  const stopped = rig.vault.rewrap({
    progress: step => {
      if (step === 'agency key replaced') throw new Error('stopped here');
    },
  });
  expect((await thrown(stopped))?.message).toBe('stopped here');
  const before = await keyRows();
  expect((await thrown(third.rewrap()))?.message).toContain('before this one is not finished');
  expect(await keyRows()).toEqual(before);
  expect(await rig.vault.rewrap()).toMatchObject({ retired: [one.fingerprint] });
  const after = await keyRows();
  expect(await thrown(third.rewrap())).toMatchObject({ code: 'unavailable' });
  expect(await keyRows()).toEqual(after);
  for (const [ref, value] of stored) expect(await rig.get(ref, 'token')).toBe(value);
});

test('F-24: nothing is moved to a key that is not here, does not open its canary, or was retired', async () => {
  await fill(1, 1);
  const before = await keyRows();
  const imposter = { ...kekNamed('three'), fingerprint: two.fingerprint };
  expect(await thrown(rig.another({ keks: { current: one, next: imposter } }).rewrap())).toBeInstanceOf(KekError);
  expect(await thrown(rig.vault.rewrap({ to: kekNamed('three').fingerprint }))).toBeInstanceOf(KekError);
  expect(await keyRows()).toEqual(before);
  await rig.vault.rewrap();
  expect(await thrown(rig.vault.rewrap({ to: one.fingerprint }))).toBeInstanceOf(KekError);
});
