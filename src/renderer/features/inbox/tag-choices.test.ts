import { expect, test } from 'vitest';
import { tagChoices } from './tag-choices.ts';

const known = ['delivery', 'refund', 'wholesale', 'undelivered'];
const shown = (applied: string[], typed: string) =>
  tagChoices(known, applied, typed).map(choice =>
    choice.kind === 'create' ? `create ${choice.tag}` : `${choice.tag}${choice.applied ? ' ✓' : ''}`,
  );

test('the beginning of a known tag offers the tag first, and creating last', () => {
  expect(shown([], 'ref')).toEqual(['refund', 'create ref']);
  expect(shown([], 'deliv')).toEqual(['delivery', 'undelivered', 'create deliv']);
});

test('tags of the conversation stay in the list', () => {
  expect(shown(['delivery'], 'deliv')).toEqual(['delivery ✓', 'undelivered', 'create deliv']);
  expect(shown(['vip'], '')).toEqual(['delivery', 'refund', 'undelivered', 'vip ✓', 'wholesale']);
});

test('a known tag is not created again, whatever its letters look like', () => {
  expect(shown([], ' Refund ')).toEqual(['refund']);
  expect(shown(['vip'], 'VIP')).toEqual(['vip ✓']);
});

test.each(['', '   ', '-x', '<b>', 'x'.repeat(33), 'a/b'])('%j is no tag', typed => {
  expect(tagChoices([], [], typed)).toEqual([]);
});

test.each(['रिफंड', 'cash on delivery', 'b2b_2'])('%s can be created', typed => {
  expect(tagChoices([], [], typed)).toEqual([{ kind: 'create', tag: typed }]);
});

test('at most twelve tags are offered, and creating still is', () => {
  const many = Array.from({ length: 40 }, (_, n) => `tag ${n}`);
  expect(tagChoices(many, [], 'tag')).toHaveLength(13);
});
