import { describe, expect, test } from 'vitest';
import { explainLogin, explainMeta } from './errors.ts';

describe('refusals of Meta', () => {
  const error = (code: number, more: object = {}) => ({
    error: { message: 'm', type: 'OAuthException', code, ...more },
  });

  test.each([
    [190, { error_subcode: 460 }, 'reauth', 'The password of the Facebook account was changed.'],
    [190, { error_subcode: 999 }, 'reauth', 'Meta no longer accepts this access.'],
    [102, {}, 'reauth', 'Meta no longer accepts this access.'],
    [10, {}, 'permanent', 'A permission is missing: m'],
    [273, {}, 'permanent', 'A permission is missing: m'],
    [368, {}, 'permanent', 'm'],
    [100, { error_subcode: 1487534 }, 'permanent', 'Meta finds that too much data was asked for at once.'],
  ])('code %i %o is %s', (code, more, kind, reason) => {
    expect(explainMeta(error(code, more), 400, {})).toMatchObject({ kind, reason });
  });

  test.each([4, 17, 32, 341, 613, 80000, 80007, 80002, 80004, 80008, 80014])(
    'EG-03: code %i is an allowance that is used up',
    code => {
      expect(explainMeta(error(code), 400, {})).toEqual({ kind: 'retry', reason: 'rate-limited', afterSeconds: 300 });
    },
  );

  test.each([130_429, 131_000, 131_016, 131_056, 131_057, 133_004])('EG-03: code %i may be repeated soon', code => {
    for (const status of [400, 429, 500])
      expect(explainMeta(error(code), status, {})).toEqual({ kind: 'retry', reason: `code-${code}` });
  });

  test.each([100, 131_005, 131_026, 131_047])('code %i is no reason to repeat or to reconnect', code => {
    expect(explainMeta(error(code), 400, {})).toMatchObject({ kind: 'permanent', code: String(code) });
  });

  test('a dead credential inside of a server error may be a fault of the server: it is asked again', () => {
    expect(explainMeta(error(0), 401, {})).toMatchObject({ kind: 'reauth', code: '0' });
    expect(explainMeta(error(190), 500, {})).toEqual({ kind: 'retry', reason: 'code-190' });
    expect(explainMeta(error(190, { is_transient: true }), 400, {})).toMatchObject({ kind: 'retry' });
  });

  test('EG-03: a 429 with any other code waits as long as the usage headers say', () => {
    const usage = { 'x-business-use-case-usage': '{"1":[{"estimated_time_to_regain_access":2}]}' };
    expect(explainMeta(error(9999), 429, usage)).toMatchObject({ reason: 'rate-limited', afterSeconds: 120 });
  });

  test('the words of the product come before those of the Graph', () => {
    const details = { error_data: { details: 'd' } };
    expect(explainMeta(error(131_009, details), 400, {})).toMatchObject({ reason: 'd' });
    expect(explainMeta(error(131_009, { ...details, error_user_msg: 'u' }), 400, {})).toMatchObject({ reason: 'u' });
    expect(explainMeta(error(131_009, { message: '', error_data: 'odd' }), 400, {})).toMatchObject({
      reason: 'code 131009',
    });
  });

  test('too few viewers are no permission that is missing, and what does not reach the account says who could', () => {
    const few = error(10, { message: '(#10) Not enough viewers for the media to show insights' });
    expect(explainMeta(few, 400, {})).toMatchObject({
      kind: 'permanent',
      code: 'too-few-viewers',
      next: expect.stringMatching(/^No action needed/),
    });
    const unreachable = error(100, { error_subcode: 33, message: 'cannot be loaded due to missing permissions' });
    expect(explainMeta(unreachable, 400, {})).toMatchObject({
      kind: 'permanent',
      code: '100',
      next: expect.stringMatching(/^Reconnect with a person who has access/),
    });
    expect(explainMeta(error(100), 400, {})).not.toHaveProperty('next');
  });

  test('a transient fault of Meta is repeated; also one inside of a 200', () => {
    for (const body of [error(1), error(2), error(77, { is_transient: true })])
      expect(explainMeta(body, 200, {})).toMatchObject({ kind: 'retry' });
    expect(explainMeta(error(9999), 503, {})).toMatchObject({ kind: 'retry' });
  });

  test('a body that is no error is not explained', () => {
    for (const body of [null, [], 'x', {}, { error: 'invalid_grant' }, { data: [] }]) {
      expect(explainMeta(body, 200, {})).toBeNull();
      expect(explainLogin(body, 400, {})).toBeNull();
    }
  });
});
