import { defineShortcuts } from '../../lib/shortcuts.ts';

export const AUDIT = defineShortcuts('Audit log', { filter: { keys: '/', says: 'Filter the entries', quick: true } });
