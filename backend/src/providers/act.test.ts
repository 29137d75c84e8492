import { ACTS, type ActName, actOf, CAPABILITY_NAMES } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../platform/egress/index.ts';
import { actOutcome } from './act.ts';

const ok = { kind: 'ok', data: { id: 'x1' }, status: 201, headers: {}, bytes: 2 } as const;
const FAILED: readonly (readonly [Exclude<Outcome<never>, { kind: 'ok' }>, 'refused' | 'unknown'])[] = [
  [{ kind: 'retry', afterSeconds: 5, reason: 'rate-limited', status: 429 }, 'refused'],
  [{ kind: 'reauth', code: 'http-401', reason: 'expired', status: 401 }, 'refused'],
  [{ kind: 'permanent', code: 'http-400', reason: 'no such project', status: 400 }, 'refused'],
  [{ kind: 'refused', reason: 'switched-off' }, 'refused'],
  [{ kind: 'ambiguous', reason: 'timeout', status: null }, 'unknown'],
  [{ kind: 'malformed', reason: 'schema', stale: true, status: 200 }, 'unknown'],
];

describe('EG-04: the outcome of the call that changes something', () => {
  test('is done with what the reply says', () => {
    expect(actOutcome(ok, ({ id }) => ({ id }))).toEqual({ kind: 'done', result: { id: 'x1' } });
  });

  test.each(FAILED)('%o makes its act %s', (outcome, kind) => {
    const act = actOutcome<never, never>(outcome, nothing => nothing);
    expect(act).toEqual(kind === 'unknown' ? { kind } : { kind, failed: outcome });
  });
});

test('the name of an act begins with the capability that it belongs to', () => {
  for (const name of Object.keys(ACTS) as ActName[]) {
    expect(CAPABILITY_NAMES).toContain(actOf(name).capability);
    expect(name.startsWith(`${actOf(name).capability}.`), name).toBe(true);
  }
});

describe('money in the input of an act', () => {
  const input = { amountMinor: 129_950, currency: 'INR', description: 'Order' };
  test.each([0, -1, 0.5, 100_000_000, '129950', Number.NaN])('as %s is no amount in minor units', amountMinor => {
    expect(actOf('payments.create-link').input.safeParse({ ...input, amountMinor }).success).toBe(false);
  });
});
