import { describe, expect, it } from 'vitest';
import { dayIn } from './days.ts';
import { explainGoogle, scaled, secondsOf } from './google.ts';

const older = (code: number, reason: string, message = 'words') => ({
  error: { code, message, errors: [{ domain: 'global', reason, message }] },
});
const newer = (code: number, status: string, details: readonly object[] = [], message = 'words') => ({
  error: { code, message, status, details },
});
const info = (reason: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
});

describe('errors of Google APIs', () => {
  it.each([
    [401, older(401, 'authError'), { kind: 'reauth', code: 'authError' }],
    [401, newer(401, 'UNAUTHENTICATED'), { kind: 'reauth', code: 'UNAUTHENTICATED' }],
    [
      403,
      newer(403, 'PERMISSION_DENIED', [info('ACCESS_TOKEN_SCOPE_INSUFFICIENT')]),
      { kind: 'permanent', code: 'scope' },
    ],
    [403, older(403, 'insufficientPermissions'), { kind: 'permanent', code: 'scope' }],
    [403, older(403, 'appNotAuthorizedToFile'), { kind: 'permanent', code: 'appNotAuthorizedToFile', reason: 'words' }],
    [403, newer(403, 'PERMISSION_DENIED', [info('SERVICE_DISABLED')]), { kind: 'permanent', code: 'SERVICE_DISABLED' }],
    [404, older(404, 'notFound'), { kind: 'permanent', code: 'notFound' }],
    [400, [newer(400, 'INVALID_ARGUMENT')], { kind: 'permanent', code: 'INVALID_ARGUMENT' }],
    [403, older(403, 'userRateLimitExceeded'), { kind: 'retry', afterSeconds: null }],
    [403, older(403, 'dailyLimitExceeded'), { kind: 'retry' }],
    [429, newer(429, 'RESOURCE_EXHAUSTED'), { kind: 'retry', reason: 'rate-limited', afterSeconds: null }],
    [
      429,
      newer(429, 'RESOURCE_EXHAUSTED', [
        info('RATE_LIMIT_EXCEEDED'),
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12.2s' },
      ]),
      { kind: 'retry', afterSeconds: 13 },
    ],
  ])('%i %j', (status, body, expected) => {
    expect(explainGoogle(body, status)).toMatchObject(expected);
  });

  it('says nothing about a reply that is no error, a fault of the server, and a body that it does not know', () => {
    expect(explainGoogle({ error: { message: 'a file called error' } }, 200)).toBeNull();
    expect(explainGoogle(newer(503, 'UNAVAILABLE'), 503)).toBeNull();
    expect(explainGoogle({ error: 'invalid_grant' }, 400)).toBeNull();
    expect(explainGoogle('Not Found', 404)).toBeNull();
  });

  it('F-08: an error inside of a 200 is an error, and no empty list', () => {
    expect(explainGoogle(newer(500, 'INTERNAL'), 200)).toEqual({ kind: 'retry', reason: 'provider-error' });
    expect(explainGoogle(newer(401, 'UNAUTHENTICATED'), 200)).toMatchObject({ kind: 'reauth' });
    expect(explainGoogle(newer(403, 'PERMISSION_DENIED'), 200)).toMatchObject({ kind: 'permanent' });
  });

  it('takes a delay up to whole seconds, and none that is not one', () => {
    expect([secondsOf('0.1s'), secondsOf('1800s'), secondsOf('soon'), secondsOf(undefined)]).toEqual([
      1,
      1800,
      null,
      null,
    ]);
  });
});

describe('numbers as digits', () => {
  it.each([
    ['1.005', 2, 101],
    ['1.004', 2, 100],
    ['-2.5', 0, -3],
    ['12345678', -4, 1235],
    ['5000', -4, 1],
    ['4999', -4, 0],
    ['3.5', 4, 35_000],
    ['0.00004', 4, 0],
    ['-0.00004', 4, 0],
    ['1e-7', 4, 0],
    ['1.2345678E7', 2, 1_234_567_800],
    ['0', 2, 0],
  ])('%s by 10^%i is %i', (text, places, expected) => {
    expect(scaled(text, places)).toBe(expected);
  });

  it.each(['NaN', 'Infinity', '', ' 1', '1,5', '0x10', '1e400', '99999999999999999999'])('refuses «%s»', text => {
    expect(() => scaled(text, 2)).toThrow(RangeError);
  });
});

describe('days of an account', () => {
  const late = new Date('2026-03-01T19:30:00Z');
  it('begins where the account is, and crosses the end of a month', () => {
    expect(dayIn('Asia/Kolkata', late)).toBe('2026-03-02');
    expect(dayIn('America/Los_Angeles', late)).toBe('2026-03-01');
    expect(dayIn('Asia/Calcutta', late, 2)).toBe('2026-02-28');
  });
  it('counts a zone that is unknown here as UTC', () => {
    expect(dayIn('Mars/Olympus', late)).toBe('2026-03-01');
  });
});
