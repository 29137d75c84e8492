import { createHash } from 'node:crypto';

const STYLE = `:root{color-scheme:light dark;--ground:light-dark(#f7f6f3,#17181a);--text:light-dark(#24211c,#e8e6e1);--meta:light-dark(#645f57,#a5a199)}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--text);font:15px/1.55 system-ui,sans-serif}
main{max-width:400px;padding:32px;text-align:center}h1{font-size:20px;font-weight:650;margin:0 0 8px}p{margin:0;color:var(--meta)}`;

/** Nothing is loaded, nothing runs, nothing may frame it, and where it came from is told to nobody. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  connection: 'close',
};

/** What the browser shows when the provider has sent it back to this machine. Only words of ours: nothing of the request is repeated. */
export const page = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Astrix Console</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;
