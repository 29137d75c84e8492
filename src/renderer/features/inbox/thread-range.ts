/** The places that are drawn, in ascending order, with one more that must not leave the page. */
export const withPlace = (places: readonly number[], kept: number | undefined): number[] =>
  kept === undefined || places.includes(kept) ? [...places] : [...places, kept].sort((a, b) => a - b);
