import { expect, test } from 'vitest';
import type { Topic } from '../../shared/ipc.ts';
import { gatherTopics } from './changes.ts';

function stage() {
  const passed: Topic[][] = [];
  let due: (() => void) | null = null;
  const timers = {
    after: (_ms: number, work: () => void) => {
      due = work;
      return () => undefined;
    },
  };
  const tell = gatherTopics(topics => passed.push(topics), timers, 250);
  return {
    tell,
    passed,
    later: () => {
      const work = due;
      due = null;
      work?.();
    },
    idle: () => due === null,
  };
}

test('a change by itself is passed on at once, and nothing more follows', () => {
  const { tell, passed, later, idle } = stage();
  tell(['clients']);
  expect(passed).toEqual([['clients']]);
  later();
  expect(idle()).toBe(true);
  tell(['rows:people:*']);
  expect(passed).toEqual([['clients'], ['rows:people:*']]);
});

test('what follows within the pause is passed on together, each topic once, and none is lost', () => {
  const { tell, passed, later } = stage();
  tell(['clients']);
  tell(['inbox:a', 'clients']);
  tell(['inbox:a', 'thread:x']);
  expect(passed).toHaveLength(1);
  later();
  expect(passed[1]).toEqual(['inbox:a', 'clients', 'thread:x']);
  tell(['inbox:b']);
  later();
  expect(passed[2]).toEqual(['inbox:b']);
});

test('very many threads become one topic', () => {
  const { tell, passed, later } = stage();
  tell(['clients']);
  tell(Array.from({ length: 300 }, (_, n): Topic => `thread:${n}`));
  tell(['inbox:a']);
  later();
  expect(passed[1]).toEqual(['inbox:a', 'thread:*']);
});
