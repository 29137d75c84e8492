import { Settings, UserRound } from 'lucide-react';
import { defineOverlay } from '../../lib/overlay.ts';
import { SettingsDialog } from './settings-dialog.tsx';
import { SignOutDialog } from './sign-out-dialog.tsx';

export const settings = defineOverlay({
  id: 'settings',
  order: 30,
  shortcut: { keys: 'mod+,', says: 'Settings' },
  palette: { label: 'Settings and devices', icon: <Settings size={16} /> },
  Overlay: SettingsDialog,
});

export const signOut = defineOverlay({
  id: 'sign-out',
  order: 60,
  shortcut: null,
  palette: { label: 'Sign out', icon: <UserRound size={16} /> },
  Overlay: SignOutDialog,
});
