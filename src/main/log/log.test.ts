import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLog, redact } from './log.ts';

let folder: string;
let today = new Date('2026-11-21T10:00:00Z');
const now = () => today;
beforeEach(() => {
  today = new Date('2026-11-21T10:00:00Z');
  folder = mkdtempSync(join(tmpdir(), 'astrix-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const lines = (day = '2026-11-21') =>
  readFileSync(join(folder, `${day}.log`), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);

/** What must never be read in a log, in the forms in which it turns up. */
const SECRETS: readonly (readonly [string, string])[] = [
  ['phone', '919876543210'],
  ['phone', '+91 98765 43210'],
  ['phone', '+91-98765-43210'],
  ['phone', '(022) 2345 6789'],
  ['card', '4111 1111 1111 1111'],
  ['e-mail', 'asha.rao+shop@example.co.in'],
  ['access token', 'astrix-access-Zk3'],
  ['refresh token', 'astrix-refresh-a.b-c_d'],
  ['database key', '3f'.repeat(32)],
  ['bearer', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9eyJzdWIiOiIxIn0'],
  ['home path', join(homedir(), 'Documents')],
];

describe('what a line may say', () => {
  test.each(SECRETS)('AL-06: a %s (%s) is replaced, in the event and in every field', (_kind, secret) => {
    const log = openLog(folder, now);
    log(`failed for ${secret}`, { where: `x ${secret} y`, alone: secret });
    const written = readFileSync(join(folder, '2026-11-21.log'), 'utf8');
    expect(written).not.toContain(secret);
    expect(redact(secret)).not.toContain(secret);
  });

  test('AL-06: an id keeps its last three characters, so that two lines can be matched and nobody can be looked up', () => {
    expect(redact('conversation 0190b8a0-1111-7222-8333-44445555abc1 is gone')).toBe('conversation …bc1 is gone');
  });

  test('AL-06: numbers, words and codes of ours stay readable', () => {
    const log = openLog(folder, now);
    log('slow ipc', { channel: 'inbox.search', ms: 41, retried: false, code: 'ECONNREFUSED', none: null });
    expect(lines()).toEqual([
      {
        at: '2026-11-21T10:00:00.000Z',
        event: 'slow ipc',
        channel: 'inbox.search',
        ms: 41,
        retried: false,
        code: 'ECONNREFUSED',
        none: null,
      },
    ]);
  });

  test('AL-07: a secret between other texts is found wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SECRETS.map(([, secret]) => secret)),
        fc.string({ maxLength: 50 }),
        fc.string({ maxLength: 50 }),
        (secret, before, after) => !redact(`${before} ${secret} ${after}`).includes(secret),
      ),
      { numRuns: 2000 },
    );
  });

  test('AL-07: 100 000 texts of any kind are redacted without a throw and in a bounded length', () => {
    const prototype = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.stringMatching(/^[\d+() @.a-f_-]{0,120}$/),
      fc.constantFrom('__proto__', 'constructor', '$&', "$'", '$1', '\u0000', '\ud800'),
    );
    let seen = 0;
    fc.assert(
      fc.property(fc.array(text, { minLength: 100, maxLength: 100 }), texts => {
        for (const one of texts) {
          seen += 1;
          if (redact(one).length > Math.max(2000, one.length * 8)) return false;
        }
        return true;
      }),
      { numRuns: 1000 },
    );
    expect(seen).toBeGreaterThanOrEqual(100_000);
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(prototype);
  });

  test('AL-07: redacting twice changes nothing more', () => {
    for (const [, secret] of SECRETS) expect(redact(redact(`a ${secret} b`))).toBe(redact(`a ${secret} b`));
  });

  test('AL-07: texts made to send a pattern backwards again and again cost a fixed amount of work', () => {
    const evil = [
      'a'.repeat(200_000),
      '1 '.repeat(100_000),
      'a.'.repeat(100_000),
      `${'a@'.repeat(100_000)}`,
      '-'.repeat(200_000),
    ];
    // Only a bounded beginning is looked at, so the length of a text cannot matter.
    for (const text of evil) expect(redact(text).length).toBeLessThanOrEqual(2000);
  });
});

describe('logging never is what fails', () => {
  const hostile: readonly (readonly [string, unknown])[] = [
    [
      'an endless object',
      (() => {
        const endless: Record<string, unknown> = {};
        endless.self = endless;
        return endless;
      })(),
    ],
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    ['bytes', Buffer.from('bytes')],
    ['a big number', 1n],
    ['a symbol', Symbol('x')],
    ['nothing', undefined],
    [
      'own toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'a proxy that refuses',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ],
  ];
  test.each(hostile)('AL-07: %s as a field is no error', (_what, value) => {
    const log = openLog(folder, now);
    log('before');
    log('odd', { value: value as string });
    log('after');
    const events = lines().map(line => line.event);
    expect(events[0]).toBe('before');
    expect(events.at(-1)).toBe('after');
  });

  test('AL-07: fields that are themselves hostile are no error', () => {
    const log = openLog(folder, now);
    for (const [, value] of hostile) log('odd', value as never);
    log('still here');
    expect(lines().at(-1)?.event).toBe('still here');
  });

  test('a folder that cannot be made leaves a log that takes lines and drops them', () => {
    const file = join(folder, 'taken');
    writeFileSync(file, '');
    const log = openLog(join(file, 'logs'), now);
    expect(() => log('lost')).not.toThrow();
  });

  test('a log folder that is removed while running is no error', () => {
    const log = openLog(folder, now);
    rmSync(folder, { recursive: true });
    expect(() => log('lost')).not.toThrow();
  });
});

describe('files', () => {
  test('three days are kept, counted from today; files of others are left alone', () => {
    for (const name of ['2026-11-10.log', '2026-11-17.log', '2026-11-18.log', '2026-11-20.log', 'notes.txt'])
      writeFileSync(join(folder, name), '');
    openLog(folder, now)('start');
    expect(readdirSync(folder).sort()).toEqual(['2026-11-18.log', '2026-11-20.log', '2026-11-21.log', 'notes.txt']);
  });

  test('a new day begins a new file', () => {
    const log = openLog(folder, now);
    log('first');
    today = new Date('2026-11-22T00:00:01Z');
    log('second');
    expect(lines('2026-11-21')).toHaveLength(1);
    expect(lines('2026-11-22')).toHaveLength(1);
  });

  test('a file stops growing a little past 5 MiB', () => {
    const log = openLog(folder, now);
    writeFileSync(join(folder, '2026-11-21.log'), 'x'.repeat(5 * 1_048_576 + 1));
    log('one more');
    expect(statSync(join(folder, '2026-11-21.log')).size).toBe(5 * 1_048_576 + 1);
  });

  test.skipIf(process.platform === 'win32')('only the person who runs the console can read it', () => {
    openLog(folder, now)('start');
    expect(statSync(join(folder, '2026-11-21.log')).mode & 0o077).toBe(0);
  });

  test('AL-08: a text with line ends stays one line', () => {
    const log = openLog(folder, now);
    log('a\nb', { x: 'c\r\nd\u2028e' });
    expect(lines()).toHaveLength(1);
  });
});
