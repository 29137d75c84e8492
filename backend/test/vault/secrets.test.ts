import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secret } from '../../src/kernel/secret.ts';
import { newKey } from '../../src/platform/crypto/index.ts';
import { createRig, dumpOf, kekBytes, newVaultRef, openedBy, type Rig, thrown } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ sealsLimit: 4 });
});
afterAll(() => rig.close());

const canary = () => `canary-${newKey().toString('hex')}`;
/** The ways in which bytes may stand in a dump. */
const spellings = (value: string | Buffer) => {
  const bytes = Buffer.from(value);
  return [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    bytes.toString('base64').slice(0, -4),
    bytes.toString('base64url'),
  ];
};

describe('VT-01: secrets are in no table', () => {
  test('neither the secrets nor the key-encryption key are in a dump of every table, nor in the files of the database', async () => {
    const values = [canary(), canary(), canary()];
    const ref = newVaultRef();
    for (const [n, value] of values.entries()) await rig.put(ref, `field-${n}`, value);
    await rig.tx(tx => rig.vault.swap(tx, ref, 'field-0', 1, secret(values[2] ?? '')));
    for (const [n, value] of values.entries())
      expect(await rig.get(ref, `field-${n}`)).toBe(n === 0 ? values[2] : value);
    const places = { tables: await dumpOf(rig.db) } as Record<string, string>;
    const files = await rig.db.internals.dump?.();
    if (files) places.files = Buffer.from(await files.arrayBuffer()).toString('latin1');
    for (const [where, text] of Object.entries(places)) {
      // What is not secret is found: the search looks at the right place.
      expect(text.includes('field-1'), where).toBe(true);
      for (const value of [...values, kekBytes('one')])
        for (const spelling of spellings(value)) expect(text.includes(spelling), where).toBe(false);
    }
  });

  test('VT-05: a secret that is printed, and what is told about it, show four characters at the most', async () => {
    const ref = newVaultRef();
    const long = canary();
    await rig.put(ref, 'long', long);
    await rig.put(ref, 'short', 'only-15-letters');
    await rig.put(ref, 'twin', long);
    const facts = await rig.tx(tx => rig.vault.describe(tx, ref));
    expect(facts.map(({ name, last4 }) => [name, last4])).toEqual([
      ['long', long.slice(-4)],
      ['short', null],
      ['twin', long.slice(-4)],
    ]);
    expect(JSON.stringify(facts)).not.toContain(long.slice(-5));
    const prints = await rig.tx(async tx => `${await rig.vault.get(tx, ref, 'long')}`);
    expect(prints).toBe('[redacted]');
    // Keyed, and per agency: the same value elsewhere has another fingerprint, and no dictionary helps without the key.
    expect(facts[0]?.fingerprint).toBe(facts[2]?.fingerprint);
    const elsewhere = newVaultRef();
    await rig.put(elsewhere, 'long', long);
    const [other] = await rig.tx(tx => rig.vault.describe(tx, elsewhere));
    expect(other?.fingerprint).not.toBe(facts[0]?.fingerprint);
  });
});

describe('VT-04: the uses of a data key are counted', () => {
  test('at the limit the next version seals, everything stays readable, and what nobody needs is destroyed', async () => {
    const ref = newVaultRef();
    const keys = () =>
      rig.tx(tx =>
        tx
          .selectFrom('vault_data_keys')
          .select(['version', 'seals', 'wrapped'])
          .where('connection_id', '=', ref.connectionId)
          .orderBy('version')
          .execute(),
      );
    await rig.put(ref, 'kept', 'never replaced');
    for (let n = 1; n <= 3; n++) await rig.put(ref, 'often', `value ${n}`);
    expect((await keys()).map(({ seals }) => seals)).toEqual([4]);
    for (let n = 4; n <= 12; n++) {
      await rig.put(ref, 'often', `value ${n}`);
      expect(await rig.get(ref, 'often')).toBe(`value ${n}`);
      expect(await rig.get(ref, 'kept')).toBe('never replaced');
    }
    const found = await keys();
    expect(found.map(({ seals }) => seals)).toEqual([4, 4, 4, 1]);
    // The first still opens `kept`, the last one seals; those in between are gone.
    expect(found.map(({ wrapped }) => wrapped !== null)).toEqual([true, false, false, true]);
  });
});

describe('VT-12: compare and swap', () => {
  test('of twenty who replace the same version one wins, and its value stays', async () => {
    const ref = newVaultRef();
    const version = await rig.put(ref, 'refresh', 'first');
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        rig.tx(tx => rig.vault.swap(tx, ref, 'refresh', version, secret(`by ${n}`))),
      ),
    );
    const winners = results.flatMap(({ swapped }, n) => (swapped ? [n] : []));
    expect(winners).toHaveLength(1);
    expect(results.every(result => result.version === version + 1)).toBe(true);
    expect(await rig.get(ref, 'refresh')).toBe(`by ${winners[0]}`);
  });

  test('of twenty first writers who expect nothing one wins, also of a new agency', async () => {
    const ref = newVaultRef();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => rig.tx(tx => rig.vault.swap(tx, ref, 'refresh', null, secret(`by ${n}`)))),
    );
    const winners = results.flatMap(({ swapped }, n) => (swapped ? [n] : []));
    expect(winners).toHaveLength(1);
    expect(await rig.get(ref, 'refresh')).toBe(`by ${winners[0]}`);
    const keys = await rig.tx(tx =>
      tx.selectFrom('vault_agency_keys').select('version').where('agency_id', '=', ref.agencyId).execute(),
    );
    expect(keys).toHaveLength(1);
  });

  test('a swap of what is not there, or of another version, changes nothing', async () => {
    const ref = newVaultRef();
    const swap = (expected: number | null) => rig.tx(tx => rig.vault.swap(tx, ref, 'refresh', expected, secret('new')));
    expect(await swap(1)).toEqual({ swapped: false, version: null });
    expect(await rig.get(ref, 'refresh')).toBeNull();
    await rig.put(ref, 'refresh', 'one');
    for (const expected of [null, 0, 2]) expect(await swap(expected)).toEqual({ swapped: false, version: 1 });
    expect(await rig.get(ref, 'refresh')).toBe('one');
  });

  test('a transaction that is rolled back leaves the value before it', async () => {
    const ref = newVaultRef();
    await rig.put(ref, 'access', 'before');
    await thrown(
      rig.tx(async tx => {
        await rig.vault.put(tx, ref, 'access', secret('after'));
        expect(await openedBy(rig.vault, tx, ref, 'access')).toBe('after');
        throw new Error('undo');
      }),
    );
    expect(await rig.get(ref, 'access')).toBe('before');
  });
});

test('VT-14: a secret is stale twelve months after it was last replaced, to the second', async () => {
  const ref = newVaultRef();
  await rig.put(ref, 'access', 'a value of some length');
  const start = rig.clock.now();
  const facts = async () => (await rig.tx(tx => rig.vault.describe(tx, ref)))[0];
  const later = new Date(start);
  later.setUTCFullYear(start.getUTCFullYear() + 1);
  rig.clock.set(new Date(later.getTime() - 1000));
  expect(await facts()).toMatchObject({ stale: false, ageDays: 364, createdAt: start });
  rig.clock.set(later);
  expect(await facts()).toMatchObject({ stale: true, ageDays: 365 });
  await rig.put(ref, 'access', 'replaced by another one');
  expect(await facts()).toMatchObject({ stale: false, ageDays: 0, createdAt: start, rotatedAt: later, version: 2 });
});
