import { commonPasswords } from '../../../platform/crypto/index.ts';

export const SHORTEST_PASSWORD = 12;
/** In UTF-16 units. A longer one is refused and never truncated. */
export const LONGEST_PASSWORD = 256;
/** Characters that must be left when what is easy to guess has been taken out. */
const LEFT = 8;

/** What belongs to the person and to the agency, and is therefore guessed first. */
export type Known = { readonly email: string; readonly name: string; readonly agency: string };

/** Why a password is not accepted (AU-13), as a sentence for its owner; null for one that is. Nothing leaves this process. */
export function passwordFault(password: string, known: Known): string | null {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length < SHORTEST_PASSWORD)
    return `It has ${length} characters, and at least ${SHORTEST_PASSWORD} are needed. A sentence of a few words is easy to remember.`;
  if (password.length > LONGEST_PASSWORD || text.length > LONGEST_PASSWORD)
    return `It is longer than ${LONGEST_PASSWORD} characters.`;
  if (new Set(text).size < 5) return 'It repeats a few characters only.';
  if (isSequence(text.toLowerCase())) return 'It follows the alphabet, the digits or a row of the keyboard.';
  if (isCommon(text.toLowerCase())) return 'It is on the list of passwords that are tried first.';
  const own = ownWords(known).find(word => lengthWithout(fold(text), word) < LEFT);
  return own === undefined ? null : `It is made of “${own}”, which is easy to guess.`;
}

const LEET: Readonly<Record<string, string>> = {
  ...{ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b' },
  ...{ '@': 'a', $: 's', '!': 'i' },
};
/** As somebody would say it: without accents, and with the letters that digits and signs stand for. */
const fold = (text: string) =>
  [...text.normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '')].map(letter => LEET[letter] ?? letter).join('');

/** The text without digits and signs at its ends, which add nothing: every way to take off at most eight on each side. */
function coresOf(text: string): string[] {
  const lengthOf = (ends: RegExp) => ends.exec(text)?.[0].length ?? 0;
  const starts = Array.from({ length: lengthOf(/^[\d\W_]{1,8}/u) + 1 }, (_, n) => n);
  const ends = Array.from({ length: lengthOf(/[\d\W_]{1,8}$/u) + 1 }, (_, n) => text.length - n);
  return starts.flatMap(start => ends.map(end => text.slice(start, end))).filter(core => core.length >= 4);
}

let foldedList: ReadonlySet<string> | null = null;

function isCommon(text: string): boolean {
  foldedList ??= new Set([...commonPasswords()].map(fold));
  const list = foldedList;
  return coresOf(text).some(core => list.has(fold(core)) || list.has(unrepeated(fold(core))));
}

/** `dragondragon` is `dragon`. */
const unrepeated = (text: string) => /^(.{3,}?)\1+$/su.exec(text)?.[1] ?? text;

const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'].flatMap(row => [
  row,
  [...row].reverse().join(''),
]);

/** Whether most neighbours are neighbours on the keyboard or in the alphabet, or the same. */
function isSequence(text: string): boolean {
  const pairs = [...text].slice(1).map((letter, n) => `${[...text][n]}${letter}`);
  const near = pairs.filter(pair => pair[0] === pair[1] || ROWS.some(row => row.includes(pair)));
  return near.length >= pairs.length * 0.75;
}

/** Words of at least four letters out of the address, the name and the agency, the longest first. */
function ownWords({ email, name, agency }: Known): string[] {
  const [box = '', domain = ''] = email.split('@');
  const words = [box, ...domain.split('.').slice(0, -1), name, agency, 'astrix'].flatMap(text => [
    fold(text).replaceAll(/[\W_]/gu, ''),
    ...fold(text).split(/[^\p{L}]+/u),
  ]);
  return [...new Set(words)].filter(word => word.length >= 4).toSorted((a, b) => b.length - a.length);
}

const lengthWithout = (text: string, word: string) =>
  text.includes(word) ? text.replaceAll(word, '').replaceAll(/[\d\W_]/gu, '').length : Number.POSITIVE_INFINITY;
