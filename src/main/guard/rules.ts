/** Where our own pages come from. Nothing else is ever loaded into a window (SH-01, SH-06). */
export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://console';
export const APP_PAGE = `${APP_ORIGIN}/index.html`;

function parsed(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/** By the URL parser, never by the beginning of a text: `app://console.evil` and `app://x@console` are other places. */
export function isOwnOrigin(url: string): boolean {
  const at = parsed(url);
  return (
    at !== null && at.protocol === `${APP_SCHEME}:` && at.host === 'console' && at.username === '' && at.password === ''
  );
}

export type LinkVerdict =
  | { readonly allowed: true; readonly url: string; readonly host: string }
  | { readonly allowed: false; readonly why: string };

const MAX_URL = 2048;

/**
 * What may be handed to the system browser: https with a real host, or mailto. The host is given in its ASCII form, so that a look-alike
 * in another script is seen for what it is (SH-08).
 */
export function judgeLink(url: string): LinkVerdict {
  const refuse = (why: string): LinkVerdict => ({ allowed: false, why });
  if (url.length > MAX_URL) return refuse('The address is too long.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  if (/[\u0000-\u0020\u007f-\u00a0\\\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/.test(url))
    return refuse('The address holds characters that hide where it goes.');
  const at = parsed(url);
  if (at === null) return refuse('This is not an address.');
  if (at.protocol === 'mailto:')
    return /^[^@%?&]+@[^@%?&]+$/.test(at.pathname) && at.search === ''
      ? { allowed: true, url: at.href, host: at.pathname }
      : refuse('This is not an e-mail address.');
  if (at.protocol !== 'https:') return refuse('Only https addresses are opened.');
  if (at.username !== '' || at.password !== '') return refuse('The address pretends to be another one.');
  if (
    !at.hostname.includes('.') ||
    /^[\d.]+$/.test(at.hostname) ||
    at.hostname.startsWith('[') ||
    at.hostname.endsWith('.')
  )
    return refuse('The address does not name a public site.');
  if (/\.(local|internal|localhost|lan|home|arpa)$/.test(at.hostname))
    return refuse('The address does not name a public site.');
  return { allowed: true, url: at.href, host: at.host };
}

const MAX_CONSENT_URL = 8000;

/**
 * Where the system browser may be sent to ask for consent: an https address of a public site, as long as providers make them. Outside of
 * production also the consent page of the one sandbox that was configured, which is on this machine and speaks http.
 */
export function judgeConsent(url: string, sandboxUrl: string | null): LinkVerdict {
  const at = parsed(url);
  if (at === null || url.length > MAX_CONSENT_URL) return { allowed: false, why: 'This is not an address.' };
  if (
    sandboxUrl !== null &&
    at.origin === sandboxUrl &&
    at.username + at.password === '' &&
    at.pathname.startsWith('/_browser/')
  )
    return { allowed: true, url: at.href, host: at.host };
  if (at.protocol !== 'https:') return { allowed: false, why: 'Only https addresses are opened.' };
  const site = judgeLink(at.href.split(/[?#]/, 1)[0] ?? '');
  return site.allowed ? { ...site, url: at.href } : site;
}

/**
 * Pages of the agency's own backend on which people prove who they are. A person has chosen its address, so that it may be of a private
 * network.
 */
export function judgeSignIn(url: string, backendUrl: string | null): LinkVerdict {
  const at = parsed(url);
  const home = backendUrl === null ? null : parsed(backendUrl);
  // Passkeys need a name: a backend on this machine has these pages at `localhost`.
  const origins = [home?.origin, home?.protocol === 'http:' ? `http://localhost:${home.port}` : undefined];
  const isOwn = at !== null && url.length <= MAX_CONSENT_URL && origins.includes(at.origin);
  const isPage = isOwn && (at.pathname === '/sign-in' || at.pathname.startsWith('/passkey/'));
  return isPage && at.username + at.password === ''
    ? { allowed: true, url: at.href, host: at.host }
    : { allowed: false, why: 'This is no page for signing in.' };
}

/** Permissions that a page may have: copying text, and telling about new messages (SH-03). */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'notifications']);
export const mayHave = (permission: string, origin: string): boolean =>
  PERMISSIONS.has(permission) && isOwnOrigin(origin);

/** Policy of every page (SH-04). `connect` stays empty: the window reaches the world only through the bridge. */
export const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  woff2: 'font/woff2',
  woff: 'font/woff',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
};

/** The packaged file behind an app:// address, or null: only plain names in known folders, no listing, no way out (SH-11). */
export function packagedFile(url: string): { readonly path: string; readonly type: string } | null {
  if (!isOwnOrigin(url) || url.length > 300) return null;
  const at = parsed(url);
  const path = at?.pathname.slice(1) ?? '';
  if (!/^(?:index\.html|assets\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,120})$/.test(path) || path.includes('..')) return null;
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
  return type ? { path, type } : null;
}

export type DeepLink =
  | { readonly to: 'client'; readonly clientId: string }
  | { readonly to: 'screen'; readonly screen: 'inbox'; readonly clientId: string; readonly at: string };

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const DEEP_LINK = new RegExp(`^astrix://(?:client/(${UUID})|conversation/(${UUID})/(${UUID}))$`);

/** One scheme, two verbs, opaque ids and nothing else: whatever does not fit exactly is dropped (SH-17). */
export function readDeepLink(link: string): DeepLink | null {
  const [, client, of, conversation] = DEEP_LINK.exec(link) ?? [];
  if (client) return { to: 'client', clientId: client };
  return of && conversation ? { to: 'screen', screen: 'inbox', clientId: of, at: conversation } : null;
}

/** Only the last argument is looked at, and only as a link: everything else on a command line of a second start is hostile (SH-18). */
export const deepLinkIn = (argv: readonly string[]): DeepLink | null => readDeepLink(argv.at(-1) ?? '');
