import type { ClientDirectoryRow } from '@astrix/contract';
import { CLIENT_MARKS, type ClientMark } from '@astrix/contract/clients/marks';

/** The most that a client's initials may be, in UTF-16 units. */
const MOST_UNITS = 4;
const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });

const lettersOf = (word: string): string[] =>
  [...segments.segment(word)].map(({ segment }) => segment).filter(one => /[\p{L}\p{N}]/u.test(one));

/** The longest beginning that fits, so that no letter is torn from its signs. */
function fitting(letters: readonly string[]): string {
  let text = '';
  for (const letter of letters) if (text.length + letter.length <= MOST_UNITS) text += letter;
  return text;
}

/** Initials for a name: the first letters of its first two words, or two letters of its only word. */
export function initialsOf(name: string): string {
  const words = name
    .split(/[\s&·.,'’-]+/u)
    .map(lettersOf)
    .filter(letters => letters.length > 0);
  const [first = [], second] = words;
  const letters = second ? [first[0]!, second[0]!] : first.filter((_, at) => at < 2);
  return fitting(letters).toLocaleUpperCase('en');
}

type Taken = Pick<ClientDirectoryRow, 'id' | 'initials' | 'hue' | 'shade' | 'shape'>;

export const sameMark = (a: ClientMark, b: ClientMark): boolean =>
  a.hue === b.hue && a.shade === b.shade && a.shape === b.shape;

/**
 * The marks that a client may have: those that no other client has. When all of them are taken, those that no client with the same
 * initials has.
 */
export function freeMarks(others: readonly Taken[], initials: string): readonly ClientMark[] {
  const untaken = CLIENT_MARKS.filter(mark => !others.some(other => sameMark(other, mark)));
  if (untaken.length > 0) return untaken;
  return CLIENT_MARKS.filter(mark => !others.some(other => other.initials === initials && sameMark(other, mark)));
}
