import type { AuditRow } from '@astrix/contract';

/** What a spreadsheet would take for a formula, or for the end of a cell that begins one. */
const FORMULA = /^[=+\-@\t\r\n|%]/;

/** One cell as RFC 4180 writes it. An apostrophe in front keeps a spreadsheet from reading the text as a formula. */
export function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

const line = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;

/** The byte order mark tells spreadsheets that the file is UTF-8. */
export const CSV_HEAD = `\ufeff${line(['Time (UTC)', 'Who', 'Client', 'What happened', 'Event', 'Id'])}`;

export const csvOf = (rows: readonly AuditRow[]): string =>
  rows
    .map(({ at, actor, client, sentence, event, id }) =>
      line([at, actor?.name ?? '', client?.name ?? '', sentence, event, id]),
    )
    .join('');
