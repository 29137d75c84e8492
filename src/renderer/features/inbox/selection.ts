/** The ids of the selected rows. */
export type Selection = ReadonlySet<string>;

export const NOTHING: Selection = new Set();

/** Adds the row, or takes it out when it is selected. */
export const toggled = (selection: Selection, id: string): Selection =>
  selection.has(id) ? new Set([...selection].filter(one => one !== id)) : new Set([...selection, id]);

/** The selection without rows that are not in the list any more; the same object when nothing changes. */
export const within = (selection: Selection, shown: readonly string[]): Selection => {
  const kept = [...selection].filter(id => shown.includes(id));
  return kept.length === selection.size ? selection : new Set(kept);
};

/** Adds the rows from one to the other, both included, whichever comes first. */
export function withRange(selection: Selection, shown: readonly string[], from: string, to: string): Selection {
  const places = [shown.indexOf(from), shown.indexOf(to)].sort((a, b) => a - b);
  const [first = -1, last = -1] = places;
  return first < 0 ? selection : new Set([...selection, ...shown.slice(first, last + 1)]);
}

/** The first row after `openId` that is not selected, else the last one before it. Null when there is none. */
export function afterSelected(shown: readonly string[], selection: Selection, openId: string): string | null {
  const at = shown.indexOf(openId);
  const stays = (id: string) => !selection.has(id);
  return shown.slice(at + 1).find(stays) ?? shown.slice(0, Math.max(0, at)).findLast(stays) ?? null;
}
