const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** The longest character that is looked at as one, in UTF-16 units. */
const LOOK_AHEAD = 64;

/**
 * The beginning of a text, at most `most` UTF-16 units long, that ends between two characters as a reader sees them. An emoji with its skin
 * tone, a flag, or a Devanagari syllable stays whole or is left out. The result is well-formed, so that a database can store it.
 */
export function shorten(text: string, most: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= most) return whole;
  // The segmenter is slow on long texts: what lies far behind the cut cannot move it.
  let end = 0;
  for (const { index, segment } of graphemes.segment(whole.slice(0, most + LOOK_AHEAD))) {
    if (index + segment.length > most) break;
    end = index + segment.length;
  }
  return whole.slice(0, end);
}
