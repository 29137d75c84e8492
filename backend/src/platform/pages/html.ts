/** Markup that is safe to send: made by `html`, which escapes every value that is not Html itself. */
export class Html {
  readonly markup: string;
  private constructor(markup: string) {
    this.markup = markup;
  }
  /** Only the kit itself makes markup of text. */
  static trusted(markup: string): Html {
    return new Html(markup);
  }
}

/** What may stand in a template. `null` and `false` are left out, so that a part can depend on a condition. */
export type HtmlValue = string | number | Html | null | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const escaped = (text: string): string => text.replace(/[&<>"'`]/g, found => ESCAPES[found] ?? found);

function markupOf(value: HtmlValue): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return value.map(markupOf).join('');
}

/** A template that escapes by default, in text and in quoted attributes. Throws for a value in an attribute without quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = parts[0] ?? '';
  values.forEach((value, n) => {
    if (isOutsideQuotes(parts.filter((_, at) => at <= n).join('')))
      throw new Error('A value of an attribute must stand in quotes.');
    markup += markupOf(value) + (parts[n + 1] ?? '');
  });
  return Html.trusted(markup);
}

/** Whether what follows would be the value of an attribute that no quote has opened. */
function isOutsideQuotes(literal: string): boolean {
  const tag = literal.slice(literal.lastIndexOf('<'));
  return /=\s*$/.test(tag) && [...tag].filter(letter => letter === '"').length % 2 === 0;
}
