import { Plug } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { LIST } from '../../lib/shortcuts.ts';
import { ConnectionsScreen } from './connections-screen.tsx';
import { listenForAttempts, useBroken } from './queries.ts';

/** `at` is the id of a provider or of a connection, `overview` or `receipts`. */
export const screen = defineScreen({
  id: 'connections',
  label: 'Connections',
  icon: Plug,
  key: 'c',
  order: 90,
  alarm: { use: useBroken, one: 'connection is not working', many: 'connections are not working' },
  shortcuts: [LIST],
  start: listenForAttempts,
  Screen: ConnectionsScreen,
});
