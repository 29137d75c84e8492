import { ScrollText } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { AuditScreen } from './audit-screen.tsx';
import { AUDIT } from './shortcuts.ts';

/** What happened in the agency, for those who answer for it. */
export const screen = defineScreen({
  scope: 'agency',
  id: 'audit',
  label: 'Audit log',
  icon: ScrollText,
  key: 'u',
  order: 40,
  permission: 'audit.read',
  shortcuts: [AUDIT],
  Screen: AuditScreen,
});
