import { useEffect } from 'react';
import { keyGuard } from '../lib/key-guard.ts';

/** Keeps single-key shortcuts off for as long as it is mounted, and for a moment after. Part of every dialog, menu and popover. */
export function HoldKeys() {
  useEffect(() => keyGuard.hold(), []);
  return null;
}
