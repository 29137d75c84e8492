import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Db } from '../../src/platform/db/index.ts';
import { CALLBACK_ATTACKS } from './callback-attacks.ts';
import { carelessDb } from './careless.ts';
import { type Attack, runAttack } from './connect-attack.ts';
import { type ConnectRig, connectRig } from './rig.ts';
import { RECEIPT_ATTACKS, RIGHT_ATTACKS } from './session-attacks.ts';

let careless = false;
vi.mock('../../src/platform/crypto/index.ts', async original => {
  const real = await original<typeof import('../../src/platform/crypto/index.ts')>();
  return { ...real, equalDigests: (a: Buffer, b: Buffer) => careless || real.equalDigests(a, b) };
});

let rig: ConnectRig | null = null;
afterEach(async () => {
  careless = false;
  await rig?.close();
  rig = null;
});

const ALL: readonly Attack[] = [...CALLBACK_ATTACKS, ...RECEIPT_ATTACKS, ...RIGHT_ATTACKS];
const named = (name: string) => ALL.find(attack => attack.name === name) ?? Promise.reject(new Error(`no ${name}`));

/** A guard that is left out, and an attack that is stopped by nothing else. */
const MUTANTS: readonly (readonly [column: string, attack: string])[] = [
  ['session_id', 'the same person in another session claims'],
  ['session_id', 'the same person in another session confirms'],
  ['client_id', 'it is confirmed for another client'],
  ['provider', 'mix-up: at the address of another provider'],
  ['stage', 'replay: the same address once more'],
  ['ends_at', 'expired: ten minutes after the start'],
  ['state_hash', 'a state that nobody was given'],
];

describe('the runner turns red', () => {
  test.each(MUTANTS)('when %s is not compared: %s', async (column, attack) => {
    let skipped = () => 0;
    const over = (db: Db) => {
      const mutant = carelessDb(db, column);
      skipped = mutant.skipped;
      return mutant.db;
    };
    rig = await connectRig({ env: { ASTRIX_ROLE: 'api' }, over });
    await expect(runAttack(rig, await named(attack))).rejects.toThrow(/expected/);
    expect(skipped()).toBeGreaterThan(0);
  });

  test('when the receipt is not compared', async () => {
    rig = await connectRig({ env: { ASTRIX_ROLE: 'api' } });
    const attack = await named('confirmed with the wrong receipt');
    await runAttack(rig, attack);
    careless = true;
    await expect(runAttack(rig, attack)).rejects.toThrow(/expected/);
  });
});
