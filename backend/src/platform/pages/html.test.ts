import { describe, expect, test } from 'vitest';
import { Html, html } from './html.ts';

describe('a template escapes by default', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['" onfocus="alert(1)', '&quot; onfocus=&quot;alert(1)'],
    ["' onfocus='alert(1)", '&#39; onfocus=&#39;alert(1)'],
    ['&lt;', '&amp;lt;'],
    ['`', '&#96;'],
    ['राधिका & Sons', 'राधिका &amp; Sons'],
  ])('%j', (given, sent) => {
    expect(html`<p title="${given}">${given}</p>`.markup).toBe(`<p title="${sent}">${sent}</p>`);
  });

  test('what the kit has made is not escaped again, and lists are joined', () => {
    const rows = ['<a>', '<b>'].map(name => html`<li>${name}</li>`);
    expect(html`<ul>${rows}</ul>${null}${false}${3}`.markup).toBe('<ul><li>&lt;a&gt;</li><li>&lt;b&gt;</li></ul>3');
  });

  test('an object that looks like markup is none', () => {
    const forged = { markup: '<b>' } as unknown as Html;
    expect(forged instanceof Html).toBe(false);
    expect(() => html`<p>${forged}</p>`).toThrow();
  });

  test('a value of an attribute without quotes is refused', () => {
    expect(() => html`<p class=${'a b'}></p>`).toThrow('must stand in quotes');
  });
});
