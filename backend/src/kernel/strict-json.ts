export type JsonLimits = {
  readonly depth: number;
  readonly keys: number;
  readonly keyLength: number;
  /** What happens to NUL and halves of surrogate pairs inside of strings, which no database can hold. */
  readonly unstorable: 'replaced' | 'refused';
};
export const JSON_LIMITS: JsonLimits = { depth: 32, keys: 50_000, keyLength: 256, unstorable: 'replaced' };

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const UTF8 = new TextDecoder('utf-8', { fatal: true });

export type JsonFault =
  | 'charset'
  | 'empty'
  | 'json'
  | 'too-deep'
  | 'too-many-keys'
  | 'long-key'
  | 'forbidden-key'
  | 'duplicate-key'
  | 'number'
  | 'unstorable';
export type Parsed = { readonly value: unknown } | { readonly fault: JsonFault };

/**
 * JSON as a stranger sends it. Refused are depth and numbers of keys beyond the limits, a key that stands twice (readers differ in which one
 * they believe), keys that reach prototypes, and numbers that do not fit (`1e999`). One byte order mark is forgiven.
 */
export function parseStrictly(bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): Parsed {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { fault: 'charset' };
  }
  if (text.trim() === '') return { fault: 'empty' };
  const fault = faultOf(text, limits);
  if (fault !== null) return { fault };
  let unstorable = false;
  const storable = (_key: string, value: unknown) => {
    if (typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed())) return value;
    unstorable = true;
    return value.replaceAll('\0', '\ufffd').toWellFormed();
  };
  try {
    const value = /\\u(?:0000|d[89a-f])/i.test(text) ? JSON.parse(text, storable) : JSON.parse(text);
    return unstorable && limits.unstorable === 'refused' ? { fault: 'unstorable' } : { value };
  } catch {
    return { fault: 'json' };
  }
}

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/** Sets of keys of the objects that are open, null for a list; `keyNext` where a text would be a key. */
type Scan = { readonly open: (Set<string> | null)[]; keys: number; keyNext: boolean };

/** One pass without building anything; what is no JSON at all is left to the parser. */
function faultOf(text: string, limits: JsonLimits): JsonFault | null {
  const scan: Scan = { open: [], keys: 0, keyNext: false };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    let fault: JsonFault | null = null;
    if (code === QUOTE) {
      const end = endOfString(text, at + 1);
      if (scan.keyNext) fault = keyFault(text.slice(at + 1, end), scan, limits);
      at = end;
    } else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at);
      if (!Number.isFinite(Number(text.slice(at, end)))) fault = 'number';
      at = end - 1;
    } else fault = structureFault(code, scan, limits);
    if (fault !== null) return fault;
  }
  return null;
}

function structureFault(code: number, scan: Scan, limits: JsonLimits): JsonFault | null {
  switch (code) {
    case OPEN:
    case OPEN_LIST:
      if (scan.open.length >= limits.depth) return 'too-deep';
      scan.open.push(code === OPEN ? new Set() : null);
      scan.keyNext = code === OPEN;
      return null;
    case CLOSE:
    case CLOSE_LIST:
      scan.open.pop();
      scan.keyNext = false;
      return null;
    case COMMA:
      scan.keyNext = scan.open.at(-1) instanceof Set;
      return null;
    case COLON:
      scan.keyNext = false;
      return null;
    default:
      return null;
  }
}

function keyFault(raw: string, scan: Scan, limits: JsonLimits): JsonFault | null {
  scan.keys += 1;
  if (scan.keys > limits.keys) return 'too-many-keys';
  if (raw.length > limits.keyLength) return 'long-key';
  let key = raw;
  if (raw.includes('\\')) {
    try {
      key = JSON.parse(`"${raw}"`) as string;
    } catch {
      return 'json';
    }
  }
  if (FORBIDDEN.has(key) || key.includes('\0') || !key.isWellFormed()) return 'forbidden-key';
  const keys = scan.open.at(-1);
  if (keys?.has(key)) return 'duplicate-key';
  keys?.add(key);
  return null;
}

/** Index of the quote that ends the string, or of the end of the text. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

const isDigit = (code: number) => code >= 48 && code <= 57;

function endOfNumber(text: string, from: number): number {
  let end = from;
  while (isDigit(text.charCodeAt(end)) || /[+\-.eE]/.test(text[end] ?? '')) end += 1;
  return end;
}
