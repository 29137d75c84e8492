import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Choice } from './choice.tsx';

const drawn = (value: string) =>
  renderToString(
    createElement(Choice<string>, {
      ...{ label: 'Theme', value, onPick: () => undefined },
      options: [
        ['light', 'Light'],
        ['dark', 'Dark'],
        ['contrast', 'High contrast'],
      ],
    }),
  );
/** What each option says, and whether it is chosen. */
const radiosOf = (html: string) =>
  [...html.matchAll(/<button([^>]*role="radio"[^>]*)>([^<]*)/g)].map(
    ([, attributes = '', says]) => `${says} ${/aria-checked="(\w+)"/.exec(attributes)?.[1]}`,
  );

test('a choice says which of its options is chosen', () => {
  expect(radiosOf(drawn('dark'))).toEqual(['Light false', 'Dark true', 'High contrast false']);
});

test('a choice has its label as its name', () => {
  const html = drawn('dark');
  const [, id] = /<span id="([^"]+)"[^>]*>Theme</.exec(html) ?? [];
  expect(html).toMatch(
    new RegExp(`role="radiogroup"[^>]*aria-labelledby="${id}"|aria-labelledby="${id}"[^>]*role="radiogroup"`),
  );
});
