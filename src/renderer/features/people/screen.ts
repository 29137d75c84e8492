import { Users } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { LIST } from '../../lib/shortcuts.ts';
import { PeopleScreen } from './people-screen.tsx';

/** `at` is the id of a person, `invite`, `invitations` or `teams`. */
export const screen = defineScreen({
  scope: 'agency',
  id: 'people',
  label: 'People',
  icon: Users,
  key: 'e',
  order: 20,
  permission: 'people.read',
  shortcuts: [LIST],
  Screen: PeopleScreen,
});
