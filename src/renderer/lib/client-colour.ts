import type { ClientRow } from '@astrix/contract';
import type { CSSProperties } from 'react';

type Hue = ClientRow['hue'];
type Shade = ClientRow['shade'];
type Theme = 'light' | 'dark';
/** A colour in OKLCH: lightness 0 to 1, chroma, hue in degrees. */
export type Oklch = readonly [lightness: number, chroma: number, hue: number];

const DEGREES: Readonly<Record<Hue, number>> = {
  indigo: 275,
  teal: 195,
  amber: 75,
  rose: 12,
  violet: 305,
  green: 150,
  cyan: 225,
  orange: 48,
  blue: 250,
  magenta: 340,
};
const LIGHTNESS: Readonly<Record<Theme, Readonly<Record<Shade, number>>>> = {
  light: { deep: 0.36, middle: 0.485, light: 0.61 },
  dark: { deep: 0.61, middle: 0.74, light: 0.87 },
};
const MAX_CHROMA = 0.17;
const GROUND: Readonly<Record<Theme, readonly [lightness: number, chroma: number]>> = {
  light: [0.945, 0.03],
  dark: [0.29, 0.03],
};
const WHITE: Oklch = [0.99, 0, 0];
const BLACK: Oklch = [0.16, 0.01, 260];
/** Lightness from which dark text is easier to read than white text. */
const DARK_TEXT_FROM = 0.58;

/** Linear sRGB of a colour; parts below 0 or above 1 cannot be shown. Source: Ottosson, "A perceptual color space for image processing". */
export function linearRgb([lightness, chroma, hue]: Oklch): readonly [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const isShown = (colour: Oklch) => linearRgb(colour).every(part => part >= 0 && part <= 1);

/** The most chroma of this lightness and hue that a screen can show, at most `MAX_CHROMA`. */
function chromaOf(lightness: number, hue: number): number {
  let chroma = MAX_CHROMA;
  while (!isShown([lightness, chroma, hue])) chroma -= 0.002;
  return chroma;
}

/** The client's colour, the text that is readable on it, and the pale ground of the strip, in one theme. */
export function coloursOf({ hue, shade }: Pick<ClientRow, 'hue' | 'shade'>, theme: Theme) {
  const degrees = DEGREES[hue];
  const lightness = LIGHTNESS[theme][shade];
  const fill: Oklch = [lightness, chromaOf(lightness, degrees), degrees];
  const ground: Oklch = [...GROUND[theme], degrees];
  return { fill, text: lightness < DARK_TEXT_FROM ? WHITE : BLACK, ground };
}

const css = ([lightness, chroma, hue]: Oklch) => `oklch(${lightness} ${chroma.toFixed(3)} ${hue})`;

const styles = new Map<string, CSSProperties>();

/** Sets `--hue`, `--on-hue` and `--hue-ground` for an element and everything in it, for both themes. */
export function hueStyle(client: Pick<ClientRow, 'hue' | 'shade'>): CSSProperties {
  const key = `${client.hue} ${client.shade}`;
  const known = styles.get(key);
  if (known) return known;
  const [light, dark] = [coloursOf(client, 'light'), coloursOf(client, 'dark')];
  const both = (part: 'fill' | 'text' | 'ground') => `light-dark(${css(light[part])}, ${css(dark[part])})`;
  const made = { '--hue': both('fill'), '--on-hue': both('text'), '--hue-ground': both('ground') } as CSSProperties;
  styles.set(key, made);
  return made;
}
