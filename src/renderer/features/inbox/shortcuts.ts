import { defineShortcuts } from '../../lib/shortcuts.ts';

/** For the conversation that is open. */
export const CONVERSATION = defineShortcuts('Conversation', {
  reply: { keys: 'r', says: 'Reply' },
  note: { keys: 'n', says: 'Write a note' },
  assign: { keys: 'a', says: 'Assign' },
  tag: { keys: 't', says: 'Change tags' },
  snooze: { keys: 's', says: 'Snooze' },
  close: { keys: 'e', says: 'Close or reopen' },
});
