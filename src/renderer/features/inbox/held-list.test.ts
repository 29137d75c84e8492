import { describe, expect, test } from 'vitest';
import { afterLeaving, besides, shownOrder } from './held-list.ts';

const order = (text: string) => text.split(' ').filter(Boolean);
const shown = (live: string, openId: string, ids: string) =>
  shownOrder(order(live), { openId, ids: order(ids) }).join(' ');

describe('while a conversation is open', () => {
  test('an answered row stays in its place, although it is now the newest', () => {
    expect(shown('3 1 2 4', '3', '1 2 3 4')).toBe('1 2 3 4');
  });

  test('a closed or snoozed row stays until the person leaves it', () => {
    expect(shown('1 2 4', '3', '1 2 3 4')).toBe('1 2 3 4');
  });

  test('a new conversation is above, and older ones that are loaded are below', () => {
    expect(shown('9 3 1 2 4 5 6', '3', '1 2 3 4')).toBe('9 1 2 3 4 5 6');
  });

  test('a row that a colleague closed is gone', () => {
    expect(shown('1 3 4', '3', '1 2 3 4')).toBe('1 3 4');
  });

  test('another row with a new message keeps its place until the person goes on', () => {
    expect(shown('4 1 2 3', '2', '1 2 3 4')).toBe('1 2 3 4');
  });

  test('a conversation that was opened from elsewhere holds nothing', () => {
    expect(shown('2 1', '7', '1 2')).toBe('2 1');
    expect(shownOrder(['2', '1'], null)).toEqual(['2', '1']);
  });
});

test('answering down the list answers every customer once', () => {
  let live = order('1 2 3 4 5');
  let openId = '1';
  const answered: string[] = [];
  for (;;) {
    const held = { openId, ids: live };
    answered.push(openId);
    live = [openId, ...live.filter(id => id !== openId)];
    const next = besides(shownOrder(live, held), openId, 1);
    if (next === null) break;
    openId = next;
  }
  expect(answered).toEqual(['1', '2', '3', '4', '5']);
});

test('next and previous stop at the ends, and begin at the top', () => {
  expect(besides(['1', '2'], '2', 1)).toBeNull();
  expect(besides(['1', '2'], '1', -1)).toBeNull();
  expect(besides(['1', '2'], null, 1)).toBe('1');
  expect(besides(['1', '2'], '7', -1)).toBe('1');
  expect(besides([], null, 1)).toBeNull();
});

test('closing opens the next row, at the end the one before, and nothing from outside of the list', () => {
  expect(afterLeaving(['1', '2', '3'], '2')).toBe('3');
  expect(afterLeaving(['1', '2', '3'], '3')).toBe('2');
  expect(afterLeaving(['1'], '1')).toBeNull();
  expect(afterLeaving(['1', '2'], '7')).toBeNull();
});
