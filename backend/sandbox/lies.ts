/** Changes of an honest reply that know nothing of any provider: they go by the names and the looks of values. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Leaf = string | number | boolean | null;

/** Every value, by the name it stands under; rows of a list that are plain values keep the list's. `extra` is added to every object. */
export function each(value: Json, change: (leaf: Leaf, key: string) => Json, extra: object = {}, key = ''): Json {
  if (Array.isArray(value)) return value.map(one => each(one, change, extra, key));
  if (typeof value !== 'object' || value === null) return change(value, key);
  const changed = Object.entries(value).map(([name, one]) => [name, each(one, change, extra, name)] as const);
  return { ...Object.fromEntries(changed), ...extra };
}

/** JSON, with `@NaN@` and its like as numbers that no library writes. */
export const written = (value: Json): string => JSON.stringify(value).replace(/"@([\w.]+)@"/g, '$1');

export const money = (key: string): boolean =>
  /amount|spend|micros|price|^value$|_value$/i.test(key) && !/currency|type|status/i.test(key);

const ID = /^(?:id|key|awb|orderId|.*_id|.*Id)$/i;

/** In every list of objects, all carry the ids of the first. */
export function inLists(value: Json, first: ReadonlyMap<string, Json> | null = null, path = ''): Json {
  if (Array.isArray(value)) {
    const ids = new Map<string, Json>();
    collect(value[0] ?? null, ids, '');
    return value.map(one => inLists(one, first ?? ids, first ? path : ''));
  }
  if (typeof value !== 'object' || value === null) return first?.get(path) ?? value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, inLists(one, first, `${path}/${name}`)] as const),
  );
}
function collect(value: Json, ids: Map<string, Json>, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (ID.test(path.split('/').at(-1) ?? '') && value !== null) ids.set(path, value);
    return;
  }
  for (const [name, one] of Object.entries(value)) collect(one, ids, `${path}/${name}`);
}

const YEARS_2014_TO_2040 = [1.4e9, 2.2e9] as const;

/** Whatever looks like a time, as another one: seconds since 1970, a day at the beginning of a text, a day of eight digits. */
export function times(value: Leaf, seconds: number, iso: string, day: string): Leaf {
  if (typeof value === 'number') {
    const [from, to] = YEARS_2014_TO_2040;
    return Number.isInteger(value) && value > from && value < to ? seconds : value;
  }
  if (typeof value !== 'string') return value;
  if (/^20\d\d-\d\d-\d\d/.test(value)) return `${iso}${value.slice(10)}`;
  return /^20[0-4]\d[01]\d[0-3]\d$/.test(value) ? day : value;
}

/** Ids of accounts and things as they stand in an address: long, with digits, and no times. */
export function named(url: string): string[] {
  const words = decodeURIComponent(url).match(/[A-Za-z0-9][A-Za-z0-9-]{5,}/g) ?? [];
  return [...new Set(words)].filter(
    word => (word.match(/\d/g)?.length ?? 0) >= 2 && !/^\d{4}-\d\d-\d\d|^1[67]\d{8}$/.test(word),
  );
}

/** Not as a part of another one. */
export const swapped = (text: string, id: string, other: string): string =>
  text.replace(new RegExp(`(?<![A-Za-z0-9])${id}(?![A-Za-z0-9])`, 'g'), other);

/** The neighbour of an id, of the same shape. */
export const plusOne = (id: string): string => {
  const end = id.at(-1)!;
  const next = /\d/.test(end)
    ? String((Number(end) + 1) % 10)
    : /[zZ]/.test(end)
      ? 'a'
      : String.fromCharCode(end.charCodeAt(0) + 1);
  return id.slice(0, -1) + next;
};
