import { createElement, isValidElement, type ReactElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { Linked, Marked } from './text.tsx';

const linked = (text: string) => Linked({ text, onLink: () => undefined }) as ReactNode[];
const links = (text: string) =>
  linked(text).filter(part => isValidElement(part)) as ReactElement<{ children: string; onClick: () => void }>[];
const html = (node: ReactNode) => renderToStaticMarkup(createElement('p', null, node));
const plain = (markup: string) => markup.replaceAll(/<\/?(?:p|mark|button)(?: [^>]*)?>/g, '');
const escaped = (text: string) => plain(html(text));

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '&lt;b&gt;',
  '{{constructor.constructor("alert(1)")()}}',
  '\u202Egnp.exe',
  '![x](https://evil.example/x.png)',
  '<iframe src=https://evil.example>',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'vbscript:x',
  '\\\\evil\\share',
  'astrix://do/it',
];

describe('SH-19, SH-20: whatever a customer writes is shown as text', () => {
  test.each(HOSTILE)('%s', text => {
    expect(plain(html(linked(text)))).toBe(escaped(text));
    expect(plain(html(Marked({ text })))).toBe(escaped(text));
    for (const markup of [html(linked(text)), html(Marked({ text }))])
      expect(markup).not.toMatch(/<(?!\/?(?:p|mark|button)\b)/);
  });
});

describe('SH-08: addresses', () => {
  test.each([
    ['see https://shop.example/order/7.', ['https://shop.example/order/7']],
    ['(https://shop.example/a)', ['https://shop.example/a']],
    ['http://one.example and https://two.example/x?y=1!', ['http://one.example', 'https://two.example/x?y=1']],
    ['"https://shop.example/a"', ['https://shop.example/a']],
    ['<https://shop.example/a>', ['https://shop.example/a']],
    ['shop.example', []],
    ['xhttps://shop.example', []],
    ['javascript:https//x', []],
    ['ftp://shop.example', []],
  ])('in %j: %j, as buttons that ask, with their whole text', (text, found) => {
    expect(links(text).map(link => link.props.children)).toEqual(found);
    expect(links(text).every(link => link.type === 'button')).toBe(true);
    expect(plain(html(linked(text)))).toBe(escaped(text));
  });

  test('a click hands over exactly what is shown, and nothing happens by itself', () => {
    const asked: string[] = [];
    const parts = Linked({ text: 'go https://shop.example/a now', onLink: url => asked.push(url) }) as ReactNode[];
    html(parts);
    expect(asked).toEqual([]);
    for (const part of parts) if (isValidElement<{ onClick: () => void }>(part)) part.props.onClick();
    expect(asked).toEqual(['https://shop.example/a']);
  });

  test('a very long text comes through whole', () => {
    for (const text of ['https://'.repeat(50_000), `https://${'a.'.repeat(200_000)}`, '('.repeat(400_000)])
      expect(plain(html(linked(text)))).toBe(escaped(text));
  });
});

test('a phone number and an e-mail address hand over what is shown, to be copied', () => {
  const asked: string[] = [];
  const parts = Linked({ text: 'asha@shop.example or 98765 43210', onLink: url => asked.push(url) }) as ReactNode[];
  for (const part of parts) if (isValidElement<{ onClick: () => void }>(part)) part.props.onClick();
  expect(asked).toEqual(['mailto:asha@shop.example', 'tel:98765 43210']);
});

test('formatting is drawn as elements, and what it holds stays text', () => {
  expect(html(linked('*a* _b_ ~c~ `d` *<i>*'))).toMatch(
    /^<p><strong>a<\/strong> <em>b<\/em> <s>c<\/s> <code class="[^"]*">d<\/code> <strong>&lt;i&gt;<\/strong><\/p>$/,
  );
});

test('matches of a search are marked, and only between the two marks', () => {
  expect(html(Marked({ text: 'a \ue000b\ue001 c \ue000d\ue001' }))).toBe('<p>a <mark>b</mark> c <mark>d</mark></p>');
  expect(html(Marked({ text: 'a \ue000b' }))).toBe('<p>a \ue000b</p>');
  expect(html(Marked({ text: '\ue000<b>\ue001' }))).toBe('<p><mark>&lt;b&gt;</mark></p>');
});
