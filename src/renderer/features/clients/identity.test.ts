import { CLIENT_MARKS } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { freeMarks, initialsOf } from './identity.ts';

test.each([
  ['Chai Katha', 'CK'],
  ['vanam', 'VA'],
  ['Indigo Loom & Sons', 'IL'],
  ['  7 Seas  ', '7S'],
  ['श्री कृष्ण वस्त्रालय', 'श्री'],
  ['काव्या आर्ट', 'काआ'],
  ['☕ Brew', 'BR'],
  ['—', ''],
])('%j gets the initials %j', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
  expect(initialsOf(name).length).toBeLessThanOrEqual(4);
});

describe('the marks to choose from', () => {
  const taken = CLIENT_MARKS.map((mark, n) => ({ ...mark, id: `${n}`, initials: 'CK' }));

  test('are those that no other client has', () => {
    const free = freeMarks(taken.toSpliced(3, 1), 'CK');
    expect(free).toEqual([CLIENT_MARKS[3]]);
  });

  test('are all marks under other initials when each is taken, and none under the same', () => {
    expect(freeMarks(taken, 'IL')).toHaveLength(CLIENT_MARKS.length);
    expect(freeMarks(taken, 'CK')).toEqual([]);
  });
});
