/** No provider keeps us waiting longer than this without being asked again. */
const MAX_SECONDS = 24 * 3600;

/** Seconds, or a date as HTTP writes it. Nonsense is no hint, and ten years are a day. */
export function retryAfterSeconds(header: string | undefined, now: Date): number | null {
  if (header === undefined || header.length > 64) return null;
  const text = header.trim();
  const seconds = /^\d{1,12}$/.test(text)
    ? Number(text)
    : /^[A-Z][a-z]{2},? /.test(text)
      ? (Date.parse(text) - now.getTime()) / 1000
      : Number.NaN;
  return seconds > 0 ? Math.min(Math.ceil(seconds), MAX_SECONDS) : null;
}
