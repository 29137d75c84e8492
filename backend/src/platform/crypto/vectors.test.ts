import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { equalDigests, hmacSha256 } from './digests.ts';
import { openParts, SealBroken } from './envelope.ts';
import { readRsaKey, rs256Holds } from './rsa.ts';

type Vector = { readonly tcId: number; readonly msg: string; readonly result: 'valid' | 'invalid' | 'acceptable' };
type Sample = {
  readonly gcm: readonly (Vector & Readonly<Record<'key' | 'iv' | 'aad' | 'ct' | 'tag', string>>)[];
  readonly hmac: readonly (Vector & Readonly<Record<'key' | 'tag', string>>)[];
  readonly rsa: {
    readonly publicKeyPem: string;
    readonly tests: readonly (Vector & Readonly<Record<'sig' | 'comment', string>>)[];
  };
};
const sample = JSON.parse(readFileSync(join(import.meta.dirname, 'wycheproof.sample.json'), 'utf8')) as Sample;
const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe('vectors of Wycheproof: what others know to be right and wrong', () => {
  test.each(sample.gcm)('AES-256-GCM, case $tcId is $result', ({ key, iv, aad, msg, ct, tag, result }) => {
    const open = () => openParts(bytes(key), { nonce: bytes(iv), tag: bytes(tag), sealed: bytes(ct) }, bytes(aad));
    if (result === 'valid') expect(open().toString('hex')).toBe(msg);
    else expect(open).toThrow(SealBroken);
  });

  test.each(sample.hmac)('HMAC-SHA-256, case $tcId is $result', ({ key, msg, tag, result }) => {
    expect(equalDigests(hmacSha256(bytes(key), bytes(msg)), bytes(tag))).toBe(result === 'valid');
  });

  test.each(sample.rsa.tests)('RS256, case $tcId is $result: $comment', ({ msg, sig, result }) => {
    const key = readRsaKey(sample.rsa.publicKeyPem);
    expect(key).not.toBeNull();
    expect(rs256Holds(key!, bytes(msg), bytes(sig))).toBe(result === 'valid');
  });

  test('the sample holds right and wrong ones of each kind', () => {
    for (const cases of [sample.gcm, sample.hmac, sample.rsa.tests]) {
      expect(cases.filter(({ result }) => result === 'valid').length).toBeGreaterThanOrEqual(4);
      expect(cases.filter(({ result }) => result === 'invalid').length).toBeGreaterThanOrEqual(8);
    }
  });
});
