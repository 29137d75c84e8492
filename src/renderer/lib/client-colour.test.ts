import { CLIENT_HUES, CLIENT_MARKS, CLIENT_SHADES, type ClientMark } from '@astrix/contract';
import { describe, expect, test } from 'vitest';
import { coloursOf, hueStyle, linearRgb, type Oklch } from './client-colour.ts';

type Rgb = readonly [number, number, number];
const THEMES = ['light', 'dark'] as const;
/** Ground and panel of the two themes, as in styles.css. */
const GROUNDS: Readonly<Record<(typeof THEMES)[number], readonly Oklch[]>> = {
  light: [
    [0.994, 0.002, 85],
    [0.95, 0.005, 85],
  ],
  dark: [
    [0.238, 0.007, 260],
    [0.185, 0.006, 260],
  ],
};

/** Rows of the matrix for complete deuteranopia, in linear sRGB (Machado, Oliveira, Fernandes 2009). */
const DEUTERANOPIA = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
] as const;
const clipped = (part: number) => Math.min(1, Math.max(0, part));
const asDeuteranope = (rgb: Rgb): Rgb =>
  DEUTERANOPIA.map(row => clipped(row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])) as unknown as Rgb;

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
function distance(a: Rgb, b: Rgb): number {
  const [one, other] = [oklab(a), oklab(b)];
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}
function contrast(a: Oklch, b: Oklch): number {
  const [one, other] = [a, b].map(colour => {
    const [r, g, bl] = linearRgb(colour).map(clipped) as unknown as Rgb;
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl + 0.05;
  }) as [number, number];
  return Math.max(one, other) / Math.min(one, other);
}

/** In OKLab, where 0.02 is the least difference that most people notice. */
const APART = 0.055;
const pairs = CLIENT_MARKS.flatMap((one, at) => CLIENT_MARKS.slice(at + 1).map(other => [one, other] as const));
const fillOf = (mark: ClientMark, theme: (typeof THEMES)[number]) => linearRgb(coloursOf(mark, theme).fill);
const named = ({ hue, shade, shape }: ClientMark) => `${shade} ${hue} ${shape}`;

describe('no two clients of an agency look alike', () => {
  test.each([
    ['a person who sees all colours', (rgb: Rgb) => rgb],
    ['a person with deuteranopia', asDeuteranope],
  ] as const)('to %s: every pair of marks differs in shape or in colour, in both themes', (_who, seen) => {
    const alike = pairs.filter(
      ([one, other]) =>
        one.shape === other.shape &&
        THEMES.some(theme => distance(seen(fillOf(one, theme)), seen(fillOf(other, theme))) < APART),
    );
    expect(alike.map(pair => pair.map(named))).toEqual([]);
    expect(pairs.length).toBeGreaterThan(1000);
  });

  test('and the measure finds two that are', () => {
    const [amber, orange] = (['amber', 'orange'] as const).map(
      hue => ({ hue, shade: 'middle', shape: 'leaf' }) as const,
    );
    expect(distance(asDeuteranope(fillOf(amber!, 'light')), asDeuteranope(fillOf(orange!, 'light')))).toBeLessThan(
      APART,
    );
  });
});

const colours = CLIENT_HUES.flatMap(hue => CLIENT_SHADES.map(shade => ({ hue, shade })));

describe.each(THEMES)('in the %s theme', theme => {
  test.each(colours)('text on $shade $hue has a contrast of at least 4.5, as the label of Send', colour => {
    const { fill, text, ground } = coloursOf(colour, theme);
    expect(contrast(fill, text)).toBeGreaterThanOrEqual(4.5);
    const ink: Oklch = theme === 'light' ? [0.265, 0.012, 70] : [0.925, 0.006, 85];
    expect(contrast(ground, ink)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(colours)('$shade $hue stands out from panel and rail by at least 3', colour => {
    for (const ground of GROUNDS[theme])
      expect(contrast(coloursOf(colour, theme).fill, ground)).toBeGreaterThanOrEqual(3);
  });

  test.each(colours)('a screen can show $shade $hue as it is declared', colour => {
    for (const part of linearRgb(coloursOf(colour, theme).fill)) expect(clipped(part)).toBeCloseTo(part, 6);
  });
});

test('the styles of an element hold the colours of both themes', () => {
  const style = hueStyle({ hue: 'teal', shade: 'deep' }) as Record<string, string>;
  expect(style['--hue']).toMatch(/^light-dark\(oklch\(0\.36 [\d.]+ 195\), oklch\(0\.61 [\d.]+ 195\)\)$/);
  expect(Object.keys(style)).toEqual(['--hue', '--on-hue', '--hue-ground']);
});
