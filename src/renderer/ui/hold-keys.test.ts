import { expect, test } from 'vitest';

const sources = import.meta.glob<string>('../**/*.tsx', { query: '?raw', import: 'default', eager: true });
/** Parts of the library that stand in the page, or in a dialog or popover, and open nothing themselves. */
const IN_PLACE = /^(?:radio|radio-group|toast|switch|field|tabs|otp-field|tooltip|autocomplete|combobox)$/;
const opening = Object.entries(sources).filter(([, text]) =>
  [...text.matchAll(/from '@base-ui\/react\/([\w-]+)'/g)].some(([, part = '']) => !IN_PLACE.test(part)),
);

test('every part that opens something over the screen keeps the single keys off meanwhile', () => {
  expect(opening.map(([path]) => path).sort()).toEqual(['./dialog.tsx', './menu.tsx', './popover.tsx']);
  for (const [path, text] of opening) expect(text, path).toContain('<HoldKeys />');
});
