import { shorten } from '@astrix/contract';
import type { MailBlock, MailDefinition } from './define.ts';

export type Rendered = { readonly subject: string; readonly text: string; readonly html: string };

const MOST_SUBJECT = 200;
const MOST_NAME = 100;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;
/** Characters that turn around the text after them. Joiners stay: Indian scripts need them. */
const TURNING = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

const plain = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(CONTROL, ' ').replaceAll(TURNING, '');

/** Text for a header: one line, whatever was in it. A name or a subject can then add no header of its own. */
const oneLine = (text: string, most: number): string => shorten(plain(text).replaceAll(/\s+/g, ' ').trim(), most);

/** How a person is named in a header; undefined where nothing is left of the name. */
export const displayName = (name: string): string | undefined => oneLine(name, MOST_NAME) || undefined;

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, found => ESCAPED[found] ?? '');

/** Throws for anything that a mail program must not open: only https, and http on this machine for the demo. */
function linkOf(text: string): string {
  const url = URL.parse(text);
  const isOurs = url !== null && url.username === '' && url.password === '';
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
  if (!isOurs || !isSafe) throw new Error('A button of a mail must lead to https://, or to http://127.0.0.1.');
  return url.href;
}

const FOOTER = 'Astrix Console sent this mail by itself. Nobody reads answers to it.';

function textOf(block: MailBlock): string {
  switch (block.kind) {
    case 'button':
      return `${plain(block.label)}:\n${linkOf(block.url)}`;
    case 'code':
      return `    ${plain(block.text)}`;
    default:
      return plain(block.text);
  }
}

/**
 * The colours of the public pages (platform/pages/style.ts), as mail programs know them. Many drop a style sheet, so the light look stands on
 * each element; what keeps the sheet gets the dark look as well.
 */
const LIGHT = {
  body: 'margin:0;padding:0;background:#f7f6f3;color:#29241f;font:16px/1.5 IBM Plex Sans,system-ui,-apple-system,Segoe UI,Noto Sans,Nirmala UI,Arial,sans-serif',
  page: 'padding:32px 16px',
  card: 'max-width:496px;margin:0 auto;background:#fefdfc;border:1px solid #dedcd8;border-radius:14px;padding:32px 32px 16px',
  brand: 'font-size:14px;font-weight:600;color:#645e58;margin:0 0 24px',
  text: 'margin:0 0 16px;overflow-wrap:anywhere',
  note: 'margin:0 0 16px;font-size:14px;color:#645e58;overflow-wrap:anywhere',
  act: 'margin:24px 0',
  button:
    'display:inline-block;background:#265ca1;color:#fdfcf9;font-weight:600;text-decoration:none;padding:12px 24px;border-radius:8px',
  link: 'color:#265ca1;word-break:break-all',
  code: 'margin:24px 0;padding:16px;background:#f0eeeb;border-radius:10px;font:600 24px/1.2 IBM Plex Mono,Menlo,Consolas,monospace;letter-spacing:2px;text-align:center',
  foot: 'max-width:496px;margin:16px auto 0;font-size:13px;color:#645e58;text-align:center',
} as const;
const DARK = `@media (prefers-color-scheme:dark){
.body{background:#16171a!important;color:#e8e6e2!important}
.card{background:#1d1f22!important;border-color:#303237!important}
.brand,.note,.foot{color:#a6a39c!important}
.button{background:#75aded!important;color:#0e141d!important}
.code{background:#111315!important}
.link{color:#75aded!important}
}`.replaceAll('\n', '');

const look = (name: keyof typeof LIGHT) => `class="${name}" style="${LIGHT[name]}"`;

/** Each paragraph takes its direction from its own first letter. */
const paragraphs = (text: string, kind: 'text' | 'note'): string =>
  plain(text)
    .split(/\n{2,}/)
    .map(part => `<p ${look(kind)} dir="auto">${escapeHtml(part).replaceAll('\n', '<br>')}</p>`)
    .join('');

function htmlOf(block: MailBlock): string {
  switch (block.kind) {
    case 'button': {
      const url = escapeHtml(linkOf(block.url));
      return `<p ${look('act')}><a ${look('button')} href="${url}">${escapeHtml(plain(block.label))}</a></p><p ${look('note')}>If the button does not work, copy this address into your browser:<br><a ${look('link')} href="${url}">${url}</a></p>`;
    }
    case 'code':
      return `<p ${look('code')}>${escapeHtml(plain(block.text))}</p>`;
    default:
      return paragraphs(block.text, block.kind);
  }
}

/** Subject, text part and HTML part of one mail. Throws for a link that is not allowed. */
export function render<V>(mail: MailDefinition<V>, values: V): Rendered {
  const subject = oneLine(mail.subject(values), MOST_SUBJECT);
  const blocks = mail.body(values);
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(subject)}</title><style>${DARK}</style>`;
  const card = `<div ${look('card')}><p ${look('brand')}>Astrix Console</p>${blocks.map(htmlOf).join('')}</div>`;
  return {
    subject,
    text: `${[...blocks.map(textOf), `-- \n${FOOTER}`].join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><head>${head}</head><body ${look('body')}><div ${look('page')}>${card}<p ${look('foot')}>${FOOTER}</p></div></body></html>`,
  };
}
