const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const HALF_AT_THE_END = /[\ud800-\udbff]$/;

/**
 * A text of at most `most` UTF-16 units that ends with a whole character as people see it: an emoji, a letter with its vowel signs. Everything
 * that is shortened for people is shortened here: half a character cannot be stored as JSON, and looks broken. Of a single character that is
 * longer than `most`, whole code points are left.
 */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most <= 0) return '';
  const end = graphemes.segment(text).containing(most)?.index ?? 0;
  return end > 0 ? text.slice(0, end) : text.slice(0, most).replace(HALF_AT_THE_END, '');
}
