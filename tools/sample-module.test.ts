import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Checkout, copyCheckout, readSample } from '../testkit/checkout.ts';

/** Each step compiles or runs a whole checkout; the limit only ends a step that hangs. */
const STEP_MS = 600_000;

const sample = readSample('parcels');
let checkout: Checkout;
beforeAll(() => {
  checkout = copyCheckout();
  for (const file of sample.files) {
    mkdirSync(dirname(join(checkout.root, file)), { recursive: true });
    cpSync(join(sample.folder, file), join(checkout.root, file));
  }
  checkout.add(sample.lines);
}, STEP_MS);
afterAll(() => checkout?.remove());

const bin = (name: string, entry: string) => join('node_modules', name, entry);
const types = (project: string) => checkout.node([bin('typescript', 'bin/tsc'), '-p', project]);
const suites = (project: string, ...files: string[]) =>
  checkout.node([bin('vitest', 'vitest.mjs'), 'run', '--project', project, '--reporter=dot', ...files]);

describe('a module is declared once', () => {
  test('it adds at most five lines to files that exist; everything else is in folders of its own name', () => {
    expect(sample.lines.length).toBeLessThanOrEqual(5);
    for (const file of sample.files) expect(file.replaceAll('\\', '/')).toMatch(/(^|[/_])parcels[./]/);
  });

  test('the guide shows exactly these lines', () => {
    const guide = readFileSync(join(import.meta.dirname, '..', 'docs', 'guides', 'add-a-module.md'), 'utf8');
    const shown = [...guide.matchAll(/^--- (.+)\n\+ (.+)$/gm)].map(([, file, line]) => ({ file, line }));
    expect(shown).toEqual(sample.lines);
  });

  test('with them the whole checkout compiles', { timeout: STEP_MS }, () => {
    expect(types('.')).toMatchObject({ status: 0, output: '' });
    expect(types('src/renderer')).toMatchObject({ status: 0, output: '' });
  });

  test('routes, roles, tenancy, feed, cache, outbox and channels work for it without another line', {
    timeout: STEP_MS,
  }, () => {
    const backend = suites('backend', 'parcels', 'backend/test/tenancy/registry', 'backend/test/tenancy/foreign');
    expect(backend.status, backend.output.slice(-6000)).toBe(0);
    const consoleSide = suites('console', 'parcels', 'src/main/cache/stores', 'src/renderer/app');
    expect(consoleSide.status, consoleSide.output.slice(-6000)).toBe(0);
  });
});

describe('what is forgotten does not compile, or does not boot and is named', () => {
  const migration = 'backend/migrations/0900_parcels.sql';
  const without = (text: string) => (source: string) => {
    if (!source.includes(text)) throw new Error(`The file no longer holds: ${text}`);
    return source.replace(text, '');
  };
  // A missing handler and a missing reader do not compile either: backend/src/composition shows it without a whole compilation.
  test('the line of the feature: does not compile', { timeout: STEP_MS }, () => {
    const file = 'contract/features.ts';
    const before = checkout.read(file);
    checkout.write(file, without(sample.lines[0]!.line)(before));
    const { status, output } = types('.');
    checkout.write(file, before);
    expect(status).not.toBe(0);
    expect(output).toContain('"parcels"');
  });

  /** Boots the backend of the checkout on an empty embedded database and answers what it says. */
  const boot = () => checkout.node(['testkit/boot.ts'], { ASTRIX_ENV: 'test', ASTRIX_LOG_LEVEL: 'silent' });
  const UNDECLARED: readonly (readonly [string, string, (source: string) => string, string])[] = [
    [
      'the line of the module',
      'backend/src/modules.ts',
      without(sample.lines[1]!.line),
      'The feature parcels has no module. Add backend/src/modules/parcels/index.ts',
    ],
    ['the comment of the table', migration, source => source.replace(/^comment on table.*$/m, ''), 'table parcels'],
    [
      'the feed of the collection',
      migration,
      source => source.replace("synced => 'parcels', ", ''),
      'collection parcels',
    ],
    [
      'the expiry of rows with a period',
      'contract/parcels/index.ts',
      without('  expiresAt: Instant,\n'),
      'have no expiresAt',
    ],
  ];
  test('whole, it boots', { timeout: STEP_MS }, () => expect(boot()).toMatchObject({ status: 0 }));
  test.each(UNDECLARED)(
    '%s: does not boot',
    (_what, file, change, words) => {
      const before = checkout.read(file);
      checkout.write(file, change(before));
      const { status, output } = boot();
      checkout.write(file, before);
      expect(status, output).not.toBe(0);
      expect(output).toContain(words);
    },
    STEP_MS,
  );
});
