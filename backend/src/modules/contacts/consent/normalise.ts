/** Letters that look like Latin ones. Customers copy them from «fancy text» pages, and spammers teach them. */
const LOOK_ALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('аaеeоoрpсcуyхxіiѕsјjтtмmнhкkвbπnοoρpτtαaεeιiκkνvυuıi'.matchAll(/(.)(.)/gu), ([, from, to]) => [
    from!,
    to!,
  ]),
);

/** Enclosed letters that NFKC leaves: 🅢, 🆂 and the letters of flags. The first of each row stands for «a». */
const ENCLOSED = [0x1f150, 0x1f170, 0x1f1e6];
const plainLetter = (char: string): string => {
  const code = char.codePointAt(0)!;
  const row = ENCLOSED.findLast(first => code >= first && code < first + 26);
  return row === undefined ? char : String.fromCharCode(97 + code - row);
};

const LEET: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 5: 's', 7: 't' };

/** Malayalam letters without a vowel have a code of their own and an older spelling with a joiner. */
const CHILLU: Readonly<Record<string, string>> = { ൺ: 'ണ്', ൻ: 'ന്', ർ: 'ര്', ൽ: 'ല്', ൾ: 'ള്', ൿ: 'ക്' };

/** Spellings of one word of an Indian script that differ only in marks which writers leave out or exchange. */
const foldScripts = (text: string): string =>
  text
    .replace(/[ൺൻർൽൾൿ]/gu, char => CHILLU[char]!)
    // Nukta, then the sign of a nasal vowel, which is also written as a half letter.
    .replace(/[\u093c\u09bc\u0a3c\u0abc]/gu, '')
    .replace(/[\u0901\u0902]/gu, '\u0902')
    .replace(/[ङञणनम]\u094d(?=[क-ह])/gu, '\u0902')
    .replace(/\u0902(?![\p{L}\p{M}])/gu, '')
    .replace(/[\u0a70\u0a02\u0a01]/gu, '\u0a02')
    .replace(/\u0a71/gu, '')
    .replace(/\u0940/gu, '\u093f')
    .replace(/\u0942/gu, '\u0941')
    .replace(/\u0ac0/gu, '\u0abf')
    .replace(/\u0ac2/gu, '\u0ac1')
    .replace(/\u09c0/gu, '\u09bf')
    .replace(/\u09c2/gu, '\u09c1')
    // Arabic letters that Urdu keyboards replace with their own, and vowel marks.
    .replace(/[\u064b-\u065f\u0670]/gu, '')
    .replace(/[يىئ]/gu, 'ی')
    .replace(/ك/gu, 'ک')
    .replace(/[هھةۃ]/gu, 'ہ')
    .replace(/[أإآ]/gu, 'ا');

/** Runs of three letters or more, each standing alone, are one word: «S T O P», «s.t.o.p». */
function joined(tokens: readonly string[]): string[] {
  const words: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    let end = at;
    while (end < tokens.length && /^[a-z]$/.test(tokens[end]!)) end++;
    if (end - at >= 3) {
      words.push(tokens.slice(at, end).join(''));
      at = end - 1;
    } else words.push(tokens[at]!);
  }
  return words;
}

/**
 * The words of a text without what decorates them: case, emoji, punctuation, WhatsApp's marks, invisible characters, letters of full width or
 * in circles, digits in place of letters, and letters held down.
 */
export function wordsOf(text: string): string[] {
  const plain = Array.from(text.normalize('NFKC'), plainLetter)
    .join('')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[^\x20-\x7e]/gu, char => LOOK_ALIKES[char] ?? char)
    .normalize('NFD')
    .replace(/([a-z])\p{Mn}+/gu, '$1')
    .normalize('NFC');
  const found = foldScripts(plain)
    .replace(/(?<=\p{L})['’‘`´ʼ](?=\p{L})/gu, '')
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  const words = (found ?? []).map(word =>
    /[a-z]/.test(word) && /[01357]/.test(word) ? word.replace(/[01357]/g, digit => LEET[digit]!) : word,
  );
  return joined(words).map(word => word.replace(/([a-z])\1{2,}/g, '$1'));
}

/** What is common to the ways of writing one Indian word in Latin letters: «nahi», «nahin», «nahee»; «chahiye», «chaiye». */
export const looseForm = (word: string): string =>
  word
    .replaceAll('ee', 'i')
    .replaceAll('oo', 'u')
    .replace(/(?<=.)h/g, '')
    .replaceAll('w', 'v')
    .replaceAll('z', 'j')
    .replaceAll('y', 'i')
    .replaceAll('ei', 'e')
    .replace(/(.)\1+/g, '$1')
    .replace(/(?<=...[aeiou])n$/, '');

/** Whether two words differ by at most `most` letters: one wrong, missing, added, or two exchanged. */
export function isNear(one: string, other: string, most: number): boolean {
  if (Math.abs(one.length - other.length) > most) return false;
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      let cost = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[other.length]! <= most;
}
