import { ROLES } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { GIVEN, type Given, suffices } from './suffices.ts';

/** Every subset of what can be given, 128 of them. */
const SUBSETS = Array.from({ length: 2 ** GIVEN.length }, (_, bits) => GIVEN.filter((_, n) => bits & (1 << n)));

/** Sets of things without a second factor: whatever else is shown with them, only these are there. */
const single = (given: readonly Given[]) => given.every(one => ['password', 'link', 'oidc'].includes(one));

describe('AU-10: what suffices for a role', () => {
  test.each(ROLES)('%s: each of 128 combinations', role => {
    for (const given of SUBSETS) {
      const isFirst = given.some(one => ['password', 'link', 'oidc', 'passkey'].includes(one));
      expect(suffices(role, given), given.join('+')).toBe(isFirst && (role === 'client' || !single(given)));
    }
  });

  test('a second factor alone, and nothing at all, open nothing', () => {
    for (const role of ROLES)
      for (const given of [[], ['totp'], ['recovery'], ['provider'], ['totp', 'recovery']] as const)
        expect(suffices(role, given), `${role} ${given.join('+')}`).toBe(false);
  });
});
