import { expect, test } from 'vitest';
import { type Choice, grouped } from './chooser.tsx';

const choice = (group: string, id: string): Choice => ({ id, group, icon: null, label: id, pick: () => undefined });

test('choices stand under their headings, in the order in which they were found', () => {
  const found = [choice('Clients', 'Chai Katha'), choice('Screens', 'Inbox'), choice('Clients', 'Vanam Naturals')];
  expect(grouped(found).map(({ name, items }) => [name, items.map(({ id }) => id)])).toEqual([
    ['Clients', ['Chai Katha', 'Vanam Naturals']],
    ['Screens', ['Inbox']],
  ]);
});
