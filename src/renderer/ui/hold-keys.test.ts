import { expect, test } from 'vitest';

const sources = import.meta.glob<string>('../**/*.tsx', { query: '?raw', import: 'default', eager: true });
const opening = Object.entries(sources).filter(([, text]) => text.includes("from '@base-ui/react/"));

test('every part that opens something over the screen keeps the single keys off meanwhile', () => {
  expect(opening.map(([path]) => path).sort()).toEqual(['./dialog.tsx', './menu.tsx', './popover.tsx']);
  for (const [path, text] of opening) expect(text, path).toContain('<HoldKeys />');
});
