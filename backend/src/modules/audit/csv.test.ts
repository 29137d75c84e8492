import { expect, test } from 'vitest';
import { CSV_HEAD, cell, csvOf } from './csv.ts';

test.each([
  ['plain text', 'Mitti Roast', '"Mitti Roast"'],
  ['quotes', 'the "best"', '"the ""best"""'],
  ['a formula', '=HYPERLINK("http://evil.example")', `"'=HYPERLINK(""http://evil.example"")"`],
  ['a sum', '+91', `"'+91"`],
  ['a difference', '-2+3', `"'-2+3"`],
  ['a function of old spreadsheets', '@SUM(B:B)', `"'@SUM(B:B)"`],
  ['a tab in front', '\t=1', `"'\t=1"`],
  ['a line end in front', '\r=1', `"'\r=1"`],
  ['a line end inside', 'one\ntwo', '"one\ntwo"'],
])('a cell with %s', (_, text, written) => {
  expect(cell(text)).toBe(written);
});

test('a line has a cell for each heading', () => {
  const cells = (line: string) => line.split('","').length;
  const line = csvOf([
    { id: 'i', at: 't', event: 'e', group: 'work', sentence: 's', actor: null, client: { id: 'c', name: '=cmd' } },
  ]);
  expect(cells(line)).toBe(cells(CSV_HEAD));
  expect(line).toBe(`"t","","'=cmd","s","e","i"\r\n`);
});
