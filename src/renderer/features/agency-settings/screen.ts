import { SlidersHorizontal } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { AgencySettingsScreen } from './agency-settings-screen.tsx';

/** What the agency chooses for its people. */
export const screen = defineScreen({
  scope: 'agency',
  id: 'agency-settings',
  label: 'Agency settings',
  icon: SlidersHorizontal,
  key: 's',
  order: 30,
  permission: 'agency.settings',
  Screen: AgencySettingsScreen,
});
