/** Shortcuts are data: the keyboard map, the hints on buttons and the key handler read the same declarations. */
export type Shortcut = {
  /** `j`, `?`, `shift+j`, `mod+k`, `alt+arrowup`, `mod+shift+o` or `g i` for one key after the other; `mod` is Ctrl, and ⌘ on a Mac. */
  readonly keys: string;
  /** What it does, for the keyboard map. */
  readonly says: string;
  /** Heading in the keyboard map. */
  readonly group: string;
  /** It only moves or focuses, so it also acts straight after another quick one, as R does after J. */
  readonly quick?: true;
  /** Handled by the field or list that has the focus; listed in the keyboard map and bound to nothing. */
  readonly local?: true;
};
export type Shortcuts<Name extends string = string> = Readonly<Record<Name, Shortcut>>;

/** Declares the shortcuts of one heading. Each is referred to by its object, so a name need not be unique in the window. */
export function defineShortcuts<const Name extends string>(
  group: string,
  shortcuts: Readonly<Record<Name, Omit<Shortcut, 'group'>>>,
): Shortcuts<Name> {
  const entries = Object.entries<Omit<Shortcut, 'group'>>(shortcuts);
  return Object.fromEntries(entries.map(([name, one]) => [name, { ...one, group }])) as Shortcuts<Name>;
}

/** For every screen with a list. */
export const LIST = defineShortcuts('List', {
  next: { keys: 'j', says: 'Open the next in the list', quick: true },
  previous: { keys: 'k', says: 'Open the previous in the list', quick: true },
  search: { keys: '/', says: 'Search the list', quick: true },
});

/** Handled by a list whose rows have the focus. */
export const ARROWS = defineShortcuts('List', {
  down: { keys: 'arrowdown', says: 'Move the focus down', local: true },
  up: { keys: 'arrowup', says: 'Move the focus up', local: true },
  first: { keys: 'home', says: 'Move the focus to the first row', local: true },
  last: { keys: 'end', says: 'Move the focus to the last row', local: true },
});

/** Handled by the toasts, on every screen. */
export const UNDO = defineShortcuts('Everywhere', {
  undo: { keys: 'z', says: 'Undo the last change' },
  toasts: { keys: 'f6', says: 'Move the focus to the messages about what was done', local: true },
});

const mac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);

const NAMES: Readonly<Record<string, string>> = {
  mod: mac ? '⌘' : 'Ctrl',
  shift: mac ? '⇧' : 'Shift',
  alt: mac ? '⌥' : 'Alt',
  arrowup: '↑',
  arrowdown: '↓',
  enter: 'Enter',
  escape: 'Esc',
  home: 'Home',
  end: 'End',
};

/** Keys as the keyboard names them, such as `Ctrl+Shift+O`, `Alt+↑` or `G then I`. */
export const shownKeys = (keys: string): string =>
  keys
    .replaceAll('+', mac ? '' : '+')
    .replaceAll(/[a-z]+/g, name => NAMES[name] ?? (name.length === 1 ? name.toUpperCase() : name))
    .replace(/^(\w) (\w)$/, '$1 then $2');

export const keysOf = ({ keys }: Pick<Shortcut, 'keys'>): string => shownKeys(keys);

type Pressed = {
  readonly key: string;
  /** The place on the keyboard, as `KeyboardEvent.code`. */
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
};

/** The keys that were pressed, written as in a declaration. Null for keys that belong to the text field in which a person types. */
export function keysPressed(event: Pressed, typing: boolean): string | null {
  const mod = mac ? event.metaKey : event.ctrlKey;
  // Alt makes another character of a letter on many keyboards, so it counts only with keys such as the arrows.
  if (event.altKey && (mod || event.key.length === 1)) return null;
  if (!mod && (typing || event.ctrlKey || event.metaKey)) return null;
  const key = keyOf(event);
  // Shift makes another character of a sign, such as ? of /, and no other one of a letter.
  const shift = event.shiftKey && (mod || /^[a-z]$/.test(key)) ? 'shift+' : '';
  return `${mod ? 'mod+' : ''}${event.altKey ? 'alt+' : ''}${shift}${key}`;
}

const SIGNS: Readonly<Record<string, readonly [plain: string, withShift: string]>> = {
  Slash: ['/', '?'],
  Comma: [',', '<'],
  Period: ['.', '>'],
};

/** On a keyboard of another script, such as InScript for Hindi, a key counts as what stands in its place on a Latin keyboard. */
function keyOf({ key, code = '', shiftKey }: Pressed): string {
  if (/[ -~]/.test(key)) return key.toLowerCase();
  const [, letterOrDigit] = /^(?:Key|Digit)([A-Z\d])$/.exec(code) ?? [];
  return letterOrDigit?.toLowerCase() ?? SIGNS[code]?.[shiftKey ? 1 : 0] ?? key.toLowerCase();
}

const listeners = new Map<Shortcut, Set<() => void>>();

/** Calls `listener` whenever the shortcut is pressed; answers the function that ends it. */
export function onShortcut(shortcut: Shortcut, listener: () => void): () => void {
  const known = listeners.get(shortcut) ?? new Set();
  listeners.set(shortcut, known.add(listener));
  return () => void known.delete(listener);
}

export function press(shortcut: Shortcut): void {
  for (const listener of [...(listeners.get(shortcut) ?? [])]) listener();
}
