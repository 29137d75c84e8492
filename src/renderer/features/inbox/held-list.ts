/** How the list stood when a conversation was entered: its ids in order, and the conversation that is open. */
export type Held = { readonly openId: string; readonly ids: readonly string[] };

/**
 * The order in which rows are shown while a conversation is open. The rows of the moment of entering keep their places, so an answered
 * one does not jump to the top, and the open one stays even when it no longer passes the filter. Rows that came since are above, older
 * ones that were loaded since are below, and rows that left the list are gone. `live` is the list as main sorts it now.
 */
export function shownOrder(live: readonly string[], held: Held | null): readonly string[] {
  if (held === null || !held.ids.includes(held.openId)) return live;
  const was = new Set(held.ids);
  const is = new Set(live);
  const kept = held.ids.filter(id => is.has(id) || id === held.openId);
  const lastKept = live.findLastIndex(id => was.has(id));
  const isNew = (id: string) => !was.has(id);
  return [...live.slice(0, lastKept + 1).filter(isNew), ...kept, ...live.slice(lastKept + 1).filter(isNew)];
}

/** The row after (1) or before (-1) the open one. Without an open row in the list it is the first; null where there is none. */
export function besides(shown: readonly string[], openId: string | null, step: 1 | -1): string | null {
  const at = openId === null ? -1 : shown.indexOf(openId);
  return at < 0 ? (shown[0] ?? null) : (shown[at + step] ?? null);
}

/** Where to go when the open conversation was dealt with: the next row, else the one before it. Null when it is not in the list. */
export function afterLeaving(shown: readonly string[], openId: string): string | null {
  return shown.includes(openId) ? (besides(shown, openId, 1) ?? besides(shown, openId, -1)) : null;
}
