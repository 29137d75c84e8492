/** Numbers that look random and are the same for the same seed (mulberry32). For demo data only. */
export type SeededRandom = {
  readonly fraction: () => number;
  readonly between: (least: number, most: number) => number;
  readonly of: <T>(list: readonly T[]) => T;
  readonly digits: (count: number) => string;
  /** UUIDv7 of a moment. */
  readonly id: (millis: number) => string;
};

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  const hex = (count: number) => Array.from({ length: count }, () => between(0, 15).toString(16)).join('');
  return {
    fraction,
    between,
    of: list => list[between(0, list.length - 1)]!,
    digits: count => Array.from({ length: count }, (_, index) => String(between(index === 0 ? 1 : 0, 9))).join(''),
    id: millis => {
      const time = Math.max(0, Math.floor(millis)).toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
    },
  };
}
