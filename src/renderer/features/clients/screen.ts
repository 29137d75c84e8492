import { Store } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { LIST } from '../../lib/shortcuts.ts';
import { ClientsScreen } from './clients-screen.tsx';

/** `at` is the id of a client, with a tab after a dot, or `new`. */
export const screen = defineScreen({
  scope: 'agency',
  id: 'clients',
  label: 'Clients',
  icon: Store,
  key: 'l',
  order: 10,
  permission: 'client.edit',
  shortcuts: [LIST],
  Screen: ClientsScreen,
});
