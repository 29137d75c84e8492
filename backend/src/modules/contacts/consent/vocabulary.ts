import { LEXICONS, OFTEN_MISSPELT } from './lexicon.ts';
import { isNear, looseForm, wordsOf } from './normalise.ts';
import type { WordClass } from './word-classes.ts';

/** Every phrase that a written form with `{a|b}` stands for. */
export function expanded(phrase: string): string[] {
  const open = phrase.lastIndexOf('{');
  if (open < 0) return [phrase];
  const close = phrase.indexOf('}', open);
  const [before, after] = [phrase.slice(0, open), phrase.slice(close + 1)];
  return phrase
    .slice(open + 1, close)
    .split('|')
    .flatMap(choice => expanded(before + choice + after));
}

/** The phrases of a list, as the words that a message would have. */
export const phrasesOf = (list: string): string[] =>
  list.split(/,\s*/).flatMap(phrase => expanded(phrase).map(one => wordsOf(one).join(' ')));

/** Without its first vowel, as people abbreviate: «krna», «bhjo», «mjhe». */
const shortForm = (word: string): string => word.replace(/(?<=^[^aeiou]+)[aeiou]+/, '');

type Vocabulary = {
  /** Each phrase with its class. Of two lexicons that name the same phrase, the first decides. */
  readonly classOf: ReadonlyMap<string, WordClass>;
  /** Words of any phrase, and the known word for each loose and each short form. */
  readonly words: ReadonlySet<string>;
  readonly loose: ReadonlyMap<string, string>;
  readonly short: ReadonlyMap<string, string>;
  /** Words of the longest phrase. */
  readonly longest: number;
};

function readLexicons(): Vocabulary {
  const classOf = new Map<string, WordClass>();
  const all = new Set<string>();
  const byLoose = new Map<string, string>();
  const byShort = new Map<string, string>();
  let longest = 1;
  const learn = (word: string, loose: boolean) => {
    all.add(word);
    if (!loose || word.length < 4) return;
    const [form, short] = [looseForm(word), shortForm(word)];
    if (!byLoose.has(form)) byLoose.set(form, word);
    if (!byShort.has(short)) byShort.set(short, word);
  };
  for (const { lexicon, loose } of LEXICONS)
    for (const [kind, list] of Object.entries(lexicon))
      for (const phrase of phrasesOf(list)) {
        if (phrase === '' || classOf.has(phrase)) continue;
        classOf.set(phrase, kind as WordClass);
        const words = phrase.split(' ');
        longest = Math.max(longest, words.length);
        for (const word of words) learn(word, loose);
      }
  return { classOf, words: all, loose: byLoose, short: byShort, longest };
}

let read: Vocabulary | null = null;
/** Read with the first message: most processes that load this file never judge one, and reading takes a fifth of a second. */
const vocabulary = (): Vocabulary => {
  read ??= readLexicons();
  return read;
};

const MISSPELT = OFTEN_MISSPELT.split(' ');

/** The word that the lexicons know, for one in another spelling; the word itself where there is none. */
function known(word: string): string {
  const { words, loose, short } = vocabulary();
  if (words.has(word)) return word;
  if (!/^[a-z]+$/.test(word)) return word;
  const single = word.replace(/(.)\1+/g, '$1');
  if (single.length >= 4 && words.has(single)) return single;
  const spelled = word.length >= 4 ? loose.get(looseForm(word)) : undefined;
  if (spelled) return spelled;
  const abbreviated = short.get(word);
  if (abbreviated) return abbreviated;
  const doubled = word + word.at(-1);
  if (words.has(doubled)) return doubled;
  if (word.length < 6) return word;
  return MISSPELT.find(one => one[0] === word[0] && isNear(word, one, one.length >= 11 ? 2 : 1)) ?? word;
}

export type Lexeme = WordClass | 'unknown';

/** What each word or phrase of a message means, the longest phrase first. */
export function lexemesOf(text: string): Lexeme[] {
  const { classOf, longest } = vocabulary();
  const words = wordsOf(text).map(known);
  const found: Lexeme[] = [];
  for (let at = 0; at < words.length; ) {
    let length = Math.min(longest, words.length - at);
    while (length > 1 && !classOf.has(words.slice(at, at + length).join(' '))) length--;
    const kind = classOf.get(words.slice(at, at + length).join(' '));
    found.push(kind ?? (/^(?:\p{N}+|[a-z])$/u.test(words[at]!) ? 'filler' : 'unknown'));
    at += length;
  }
  return found;
}
