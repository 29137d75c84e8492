import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { secret } from '../../src/kernel/secret.ts';
import { deriveKey } from '../../src/platform/crypto/index.ts';
import { type Kek, KekError, localKek } from '../../src/platform/vault/index.ts';
import { createRig, kekBytes, kekNamed, newVaultRef, type Rig, thrown, vaultDump } from './rig.ts';

/** A key service that can be switched off. */
const service = { away: false };
const behindService = (kek: Kek): Kek => {
  const answer = async <T>(work: () => Promise<T>): Promise<T> => {
    if (service.away) throw Object.assign(new Error('no answer in 5 s'), { code: 'ETIMEDOUT' });
    return work();
  };
  return {
    fingerprint: kek.fingerprint,
    development: false,
    wrap: (key, context) => answer(() => kek.wrap(key, context)),
    unwrap: (wrapped, context) => answer(() => kek.unwrap(wrapped, context)),
  };
};

let rig: Rig;
let folder: string;
beforeAll(async () => {
  rig = await createRig({ keks: { current: behindService(kekNamed('one')), next: null } });
  folder = mkdtempSync(join(tmpdir(), 'astrix-keys-'));
});
afterAll(async () => {
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

const one = kekNamed('one');
const two = kekNamed('two');

describe('F-24: a key-encryption key that is wrong stops the boot, and nothing is written over', () => {
  const imposter: Kek = { ...two, fingerprint: one.fingerprint };
  const WRONG = [
    ['another key', { current: two, next: null }, [one.fingerprint, `ASTRIX_KEK is ${two.fingerprint}`]],
    [
      'another key, and another next one',
      { current: two, next: kekNamed('three') },
      [one.fingerprint, 'ASTRIX_KEK_NEXT'],
    ],
    ['a key that only says it is the right one', { current: imposter, next: null }, [one.fingerprint, 'canary']],
  ] as const;
  test.each(WRONG)('%s', async (_, keks, words) => {
    await rig.put(newVaultRef(), 'token', 'kept');
    const before = await vaultDump(rig.db);
    const error = await thrown(rig.another({ keks }).open());
    expect(error).toBeInstanceOf(KekError);
    for (const word of [...words, 'Nothing was changed']) expect(error?.message).toContain(word);
    expect(await vaultDump(rig.db)).toBe(before);
  });

  test('a canary that was damaged stops it as well, and the right key opens it again once it is back', async () => {
    const set = (canary: string) => rig.tx(tx => tx.updateTable('vault_keks').set({ canary }).execute());
    const { canary } = await rig.tx(tx => tx.selectFrom('vault_keks').select('canary').executeTakeFirstOrThrow());
    const good = canary ?? '';
    await set(`${good.slice(0, -1)}${good.endsWith('A') ? 'Q' : 'A'}`);
    expect((await thrown(rig.another().open()))?.message).toContain('does not open the canary');
    await set(good);
    await rig.another().open();
  });

  test('a start with the right key, and one with a next key beside it, succeed', async () => {
    await rig.another({ keks: { current: one, next: null } }).open();
    await rig.another({ keks: { current: two, next: one } }).open();
  });

  test('before it was opened a vault neither seals nor opens its own keys', async () => {
    const closed = rig.another();
    expect(await thrown(rig.tx(tx => closed.put(tx, newVaultRef(), 'token', secret('x'))))).not.toBeNull();
    expect(() => closed.namedKey('audit/v1')).toThrow('has not been opened');
  });
});

describe('F-24: a key service that does not answer', () => {
  test('a start says so; what was unwrapped serves five minutes, then work is refused until the service is back', async () => {
    const ref = newVaultRef();
    await rig.put(ref, 'token', 'before');
    expect(await rig.get(ref, 'token')).toBe('before');
    service.away = true;
    try {
      const start = await thrown(rig.another().open());
      expect(start).toBeInstanceOf(KekError);
      expect(start?.message).toContain('cannot be reached (no answer in 5 s)');
      rig.clock.advance(299);
      expect(await rig.get(ref, 'token')).toBe('before');
      rig.clock.advance(2);
      const before = await vaultDump(rig.db);
      for (const refused of [
        () => rig.get(ref, 'token'),
        () => rig.put(ref, 'token', 'after'),
        () => rig.put(ref, 'other', 'after'),
        () => rig.put(newVaultRef(), 'token', 'of a new agency'),
        () => rig.vault.rewrap({ to: one.fingerprint }),
      ]) {
        const error = await thrown(refused());
        expect(error === null ? 'done' : error instanceof AppError ? error.code : error.name).toMatch(
          /^(unavailable|KekError)$/,
        );
      }
      expect(await vaultDump(rig.db)).toBe(before);
    } finally {
      service.away = false;
    }
    expect(await rig.get(ref, 'token')).toBe('before');
    await rig.put(ref, 'token', 'after');
    expect(await rig.get(ref, 'token')).toBe('after');
  });
});

describe('VT-01, VT-06: production refuses a key that was made for development', () => {
  const env = (more: Record<string, string>) => ({
    ASTRIX_ENV: 'production',
    DATABASE_URL: 'postgres://127.0.0.1/x',
    ASTRIX_DATA_DIR: folder,
    ...more,
  });
  const good = kekBytes('production').toString('base64');

  test('a real one is taken', () => {
    expect(readConfig(env({ ASTRIX_KEK: good })).kek.development).toBe(false);
  });

  const developmentFile = () => {
    readConfig({ ASTRIX_ENV: 'development', ASTRIX_DATA_DIR: folder });
    return readFileSync(join(folder, 'development.kek'), 'utf8');
  };
  const REFUSED: readonly (readonly [string, () => string])[] = [
    ['zeros', () => Buffer.alloc(32).toString('base64')],
    ['one byte over and over', () => Buffer.alloc(32, 7).toString('base64')],
    ['the text of a development key file', developmentFile],
    ['the same without its mark, beside that file', () => developmentFile().replace('development:', '')],
    ['too short', () => Buffer.alloc(31, 1).toString('base64')],
    ['too long', () => kekBytes('x').toString('base64').replace('=', 'AAAA')],
    ['not base64', () => `${good.slice(0, 20)} ${good.slice(20)}`],
    ['a passphrase', () => 'correct horse battery staple'],
  ];
  test.each(REFUSED)('%s: refused, as the key and as the next one', (_, key) => {
    const text = key();
    const places: Record<string, string>[] = [{ ASTRIX_KEK: text }, { ASTRIX_KEK: good, ASTRIX_KEK_NEXT: text }];
    for (const kek of places) {
      const start = () => readConfig(env(kek));
      expect(start).toThrow(/openssl rand -base64 32/);
      try {
        start();
      } catch (error) {
        expect(String(error)).not.toContain(text);
      }
    }
  });

  test('the same key twice is no rotation', () => {
    expect(() => readConfig(env({ ASTRIX_KEK: good, ASTRIX_KEK_NEXT: good }))).toThrow('must be another key');
  });

  test('a database that was made with a development key is refused in production, by its own mark', async () => {
    const own = await createRig({ keks: { current: kekNamed('dev', true), next: null } });
    try {
      const keks = { current: kekNamed('dev'), next: null };
      await own.another({ keks }).open();
      expect((await thrown(own.another({ keks, production: true }).open()))?.message).toContain('made for development');
    } finally {
      await own.close();
    }
  });

  test('a development key file without a key in it is left as it is, and the start says so', () => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    writeFileSync(join(broken, 'development.kek'), 'half a k');
    expect(() => readConfig({ ASTRIX_DATA_DIR: broken })).toThrow('holds no key');
    expect(readFileSync(join(broken, 'development.kek'), 'utf8')).toBe('half a k');
  });

  test('a development key file of an earlier version, without the mark, still serves', () => {
    const earlier = mkdtempSync(join(folder, 'earlier-'));
    writeFileSync(join(earlier, 'development.kek'), kekBytes('earlier').toString('base64'));
    const { kek } = readConfig({ ASTRIX_DATA_DIR: earlier });
    expect(kek.bytes.reveal().equals(kekBytes('earlier'))).toBe(true);
    expect(kek.development).toBe(true);
  });
});

test('CR-04: a database comes up again with a copy of the key and nothing else, and without it stays shut', async () => {
  const ref = newVaultRef();
  await rig.put(ref, 'token', 'worth keeping');
  const escrow = localKek(secret(Buffer.from(kekBytes('one').toString('base64'), 'base64')));
  const restored = rig.another({ keks: { current: escrow, next: null } });
  await restored.open();
  expect((await rig.tx(tx => restored.get(tx, ref, 'token')))?.reveal()).toBe('worth keeping');
  const lost = rig.another({ keks: { current: kekNamed('a new one'), next: null } });
  expect(await thrown(lost.open())).toBeInstanceOf(KekError);
  expect(await thrown(rig.tx(tx => lost.get(tx, ref, 'token')))).toBeInstanceOf(AppError);
});

test('the keys of the installation keep the bytes that they had before there was a vault', async () => {
  const own = await createRig();
  try {
    for (const purpose of ['envelope/v1', 'audit/v1', 'refresh-token/v1'] as const)
      expect(own.vault.namedKey(purpose).equals(deriveKey(kekBytes('one'), purpose))).toBe(true);
  } finally {
    await own.close();
  }
});
