/** A part of a message. `text` is what is shown; for `bold`, `italic` and `strike` the parts inside are shown instead. */
export type Part =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'phone' | 'email'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly parts: readonly Part[] };

const MARKS: Readonly<Record<string, 'bold' | 'italic' | 'strike'>> = { '*': 'bold', _: 'italic', '~': 'strike' };
/** Bold in italic in strike; more than WhatsApp shows, and a bound for hostile text. */
const MOST_NESTED = 3;

/**
 * Addresses with their protocol, with `www.`, or a host with a path such as `bit.ly/x`; e-mail addresses; phone numbers with 10 to 15
 * digits, which have a + or begin as Indian ones do. What a customer calls a link is never shown as another text.
 */
const FOUND = new RegExp(
  [
    String.raw`(?<link>\bhttps?:\/\/[^\s<>"'()]+[^\s<>"'().,!?;:*_~]|\bwww\.[a-z0-9-]{1,63}\.[^\s<>"'()]*[^\s<>"'().,!?;:*_~]|(?<![@\w./-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}\/[^\s<>"'()]*[^\s<>"'().,!?;:*_~])`,
    String.raw`(?<email>(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}\b)`,
    String.raw`(?<phone>(?<![\w+.])(?:\+\d{1,3}[ -]?|0)?(?:\d[ -]?){9,12}\d(?![\w]))`,
  ].join('|'),
  'gi',
);

const isPhone = (text: string): boolean => {
  const digits = text.replaceAll(/\D/g, '');
  return text.startsWith('+') ? digits.length >= 10 && digits.length <= 15 : /^(?:0|91)?[6-9]\d{9}$/.test(digits);
};

/** Links, e-mail addresses and phone numbers of a text without formatting. */
function found(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(FOUND)) {
    const { link, email, phone } = match.groups as Record<string, string | undefined>;
    if (phone !== undefined && !isPhone(phone)) continue;
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    if (link !== undefined)
      parts.push({ kind: 'link', text: link, url: /^https?:/i.test(link) ? link : `https://${link}` });
    else parts.push({ kind: email === undefined ? 'phone' : 'email', text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}

const isWordBreak = (character: string | undefined): boolean =>
  character === undefined || !/[\p{L}\p{N}]/u.test(character);
const isSpace = (character: string | undefined): boolean => character === undefined || /\s/.test(character);

/** Where the formatted text that begins at `from` ends; -1 when the sign there is only a sign. On one line, and with no space inside the signs. */
function endOf(text: string, from: number): number {
  const sign = text[from]!;
  if (!isWordBreak(text[from - 1]) || isSpace(text[from + 1]) || text[from + 1] === sign) return -1;
  for (let at = from + 2; at < text.length && text[at] !== '\n'; at++)
    if (text[at] === sign && !isSpace(text[at - 1]) && isWordBreak(text[at + 1])) return at;
  return -1;
}

const LINK_AT = /(?:https?:\/\/|www\.)[^\s<>"'()*]+/iy;

/** A link keeps its signs: `_` and `~` are common in addresses. */
function linkEndAt(text: string, at: number): number {
  if (!isWordBreak(text[at - 1]) || !/[hw]/i.test(text[at]!)) return -1;
  LINK_AT.lastIndex = at;
  return LINK_AT.test(text) ? LINK_AT.lastIndex : -1;
}

type Span = { readonly end: number; readonly part: Part };
/** Signs that have no end on the rest of the line. It is not searched again, so that a hostile text takes linear time. */
type Hopeless = Set<string>;

function codeAt(text: string, at: number, hopeless: Hopeless): Span | null {
  if (text[at] !== '`') return null;
  const fence = text.startsWith('```', at) ? '```' : '`';
  if (hopeless.has(fence)) return null;
  const end = text.indexOf(fence, at + fence.length);
  if (end < 0) {
    hopeless.add(fence);
    return null;
  }
  const code = text.slice(at + fence.length, end);
  if (code.trim() === '' || (fence === '`' && code.includes('\n'))) return null;
  return { end: end + fence.length, part: { kind: 'code', text: code.replaceAll(/^\n|\n$/g, '') } };
}

function markedAt(text: string, at: number, depth: number, hopeless: Hopeless): Span | null {
  const sign = text[at]!;
  const kind = depth < MOST_NESTED ? MARKS[sign] : undefined;
  if (!kind || hopeless.has(sign) || !isWordBreak(text[at - 1])) return null;
  const end = endOf(text, at);
  if (end > 0) return { end: end + 1, part: { kind, parts: formatted(text.slice(at + 1, end), depth + 1) } };
  if (!isSpace(text[at + 1]) && text[at + 1] !== sign) hopeless.add(sign);
  return null;
}

function formatted(text: string, depth: number): Part[] {
  const parts: Part[] = [];
  const hopeless: Hopeless = new Set();
  let plainFrom = 0;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '\n') hopeless.clear();
    const span = codeAt(text, at, hopeless) ?? markedAt(text, at, depth, hopeless);
    if (span) {
      parts.push(...found(text.slice(plainFrom, at)), span.part);
      plainFrom = span.end;
    }
    at = span ? span.end : Math.max(at + 1, linkEndAt(text, at));
  }
  parts.push(...found(text.slice(plainFrom)));
  return parts;
}

/** The parts of a message as WhatsApp shows them: `*bold*`, `_italic_`, `~strike~`, code, and what can be opened or copied. */
export const richText = (text: string): readonly Part[] => formatted(text, 0);
