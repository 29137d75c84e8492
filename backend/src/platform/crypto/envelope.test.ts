import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyringFrom, newKey, open, openBytes, SealBroken, seal, sealBytes } from './index.ts';

const context = { use: 'secret', agency: 'a', client: 'c', connection: 'k', field: 'token', version: '1' };
const ring = keyringFrom(newKey());
const opened = (envelope: string, at: Readonly<Record<string, string>> = context, keys = ring) => {
  try {
    return open(keys, envelope, at);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
};

describe('CR-01: what is sealed opens as it was, or not at all', () => {
  test('any text, with and without letters beyond ASCII, comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        expect(opened(seal(ring, text, context))).toBe(text);
      }),
    );
  });

  test('every single bit of every part, flipped in the bytes', () => {
    for (const text of ['', 'x', 'EAAG-access-token-of-a-channel']) {
      const parts = seal(ring, text, context).split('.');
      for (const part of [2, 3, 4]) {
        const bytes = Buffer.from(parts[part] ?? '', 'base64url');
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const changed = Buffer.from(bytes);
          changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const forged = parts.with(part, changed.toString('base64url')).join('.');
          expect(opened(forged), `${text}: bit ${bit} of part ${part}`).toBeNull();
        }
      }
    }
  });

  test('every character of the text replaced by every other one: no second spelling opens', () => {
    const envelope = seal(ring, 'a token', context);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ';
    for (let at = 0; at < envelope.length; at++)
      for (const letter of letters) {
        if (letter === envelope[at]) continue;
        const forged = envelope.slice(0, at) + letter + envelope.slice(at + 1);
        expect(opened(forged), `${letter} at ${at} of ${envelope}`).toBeNull();
      }
  });

  test('nothing may be cut off, added or repeated', () => {
    const envelope = seal(ring, 'a token', context);
    for (let at = 0; at < envelope.length; at++) expect(opened(envelope.slice(0, at))).toBeNull();
    const [format, version, nonce, tag, sealed] = envelope.split('.');
    for (const forged of [
      `${envelope}.`,
      `${envelope}.x`,
      ` ${envelope}`,
      `${envelope}\n`,
      `${envelope}==`,
      `v2.${version}.${nonce}.${tag}.${sealed}`,
      `${format}.01.${nonce}.${tag}.${sealed}`,
      `${format}.1e0.${nonce}.${tag}.${sealed}`,
      `${format}.2.${nonce}.${tag}.${sealed}`,
      `${format}.${version}.${nonce}.${tag?.slice(0, 16)}.${sealed}`,
      `${format}.${version}..${tag}.${sealed}`,
    ])
      expect(opened(forged), forged).toBeNull();
  });

  test('another key, another version of the key, and every part of the context', () => {
    const envelope = seal(ring, 'a token', context);
    expect(opened(envelope, context, keyringFrom(newKey()))).toBeNull();
    const key = [...ring.keys.values()][0] as Buffer;
    const asSecond = envelope.replace('v1.1.', 'v1.2.');
    expect(opened(asSecond, context, keyringFrom(key, 2))).toBeNull();
    for (const part of Object.keys(context)) {
      expect(opened(envelope, { ...context, [part]: 'other' }), part).toBeNull();
      const { [part as 'use']: _, ...without } = context;
      expect(opened(envelope, without), part).toBeNull();
    }
    expect(opened(envelope)).toBe('a token');
  });

  test('whatever is not an envelope is refused in the same way', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => opened(text) === null));
    for (const text of ['', 'v1', 'v1.1.a.b.c', 'v1.1....']) expect(opened(text)).toBeNull();
  });

  test('bytes that are no text survive', () => {
    const bytes = Buffer.from([0, 255, 128, 0xc3, 0x28]);
    expect(openBytes(ring, sealBytes(ring, bytes, context), context).equals(bytes)).toBe(true);
  });
});

test('VT-04: a hundred thousand seals of the same value under one key never use a nonce twice', () => {
  const nonces = new Set<string>();
  const value = Buffer.from('the same value');
  for (let n = 0; n < 100_000; n++) nonces.add(sealBytes(ring, value, {}).split('.', 3)[2] ?? '');
  expect(nonces.size).toBe(100_000);
  expect([...nonces].filter(nonce => nonce.length !== 16)).toEqual([]);
});
