import { ShieldCheck } from 'lucide-react';
import { defineScreen } from '../../lib/screen.ts';
import { SecurityScreen } from './security-screen.tsx';

/** Everybody's own password, factors and devices; it shows nothing of anybody else. */
export const screen = defineScreen({
  scope: 'agency',
  id: 'security',
  label: 'Your security',
  icon: ShieldCheck,
  key: 'y',
  order: 60,
  Screen: SecurityScreen,
});
