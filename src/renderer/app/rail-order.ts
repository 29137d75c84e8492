/** The list with `id` at the place `to`; places before the first or after the last mean the ends. An unknown id changes nothing. */
export function movedTo(ids: readonly string[], id: string, to: number): readonly string[] {
  const others = ids.filter(other => other !== id);
  if (others.length === ids.length) return ids;
  const place = Math.min(Math.max(to, 0), others.length);
  return [...others.slice(0, place), id, ...others.slice(place)];
}

/** The neighbour of `id`, `by` places away; null at the ends, and for an unknown id. */
export function neighbourOf(ids: readonly string[], id: string | null, by: number): string | null {
  const at = id === null ? -1 : ids.indexOf(id);
  return at < 0 ? null : (ids[at + by] ?? null);
}
