import { expect, test } from 'vitest';
import { afterSelected, NOTHING, toggled, within, withRange } from './selection.ts';

const SHOWN = ['a', 'b', 'c', 'd', 'e'];
const of = (...ids: string[]) => new Set(ids);

test('a row is selected and taken out again', () => {
  expect(toggled(NOTHING, 'a')).toEqual(of('a'));
  expect(toggled(of('a', 'b'), 'a')).toEqual(of('b'));
});

test('a range is added in both directions', () => {
  expect(withRange(of('a'), SHOWN, 'b', 'd')).toEqual(of('a', 'b', 'c', 'd'));
  expect(withRange(NOTHING, SHOWN, 'd', 'c')).toEqual(of('c', 'd'));
  expect(withRange(of('a'), SHOWN, 'gone', 'c')).toEqual(of('a'));
});

test('a row that left the list is not selected any more', () => {
  expect(within(of('a', 'x'), SHOWN)).toEqual(of('a'));
  const kept = of('a', 'b');
  expect(within(kept, SHOWN)).toBe(kept);
});

test('the row that follows is never one of the selected', () => {
  expect(afterSelected(SHOWN, of('b', 'c'), 'b')).toBe('d');
  expect(afterSelected(SHOWN, of('d', 'e'), 'd')).toBe('c');
  expect(afterSelected(SHOWN, of(...SHOWN), 'c')).toBeNull();
  expect(afterSelected(SHOWN, of('b'), 'gone')).toBe('a');
});
