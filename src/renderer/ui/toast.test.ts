import '../testkit/fake-window.ts';
import { expect, test } from 'vitest';

const { undoable } = await import('./toast.tsx');

const shown = (id: string, more: object = {}) => ({ id, data: { undo: () => undefined }, ...more });

test('Z undoes the newest change that is shown', () => {
  expect(undoable([shown('newest'), shown('before')])?.id).toBe('newest');
});

test('Z passes over what cannot be undone, what was undone just now and what is not shown', () => {
  const said = { id: 'said', data: { undo: null } };
  const leaving = shown('leaving', { transitionStatus: 'ending' });
  expect(undoable([said, leaving, shown('before')])?.id).toBe('before');
  expect(undoable([said, shown('hidden', { limited: true })])).toBeNull();
});
