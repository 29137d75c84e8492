/** Hues of a client's mark. The colour marks identity and nothing else. */
export const CLIENT_HUES = [
  'indigo',
  'teal',
  'amber',
  'rose',
  'violet',
  'green',
  'cyan',
  'orange',
  'blue',
  'magenta',
] as const;
export const CLIENT_SHADES = ['deep', 'middle', 'light'] as const;
export const CLIENT_SHAPES = ['square', 'circle', 'leaf', 'arch', 'shield', 'hexagon'] as const;

export type ClientHue = (typeof CLIENT_HUES)[number];
export type ClientShade = (typeof CLIENT_SHADES)[number];
export type ClientShape = (typeof CLIENT_SHAPES)[number];
/** What a client looks like in rail, strip and composer, beside its initials. */
export type ClientMark = { readonly hue: ClientHue; readonly shade: ClientShade; readonly shape: ClientShape };

/**
 * Marks in the order in which they are given out. Two of them differ in shape, or their colours are apart for everybody: also for a person
 * with deuteranopia, in the light and in the dark theme (src/renderer/lib/client-colour.test.ts computes it). Append only.
 */
export const CLIENT_MARKS: readonly ClientMark[] = (
  [
    ['indigo', 'middle', 'square'],
    ['teal', 'middle', 'circle'],
    ['amber', 'middle', 'leaf'],
    ['rose', 'middle', 'arch'],
    ['violet', 'middle', 'shield'],
    ['green', 'middle', 'hexagon'],
    ['cyan', 'middle', 'leaf'],
    ['orange', 'middle', 'circle'],
    ['blue', 'middle', 'arch'],
    ['magenta', 'middle', 'arch'],
    ['indigo', 'middle', 'hexagon'],
    ['teal', 'middle', 'shield'],
    ['amber', 'middle', 'shield'],
    ['rose', 'middle', 'square'],
    ['violet', 'middle', 'circle'],
    ['green', 'deep', 'circle'],
    ['cyan', 'deep', 'leaf'],
    ['orange', 'deep', 'arch'],
    ['blue', 'deep', 'shield'],
    ['magenta', 'middle', 'hexagon'],
    ['indigo', 'deep', 'hexagon'],
    ['teal', 'deep', 'hexagon'],
    ['amber', 'deep', 'square'],
    ['rose', 'deep', 'leaf'],
    ['violet', 'deep', 'arch'],
    ['green', 'deep', 'shield'],
    ['cyan', 'deep', 'square'],
    ['orange', 'deep', 'hexagon'],
    ['blue', 'deep', 'circle'],
    ['magenta', 'deep', 'circle'],
    ['indigo', 'deep', 'square'],
    ['teal', 'deep', 'arch'],
    ['amber', 'light', 'leaf'],
    ['rose', 'light', 'arch'],
    ['violet', 'light', 'shield'],
    ['green', 'light', 'hexagon'],
    ['cyan', 'light', 'square'],
    ['orange', 'light', 'circle'],
    ['blue', 'light', 'leaf'],
    ['magenta', 'deep', 'shield'],
    ['indigo', 'light', 'arch'],
    ['teal', 'light', 'hexagon'],
    ['amber', 'light', 'shield'],
    ['rose', 'light', 'square'],
    ['violet', 'light', 'circle'],
    ['magenta', 'middle', 'square'],
    ['indigo', 'deep', 'leaf'],
    ['amber', 'light', 'square'],
    ['rose', 'light', 'leaf'],
    ['amber', 'light', 'arch'],
    ['rose', 'light', 'shield'],
  ] as const
).map(([hue, shade, shape]) => ({ hue, shade, shape }));

type Known = ClientMark & { readonly initials: string };

const same = (a: ClientMark, b: ClientMark) => a.hue === b.hue && a.shade === b.shade && a.shape === b.shape;

/**
 * The mark of a new client: one that no client of the agency has, of `hue` where there is one. When all of them are taken, one that no
 * client with the same initials has. Null when there is none either, so the client needs other initials.
 */
export function freeMark(taken: readonly Known[], initials: string, hue: ClientHue | null = null): ClientMark | null {
  const untaken = CLIENT_MARKS.filter(mark => !taken.some(one => same(one, mark)));
  const untold = CLIENT_MARKS.filter(mark => !taken.some(one => one.initials === initials && same(one, mark)));
  return (
    untaken.find(mark => mark.hue === hue) ?? untaken[0] ?? untold.find(mark => mark.hue === hue) ?? untold[0] ?? null
  );
}
