import { describe, expect, test } from 'vitest';
import { acceptedStep, currentCode } from './totp.ts';

/** The secret of RFC 6238, appendix B (`12345678901234567890`), in base32, and the last six digits of its SHA-1 column. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;
const at = (seconds: number) => new Date(seconds * 1000);

describe('RFC 6238, appendix B', () => {
  test.each(VECTORS)(
    'at %i seconds the code is %s, and the step before and after take it as well',
    async (seconds, code) => {
      expect((await currentCode(SECRET, at(seconds))).code).toBe(code);
      const step = Math.floor(seconds / 30);
      for (const drift of [-30, 0, 30]) expect(await acceptedStep(SECRET, code, at(seconds + drift))).toBe(step);
      for (const drift of [90, 3600]) expect(await acceptedStep(SECRET, code, at(seconds + drift))).toBeNull();
    },
  );

  test.each(['', '28708', '2870820', '28708a', ' 287082', '２８７０８２'])('%j is no code', async code => {
    expect(await acceptedStep(SECRET, code, at(59)).catch(() => null)).toBeNull();
  });
});
