import type { OfficialRequest } from './types.ts';

export type Body = { readonly media: string | null; readonly value: unknown; readonly fault?: string };

const headerOf = (headers: OfficialRequest['headers'], name: string): string | undefined => {
  const value = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : value?.[0];
};

/** `a[b][]=1` becomes `{ a: { b: ['1'] } }`; lists also as `a[0]=1`. Every leaf stays text. */
export function unbracket(pairs: Iterable<readonly [string, string]>): { [name: string]: unknown } {
  const root: { [name: string]: unknown } = {};
  for (const [key, text] of pairs) {
    const steps = [key.split('[')[0]!, ...[...key.matchAll(/\[([^\]]*)\]/g)].map(match => match[1]!)];
    let at: { [name: string]: unknown } = root;
    for (const [n, step] of steps.entries()) {
      const name = step === '' ? String(Object.keys(at).length) : step;
      if (n === steps.length - 1) at[name] = name in at && steps.length === 1 ? [at[name], text].flat() : text;
      else {
        at[name] ??= {};
        at = at[name] as { [name: string]: unknown };
      }
    }
  }
  return listed(root) as { [name: string]: unknown };
}
const listed = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, listed(item)] as const);
  const list = entries.length > 0 && entries.every(([name], n) => name === String(n));
  return list ? entries.map(([, item]) => item) : Object.fromEntries(entries);
};

/** The named parts of a multipart body as text; parts without a name are numbered. */
function partsOf(bytes: string, boundary: string): { [name: string]: unknown } {
  const parts = bytes.split(`--${boundary}`).slice(1, -1);
  return Object.fromEntries(
    parts.map((part, n) => {
      // A part may have no headers at all; the blank line is there all the same.
      const [, head = '', content = ''] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(part) ?? [];
      return [/name="([^"]*)"/i.exec(head)?.[1] ?? String(n), content.replace(/\r?\n$/, '')];
    }),
  );
}

/** Reads what is sent by its content-type. A value that is no text counts as JSON. */
export function readBody({ body, headers }: Pick<OfficialRequest, 'body' | 'headers'>): Body {
  const type = headerOf(headers, 'content-type');
  const media = type === undefined ? null : (type.split(';')[0] ?? '').trim().toLowerCase();
  const none = body === undefined || body === null || body === '';
  if (none || (body instanceof Uint8Array && body.length === 0)) return { media, value: undefined };
  if (body instanceof URLSearchParams)
    return { media: media ?? 'application/x-www-form-urlencoded', value: unbracket(body) };
  if (body instanceof FormData)
    return {
      media: 'multipart/form-data',
      value: Object.fromEntries([...body].map(([k, v]) => [k, typeof v === 'string' ? v : v.name])),
    };
  const raw =
    typeof body === 'string' ? body : body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : null;
  if (raw === null) return { media: media ?? 'application/json', value: body };
  if (media?.startsWith('multipart/'))
    return { media, value: partsOf(raw, /boundary="?([^";]+)"?/i.exec(type ?? '')?.[1] ?? '') };
  if (media === 'application/x-www-form-urlencoded') return { media, value: unbracket(new URLSearchParams(raw)) };
  if (media !== null && !media.includes('json')) return { media, value: raw };
  try {
    const text = typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString('utf8');
    return { media: media ?? 'application/json', value: JSON.parse(text) };
  } catch {
    return { media, value: undefined, fault: 'body: is no JSON' };
  }
}
