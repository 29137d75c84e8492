import { join } from 'node:path';
import { expect, test } from 'vitest';
import { circlesIn, graphOf } from './boundary-circles.ts';

const graph = graphOf(join(import.meta.dirname, '..'));

/** Circles that are still to be opened, by moving the shared types into a file of their own. */
const STILL: readonly (readonly string[])[] = [
  [
    'backend/src/modules/webhooks/hooks.ts',
    'backend/src/modules/webhooks/inbound.ts',
    'backend/src/modules/webhooks/sources.ts',
  ],
];

test('no files of the product import each other in a circle, types included', () => {
  expect(graph.size).toBeGreaterThan(300);
  const known = new Set(STILL.map(circle => circle.join(' ')));
  expect(circlesIn(graph).filter(circle => !known.has(circle.join(' ')))).toEqual([]);
});

test('circles are found at any length, and a chain is none', () => {
  const found = circlesIn(
    new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', []],
      ['f', ['f']],
      ['g', ['e', 'h']],
      ['h', ['g']],
    ]),
  );
  expect(found).toEqual([['a', 'b', 'c'], ['f'], ['g', 'h']]);
});

test('the graph sees imports of types', () => {
  const from = 'backend/src/composition/ports.ts';
  expect(graph.get(from)).toContain('backend/src/platform/authz/index.ts');
});
