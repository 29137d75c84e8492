import { LogIn } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { SignInSettingsScreen } from './sign-in-settings-screen.tsx';

/** How people of the agency may sign in; only the owner decides. */
export const screen = defineScreen({
  scope: 'agency',
  id: 'sign-in',
  label: 'Sign-in',
  icon: LogIn,
  key: 'w',
  order: 50,
  permission: 'sign-in.settings',
  Screen: SignInSettingsScreen,
});
