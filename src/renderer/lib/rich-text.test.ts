import { describe, expect, test } from 'vitest';
import { type Part, richText } from './rich-text.ts';

/** Each part as one word and its text, such as `bold(Yes)`. */
const said = (part: Part): string =>
  'parts' in part
    ? `${part.kind}(${part.parts.map(said).join('')})`
    : part.kind === 'text'
      ? part.text
      : `${part.kind}(${part.text})`;
const shown = (text: string) => richText(text).map(said).join('');

describe('formatting as WhatsApp shows it', () => {
  test.each([
    ['*Yes*, today', 'bold(Yes), today'],
    ['it is _very_ late', 'it is italic(very) late'],
    ['~500~ 450', 'strike(500) 450'],
    ['*_both_*', 'bold(italic(both))'],
    ['(*a*)', '(bold(a))'],
    ['"*नमस्ते*"', '"bold(नमस्ते)"'],
    ['`code *not bold*`', 'code(code *not bold*)'],
    ['```\na\nb\n```', 'code(a\nb)'],
    ['*two words*', 'bold(two words)'],
    ['*a* and *b*', 'bold(a) and bold(b)'],
  ])('%j is %j', (text, parts) => expect(shown(text)).toBe(parts));

  test.each([
    'file_name_here',
    '2*3*4',
    '* not bold *',
    '*open',
    '**',
    '***',
    '_',
    'a * b * c',
    '*line\nbreak*',
    '``',
    'snake_case and *',
    '*bold*text',
  ])('%j is shown as it is', text => expect(shown(text)).toBe(text));
});

describe('what can be opened or copied', () => {
  test.each([
    ['see www.shop.example/a.', 'see link(www.shop.example/a).', 'https://www.shop.example/a'],
    ['bit.ly/3xY_z now', 'link(bit.ly/3xY_z) now', 'https://bit.ly/3xY_z'],
    ['https://shop.example/_a_b_', 'link(https://shop.example/_a_b)_', 'https://shop.example/_a_b'],
    ['*https://shop.example/a*', 'bold(link(https://shop.example/a))', 'https://shop.example/a'],
  ])('%j has a link', (text, parts, url) => {
    expect(shown(text)).toBe(parts);
    const links = (list: readonly Part[]): string[] =>
      list.flatMap(part => ('parts' in part ? links(part.parts) : part.kind === 'link' ? [part.url] : []));
    expect(links(richText(text))).toEqual([url]);
  });

  test.each([
    ['call 98765 43210 today', 'call phone(98765 43210) today'],
    ['+91 98765-43210', 'phone(+91 98765-43210)'],
    ['+1 415 555 2671', 'phone(+1 415 555 2671)'],
    ['09876543210', 'phone(09876543210)'],
    ['asha.k+x@shop.example.', 'email(asha.k+x@shop.example).'],
    ['"asha@shop.example"', '"email(asha@shop.example)"'],
  ])('%j is %j', (text, parts) => expect(shown(text)).toBe(parts));

  test.each([
    'order 1234567890',
    'CK-19229 of 2026-11-20',
    '12345678901234567890',
    'v1.2.3',
    'and/or',
    'shop.example',
    'xhttps://shop.example',
    'a@b',
    '₹1,23,456.00',
    'txn98765432101',
  ])('%j has nothing of the kind', text => expect(shown(text)).toBe(text));
});

const plain = (list: readonly Part[]): string =>
  list.map(part => ('parts' in part ? plain(part.parts) : part.text)).join('');

test('nothing of a text is lost but the signs of its formatting', () => {
  for (const text of ['<b>*x*</b> https://a.example _y_', '+91 98765 43210 ~z~ `q`'])
    expect(plain(richText(text))).toBe(text.replaceAll(/[*_~`]/g, ''));
});

test.each(['*a ', '_', '`x', '9', 'a.', '*_~', 'www.', 'https://'])(
  '%j written 50,000 times comes through whole',
  text => {
    const long = text.repeat(50_000);
    const kept = plain(richText(long)).replaceAll(/[*_~`]/g, '');
    expect(kept === long.replaceAll(/[*_~`]/g, '')).toBe(true);
  },
);
