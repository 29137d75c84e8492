/** A provider's time that is further ahead than this is taken as now; clocks differ a little. */
const AHEAD_MS = 5 * 60_000;

/** When something happened, by the provider's clock, as far as that can be true at `now`. */
export function providerTime(claimed: string, now: Date): Date {
  const at = new Date(claimed);
  return at.getTime() > now.getTime() + AHEAD_MS ? now : at;
}
