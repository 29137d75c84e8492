import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { consentIn } from './classify.ts';

/** A: stop all. P: stop promotions. In small letters: likely. S: start. -: says nothing. */
function resultOf(text: string): string {
  const said = consentIn(text);
  if (said === null) return '-';
  if (said.wants === 'start') return said.scope === 'all' ? 'S' : 'SP';
  const letter = said.scope === 'all' ? 'A' : 'P';
  return said.certainty === 'certain' ? letter : letter.toLowerCase();
}

type Sentence = { readonly language: string; readonly expected: string; readonly text: string };

function sentencesOf(half: 'tuned' | 'unseen'): Sentence[] {
  const found: Sentence[] = [];
  let language = '';
  for (const line of readFileSync(new URL(`./sentences-${half}.txt`, import.meta.url), 'utf8').split('\n')) {
    if (line.startsWith('## ')) language = line.slice(3);
    const [, expected, text] = /^([AaPp-]) (.+)$/.exec(line) ?? [];
    if (expected && text) found.push({ language, expected, text });
  }
  return found;
}
const HALVES = { tuned: sentencesOf('tuned'), unseen: sentencesOf('unseen') };
const SENTENCES = [...HALVES.tuned, ...HALVES.unseen];

const isCertain = (result: string) => result === 'A' || result === 'P';
const ratio = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);

/** Precision of what is certain: it asked for exactly that. Recall of what was asked for: found at all, and found as certain. */
function measure(sentences: readonly Sentence[]) {
  const rows = sentences.map(row => ({ ...row, got: resultOf(row.text) }));
  const certain = rows.filter(row => isCertain(row.got));
  const asked = rows.filter(row => row.expected !== '-');
  const clear = rows.filter(row => isCertain(row.expected));
  return {
    sentences: rows.length,
    precision: ratio(certain.filter(row => row.got === row.expected).length, certain.length),
    recall: ratio(asked.filter(row => row.got.toLowerCase() === row.expected.toLowerCase()).length, asked.length),
    certainRecall: ratio(clear.filter(row => row.got === row.expected).length, clear.length),
  };
}

describe('sentences of customers', () => {
  const languages = [...new Set(SENTENCES.map(row => row.language))];

  test('ME-04: the table holds at least 900 sentences, in twelve languages, none of them twice', () => {
    expect(SENTENCES.length).toBeGreaterThanOrEqual(900);
    expect(new Set(SENTENCES.map(row => row.text)).size).toBe(SENTENCES.length);
    expect(languages.length).toBe(21);
  });

  test('ME-04: nothing certain is wrong, and at least 85 of 100 requests are found, overall and in each language', () => {
    const table: Readonly<Record<string, ReturnType<typeof measure>>> = Object.fromEntries([
      ...Object.entries(HALVES).map(([half, rows]) => [half, measure(rows)]),
      ...languages.map(language => [language, measure(SENTENCES.filter(row => row.language === language))]),
    ]);
    console.table(table);
    for (const [name, { precision, recall, certainRecall }] of Object.entries(table)) {
      expect(precision, name).toBe(1);
      expect(recall, name).toBeGreaterThanOrEqual(0.85);
      expect(certainRecall, name).toBeGreaterThanOrEqual(0.85);
    }
  });

  test('ME-04: what says nothing about consent never pauses anything', () => {
    expect(SENTENCES.filter(row => row.expected === '-' && resultOf(row.text) !== '-')).toEqual([]);
  });
});

const latin = (from: number) => (text: string) =>
  text.replace(/[a-z]/g, char => String.fromCodePoint(from + char.charCodeAt(0) - 97));

/** Ways to write the same words otherwise. */
const DECORATIONS: Readonly<Record<string, (text: string) => string>> = {
  bold: text => `*${text}*`,
  italic: text => `_${text}_`,
  'struck out': text => `~${text}~`,
  monospaced: text => `\`\`\`${text}\`\`\``,
  'in curly quotes': text => `“${text}”`,
  'with emoji after it': text => `${text} 🛑🙏🏽`,
  'with a family before it': text => `👨‍👩‍👧 ${text}`,
  'in capitals': text => text.toUpperCase(),
  'with joiners inside': text => text.replace(/[a-z]/gi, '$&\u200d'),
  'with bidi marks': text => `\u202e\u2067${text}\u2069`,
  'with hard spaces': text => text.replaceAll(' ', '\u00a0'),
  'on several lines': text => text.replaceAll(' ', '\n'),
  'with a variation selector': text => `${text}\ufe0f`,
  'in letters of full width': latin(0xff41),
  'in mathematical letters': latin(0x1d41a),
  'in dark circles': latin(0x1f150),
  'with accents': text => text.replace(/[a-z]/g, '$&\u0301'),
  'with marks after it': text => `${text}!!! …`,
  'with a question mark': text => `${text}?`,
  'with a danda': text => `${text}।`,
  'with a letter held down': text => text.replace(/([a-z])(?=[^a-z]*$)/, '$1$1$1$1'),
};

describe('decoration', () => {
  test.each(Object.entries(DECORATIONS))('ME-04: %s, a sentence means the same', (_, decorate) => {
    const changed = SENTENCES.filter(({ text }) => resultOf(decorate(text)) !== resultOf(text));
    expect(changed).toEqual([]);
  });

  test.each(['S T O P', 's.t.o.p', 'S-T-O-P', '🅂🅃🄾🄿', '🆂🆃🅾🅿', '🇸🇹🇴🇵', 'St0p', 'sтор', '⛔️ stop', 'Stop✋', '«stop»'])(
    'ME-04: «%s» is a stop',
    text => expect(resultOf(text)).toBe('A'),
  );

  test.each(['🛑', '🚫 🚫', '⛔️!'])('ME-04: «%s» alone may be a stop', text => expect(resultOf(text)).toBe('a'));
  test.each(['', ' ', '.', '👍', '🙏', '???', '12'])('ME-04: «%s» says nothing', text =>
    expect(resultOf(text)).toBe('-'),
  );
});

describe('opting in again', () => {
  test.each(['start', 'START!', '*Start*', 'unstop', 'opt in', 'phir se bhejo', 'shuru karo', 'शुरू करें', 'চালু করুন'])(
    'ME-04: «%s» opts in',
    text => expect(resultOf(text)).toBe('S'),
  );
  test.each(['start promotions', 'resume offers'])('ME-04: «%s» opts in to promotions', text =>
    expect(resultOf(text)).toBe('SP'),
  );
  test.each(['start my order', 'when do you start', 'restart', 'start karo kaam', 'please start', 'start stop'])(
    'ME-04: «%s» does not opt in',
    text => expect(resultOf(text)).not.toMatch(/^S/),
  );
});

test('ME-04: a long message is not read', () => {
  expect(resultOf(`stop${' '.repeat(990)}`)).toBe('A');
  expect(resultOf(`stop${' '.repeat(1000)}`)).toBe('-');
  expect(resultOf('please stop messaging me '.repeat(16))).toBe('-');
});
