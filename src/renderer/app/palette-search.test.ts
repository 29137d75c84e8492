import '../testkit/fake-window.ts';
import { Package } from 'lucide-react';
import { expect, test } from 'vitest';
import type { RowHit } from '../../shared/ipc.ts';
import { defineScreen } from '../lib/screen.ts';

const { hitsByScreen } = await import('./palette-search.ts');

const base = { label: 'Contacts', icon: Package, order: 10, Screen: () => null } as const;
const contacts = defineScreen({ ...base, id: 'contacts', key: 'o', shows: 'contacts' });
const hit = (collection: string, id: string): RowHit => ({
  ...{ collection, id, clientId: 'chai-katha', clientName: 'Chai Katha' },
  ...{ snippet: `found ${id}`, at: null },
});

test('a row that search found opens on the screen that shows its collection', () => {
  const found = hitsByScreen([contacts], [hit('contacts', 'c1'), hit('people', 'p1'), hit('contacts', 'c2')]);
  expect(found).toHaveLength(1);
  expect(found[0]?.screen).toBe(contacts);
  expect(found[0]?.hits).toEqual([
    { id: 'c1', clientId: 'chai-katha', at: 'c1', title: 'found c1', detail: 'Chai Katha', time: null },
    { id: 'c2', clientId: 'chai-katha', at: 'c2', title: 'found c2', detail: 'Chai Katha', time: null },
  ]);
});

test('rows without a screen, and rows of a screen that searches itself, are left out', () => {
  const searching = { ...contacts, find: { search: async () => [], group: 'People' } };
  expect(hitsByScreen([searching], [hit('contacts', 'c1')])).toEqual([]);
  expect(hitsByScreen([], [hit('contacts', 'c1')])).toEqual([]);
});
