import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
/** A copy without its history, such as an archive, cannot be searched that way. */
const hasGit = git('rev-parse', '--git-dir').status === 0;

/** What keys of these issuers look like; each alternative is built so that this file does not match itself. */
const LOOKS_LIKE = [
  'A(KI|SI)A[0-9A-Z]{16}',
  'E(AA)[A-Za-z0-9]{40,}',
  '-{5}BEGIN [A-Z ]*PRIVATE K(EY)',
  'gh[pousr]_[A-Za-z0-9]{36}',
  'xo(x)[abps]-[0-9A-Za-z-]{20,}',
  'AI(za)[0-9A-Za-z_-]{35}',
  'ASTRIX_KEK(_NEXT)?=[A-Za-z0-9+/]{43}=',
];

describe('VT-06: no secrets in the repository', () => {
  test('the patterns see what they should', () => {
    const examples = [
      `AKI${'AABCDEFGHIJKLMNOP'}`,
      `EA${'A'.repeat(50)}`,
      `-----BEGIN RSA PRIVATE ${'KEY'}`,
      `ghp_${'a1'.repeat(18)}`,
      `xox${'b-1234567890-1234567890'}`,
      `AI${'za'}${'a'.repeat(35)}`,
      `ASTRIX_KEK=${'a'.repeat(43)}=`,
    ];
    for (const [n, example] of examples.entries()) expect(example).toMatch(new RegExp(LOOKS_LIKE[n] ?? 'nothing'));
  });

  test.runIf(hasGit)('in no file that is kept', () => {
    const files = git('ls-files', '-z').stdout.split('\0').filter(Boolean);
    expect(files.length).toBeGreaterThan(200);
    const all = new RegExp(LOOKS_LIKE.join('|'));
    const found = files.filter(file => {
      try {
        return all.test(readFileSync(join(root, file), 'latin1'));
      } catch {
        // Deleted and not committed yet.
        return false;
      }
    });
    expect(found).toEqual([]);
  });

  test.runIf(hasGit)('nor in any that ever was', () => {
    const log = git('log', '--all', '--format=%h', '-E', `-G${LOOKS_LIKE.join('|')}`);
    expect(log.stderr).toBe('');
    expect(log.stdout).toBe('');
  });
});

describe('VT-06: a credential of the old system in the environment stops the start', () => {
  const NAMES = ['WHATSAPP_TOKEN', 'WHATSAPP_ACCESS_TOKEN', 'META_APP_SECRET', 'WABA_API_KEY', 'WHATSAPP_VERIFY_TOKEN'];
  test.each(NAMES)('%s: refused by name, its value is not repeated', name => {
    const start = () => readConfig({ ASTRIX_ENV: 'production', [name]: 'a-forgotten-credential' });
    expect(start).toThrow(ConfigError);
    try {
      start();
    } catch (error) {
      expect(String(error)).toContain(`${name} is a credential of the old system`);
      expect(String(error)).not.toContain('a-forgotten-credential');
    }
  });
});
