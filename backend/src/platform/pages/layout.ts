import { sha256 } from '../crypto/index.ts';
import { Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** A page as a handler answers it. */
export type Page = {
  readonly kind: 'page';
  readonly status?: number;
  /** The title of the tab and the heading. */
  readonly title: string;
  readonly body: Html;
  /** For what needs room, such as a list of codes. */
  readonly wide?: boolean;
  /** Where the browser goes by itself; the page must hold a link there as well. A form may not lead out of this origin, and a page may. */
  readonly forward?: string;
};

/** The mark of the console. */
const MARK = html`<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="7" fill="var(--accent)"/><path d="M8 20 14 7l6 13M10.4 15.4h7.2" fill="none" stroke="var(--on-accent)" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

const styleSource = `'sha256-${sha256(STYLE).toString('base64')}'`;

/**
 * Nothing of anybody else is loaded, nothing is framed, and forms lead to this origin. A script is our own file, only on a page that asks
 * for it. Where a page came from is told to nobody.
 */
export const pageHeaders = (script: string | null): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${styleSource}`,
    'img-src data:',
    script ? "script-src 'self'" : "script-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  'cache-control': 'no-store',
});

/** The whole document. */
export function documentOf({ title, body, wide, forward }: Page, script: string | null): string {
  const page = html`<html lang="en-IN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Astrix Console</title>
${forward === undefined ? null : html`<meta http-equiv="refresh" content="1; url=${forward}">`}
<style>${Html.trusted(STYLE)}</style>
${script === null ? null : html`<script src="/pages/${script}.js" defer></script>`}
</head>
<body>
<header>${MARK}<span>Astrix Console</span></header>
<main class="${wide ? 'wide' : ''}">
<h1>${title}</h1>
${body}
</main>
<footer>This page is served by your agency’s own Astrix backend.</footer>
</body>
</html>`;
  return `<!doctype html>\n${page.markup}\n`;
}
