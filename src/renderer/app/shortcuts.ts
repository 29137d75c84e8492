import { defineShortcuts } from '../lib/shortcuts.ts';

/** Handled by the frame, on every screen. */
export const RAIL = defineShortcuts('Everywhere', {
  previous: { keys: '[', says: 'Previous client of the rail' },
  next: { keys: ']', says: 'Next client of the rail' },
  up: { keys: 'alt+arrowup', says: 'Move this client up in the rail' },
  down: { keys: 'alt+arrowdown', says: 'Move this client down in the rail' },
});
