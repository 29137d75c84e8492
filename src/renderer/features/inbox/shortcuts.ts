import { defineShortcuts } from '../../lib/shortcuts.ts';

/** For the conversation that is open. */
export const CONVERSATION = defineShortcuts('Conversation', {
  reply: { keys: 'r', says: 'Reply', quick: true },
  note: { keys: 'n', says: 'Write a note' },
  assign: { keys: 'a', says: 'Assign' },
  mine: { keys: 'i', says: 'Assign to me' },
  tag: { keys: 't', says: 'Change tags' },
  snooze: { keys: 's', says: 'Snooze, and open the next' },
  unread: { keys: 'u', says: 'Mark as unread, and open the next' },
  close: { keys: 'e', says: 'Close and open the next, or reopen' },
});

/** Handled by the text field of the composer. */
export const WRITING = defineShortcuts('Writing', {
  send: { keys: 'enter', says: 'Send, unless the settings say Ctrl and Enter', local: true },
  sendAlways: { keys: 'mod+enter', says: 'Send', local: true },
  sendAndNext: { keys: 'alt+enter', says: 'Send and open the next conversation', local: true },
  sendAndClose: { keys: 'mod+shift+enter', says: 'Send, close, and open the next conversation', local: true },
  newLine: { keys: 'shift+enter', says: 'New line', local: true },
  leave: { keys: 'escape', says: 'Leave the text field; the draft is kept', local: true },
});

/** For the rows that are selected in the list. While there are some, the keys of a conversation act on all of them. */
export const SELECTION = defineShortcuts('Selection', {
  toggle: { keys: 'x', says: 'Select the row, or take it out of the selection', quick: true },
  down: { keys: 'shift+j', says: 'Extend the selection down', quick: true },
  up: { keys: 'shift+k', says: 'Extend the selection up', quick: true },
  clear: { keys: 'escape', says: 'Clear the selection, in the list', local: true },
});
