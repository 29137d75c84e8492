/** Every key there is, as data: the map behind `?`, the hints on buttons and the handler read the same table. */
export type Action =
  | 'next'
  | 'previous'
  | 'open'
  | 'reply'
  | 'note'
  | 'assign'
  | 'tag'
  | 'snooze'
  | 'close'
  | 'search'
  | 'palette'
  | 'switcher'
  | 'shortcuts'
  | 'settings'
  | 'outbox'
  | 'inbox'
  | 'connections'
  | 'client';
export type Shortcut = {
  readonly action: Action;
  readonly keys: string;
  readonly says: string;
  readonly group: 'List' | 'Conversation' | 'Everywhere';
};

export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'next', keys: 'j', says: 'Next in the list', group: 'List' },
  { action: 'previous', keys: 'k', says: 'Previous in the list', group: 'List' },
  { action: 'search', keys: '/', says: 'Search the list', group: 'List' },
  { action: 'reply', keys: 'r', says: 'Reply', group: 'Conversation' },
  { action: 'note', keys: 'n', says: 'Write a note', group: 'Conversation' },
  { action: 'assign', keys: 'a', says: 'Assign', group: 'Conversation' },
  { action: 'tag', keys: 't', says: 'Change tags', group: 'Conversation' },
  { action: 'snooze', keys: 's', says: 'Snooze', group: 'Conversation' },
  { action: 'close', keys: 'e', says: 'Close or reopen', group: 'Conversation' },
  { action: 'palette', keys: 'mod+k', says: 'Go to anything', group: 'Everywhere' },
  { action: 'switcher', keys: 'mod+j', says: 'Switch client', group: 'Everywhere' },
  { action: 'client', keys: 'mod+1 … 9', says: 'Switch to a client of the rail', group: 'Everywhere' },
  { action: 'inbox', keys: 'i', says: 'Inbox of this client', group: 'Everywhere' },
  { action: 'connections', keys: 'c', says: 'Connections of this client', group: 'Everywhere' },
  { action: 'outbox', keys: 'mod+shift+o', says: 'What is waiting to be sent', group: 'Everywhere' },
  { action: 'settings', keys: 'mod+,', says: 'Settings', group: 'Everywhere' },
  { action: 'shortcuts', keys: '?', says: 'This map', group: 'Everywhere' },
];

const mac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);
export const shownKeys = (keys: string): string =>
  keys
    .replace('mod', mac ? '⌘' : 'Ctrl')
    .replace('shift', mac ? '⇧' : 'Shift')
    .replaceAll('+', mac ? '' : '+')
    .replace(/(?<![A-Za-z])[a-z]$/, key => key.toUpperCase());
export const keysOf = (action: Action): string =>
  shownKeys(SHORTCUTS.find(shortcut => shortcut.action === action)?.keys ?? '');

type Pressed = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
};

/** The action of a key press, and for `client` its number. Plain letters count only outside of text fields. */
export function actionOf(event: Pressed, typing: boolean): { action: Action; index?: number } | null {
  const mod = mac ? event.metaKey : event.ctrlKey;
  if (event.altKey) return null;
  if (mod && /^[1-9]$/.test(event.key)) return { action: 'client', index: Number(event.key) - 1 };
  const name = `${mod ? 'mod+' : ''}${mod && event.shiftKey ? 'shift+' : ''}${event.key.toLowerCase()}`;
  if (!mod && (typing || event.ctrlKey || event.metaKey)) return null;
  const found = SHORTCUTS.find(shortcut => shortcut.keys === name);
  return found ? { action: found.action } : null;
}
