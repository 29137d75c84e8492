const TAG = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} _-]*$/u;
const MAX_LENGTH = 32;
const MAX_SHOWN = 12;

export type TagChoice =
  | { readonly kind: 'tag'; readonly tag: string; readonly applied: boolean }
  | { readonly kind: 'create'; readonly tag: string };

/**
 * What the tag field offers for the typed text: known tags that hold it, the ones that begin with it first, and those of the conversation
 * too, so that nobody makes a second one beside them. Creating is the last entry, and only for text that is no tag yet.
 */
export function tagChoices(known: readonly string[], applied: readonly string[], typed: string): readonly TagChoice[] {
  const wanted = typed.trim().toLowerCase();
  const all = [...new Set([...applied, ...known])].sort();
  const matching = [
    ...all.filter(tag => tag.startsWith(wanted)),
    ...all.filter(tag => !tag.startsWith(wanted) && tag.includes(wanted)),
  ];
  const choices = matching
    .slice(0, MAX_SHOWN)
    .map((tag): TagChoice => ({ kind: 'tag', tag, applied: applied.includes(tag) }));
  const isNew = wanted.length <= MAX_LENGTH && TAG.test(wanted) && !all.includes(wanted);
  return isNew ? [...choices, { kind: 'create', tag: wanted }] : choices;
}
