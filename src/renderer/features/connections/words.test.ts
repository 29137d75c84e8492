import type { CatalogueEntry, ConnectionView, DataGap, HealthView } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { answers, conditionOf, gapWords, isBroken, isPossible, isPressing } from './words.ts';

const health = (status: HealthView['status']) => [{ status }] as ConnectionView['health'];
const connection = (more: Partial<ConnectionView> = {}): ConnectionView =>
  ({ status: 'active', off: false, fix: 'none', fault: null, health: health('ok'), ...more }) as ConnectionView;

describe('how a connection is, in one word', () => {
  test.each([
    ['Working', {}],
    ['Not used yet', { health: health('unknown') }],
    ['Not used yet', { health: [] }],
    ['Permissions missing', { health: health('gated') }],
    ['Needs attention', { fix: 'rotate' }],
    ['Failing', { health: health('failing'), fix: 'recheck' }],
    ['Broken', { status: 'broken', health: health('failing') }],
    ['Turned off', { status: 'broken', off: true }],
    ['Disconnecting', { status: 'disconnecting', off: true }],
  ] as const)('%s', (word, more) => {
    expect(conditionOf(connection(more as Partial<ConnectionView>)).word).toBe(word);
  });

  test('what broke is shown on every screen, what an admin turned off is not', () => {
    const failing = { health: health('failing') };
    expect(
      [{}, failing, { status: 'broken' } as const, { ...failing, off: true }].map(more => isBroken(connection(more))),
    ).toEqual([false, true, true, false]);
  });

  test('what works or was never tried does not press', () => {
    expect([{}, { health: [] }].map(more => isPressing(connection(more)))).toEqual([false, false]);
    expect(isPressing(connection({ fix: 'rotate' }))).toBe(true);
  });
});

describe('what a read left out', () => {
  const gap = (kind: DataGap['kind'], rows: number): DataGap => ({ kind, rows, why: 'why' });

  test.each([
    [[], []],
    [[gap('row-left-out', 1)], ['1 row could not be read.']],
    [[gap('row-left-out', 2), gap('row-left-out', 1)], ['3 rows could not be read.']],
    [[gap('value-missing', 1)], ['Values are missing in 1 row.']],
    [
      [gap('value-missing', 1200), gap('row-left-out', 2)],
      ['2 rows could not be read.', 'Values are missing in 1,200 rows.'],
    ],
  ])('%j is told as %j', (gaps, words) => {
    expect(gapWords(gaps)).toEqual(words);
  });
});

describe('the catalogue', () => {
  const entry = (more: Partial<CatalogueEntry> = {}): CatalogueEntry =>
    ({
      ...{ name: 'Jira', purpose: 'Looks up issues.', group: 'work', capabilities: [{ title: 'Issues changed' }] },
      ...{ availability: 'live', connects: 'oauth2', bundledWith: null },
      ...more,
    }) as CatalogueEntry;

  test('OP-14: only what is live or limited, and has a way in, can be connected', () => {
    expect(isPossible(entry())).toBe(true);
    expect(isPossible(entry({ availability: 'limited', connects: 'key' }))).toBe(true);
    expect(isPossible(entry({ connects: 'none', bundledWith: 'google-drive' }))).toBe(true);
    expect(isPossible(entry({ connects: 'none' }))).toBe(false);
    for (const availability of ['planned', 'suspended'] as const)
      expect(isPossible(entry({ availability }))).toBe(false);
  });

  test('a system is found by its name, what it is for, its group and what it brings', () => {
    for (const typed of ['', ' jir', 'LOOKS', 'work', 'issues ch']) expect(answers(entry(), typed), typed).toBe(true);
    expect(answers(entry(), 'stripe')).toBe(false);
  });
});
