import { refuse } from './failures.ts';

export type Parameters = Readonly<Record<string, string | number>>;
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const ORIGIN = /^(?:https:\/\/[a-z0-9.-]+|http:\/\/127\.0\.0\.1:\d{1,5})$/;
/** What a constant path may be made of. An empty segment, a dot segment and an escape are written by nobody in good faith; the root alone is what AWS asks for. */
const TEMPLATE = /^(?:\/|(?:\/(?:[A-Za-z0-9._~:@!$&'()*+,;=-]|\{[A-Za-z]+\})+)+\/?)$/;
const DOTS = /^\.{1,2}$/;
const MAX_VALUE = 2048;
const MAX_URL = 8192;

/** Controls, bidi marks, and characters that some reader takes for a slash, a dot, a colon, an at sign or an escape. */
const LOOK_ALIKE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  /[\u0000-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200f\u2024-\u2026\u2028-\u202f\u2044\u2060-\u206f\u2215\u2216\u2236\u2571\u2572\u29f5\u29f8\u29f9\u3002\ufe52\ufe55\ufe5f\ufe68\ufe6a\ufe6b\ufeff\uff03\uff05\uff0e\uff0f\uff1a\uff1f\uff20\uff3c\uff61]/;
const ENCODED = /%(?:25)*(?:2e|2f|5c|00|0a|0d)/i;

/**
 * A URL from a constant origin, a constant path with `{names}`, and values, which stay values: none of them can become a host, a user, a
 * segment or a parameter of its own. Throws EgressError `refused` instead of mending what does not fit (EG-01, VT-09).
 */
export function buildUrl(base: string, template: string, parameters: Parameters = {}, query: Query = {}): URL {
  if (!ORIGIN.test(base)) refuse('base');
  if (!TEMPLATE.test(template) || template.split('/').some(segment => DOTS.test(segment))) refuse('path-template');
  const used = new Set<string>();
  const path = template.replace(/\{([A-Za-z]+)\}/g, (_, name: string) => {
    used.add(name);
    return segmentOf(Object.hasOwn(parameters, name) ? parameters[name] : undefined);
  });
  if (Object.keys(parameters).some(name => !used.has(name))) refuse('path-parameter');
  if (path.split('/').some(segment => DOTS.test(segment))) refuse('path-parameter');
  const text = `${base}${path}${queryOf(query)}`;
  const url = URL.parse(text) ?? refuse('url');
  if (text.length > MAX_URL || url.origin !== base || url.pathname !== path || url.username !== '' || url.hash !== '')
    refuse('url');
  return url;
}

function segmentOf(value: string | number | undefined): string {
  const text = wellFormed(value, 'path-parameter');
  if (text === '' || /[/\\]/.test(text) || LOOK_ALIKE.test(text) || ENCODED.test(text)) refuse('path-parameter');
  return encodeURIComponent(text);
}

function queryOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (!/^[\w.[\]-]{1,100}$/.test(name)) refuse('query');
    for (const one of typeof value === 'object' ? value : [value]) {
      const text = typeof one === 'boolean' ? String(one) : wellFormed(one, 'query');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no honest filter or cursor holds one
      if (/[\u0000-\u001f\u007f]/.test(text)) refuse('query');
      search.append(name, text);
    }
  }
  return search.size === 0 ? '' : `?${search}`;
}

function wellFormed(value: string | number | undefined, where: string): string {
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(where);
  if (typeof value !== 'string' && typeof value !== 'number') refuse(where);
  const text = String(value);
  return text.length > MAX_VALUE || !text.isWellFormed() ? refuse(where) : text;
}

/** The cursor that a provider put into a link to the next page; the rest of the link, and above all its host, is not used. */
export function cursorOf(link: string, parameter: string): string | null {
  return URL.canParse(link) ? new URL(link).searchParams.get(parameter) : null;
}
