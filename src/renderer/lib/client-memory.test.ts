import { expect, test } from 'vitest';
import { clientMemory, forgetMemories } from './client-memory.ts';

test('each client has its own value, and begins with the first one', () => {
  const filter = clientMemory('open');
  filter.set('chai', 'mine');
  expect([filter.of('chai'), filter.of('loom')]).toEqual(['mine', 'open']);
});

test('after a sign-out nothing is remembered, by no memory', () => {
  const [filter, scroll] = [clientMemory('open'), clientMemory(0)];
  filter.set('chai', 'mine');
  scroll.set('chai', 640);
  forgetMemories();
  expect([filter.of('chai'), scroll.of('chai')]).toEqual(['open', 0]);
});
