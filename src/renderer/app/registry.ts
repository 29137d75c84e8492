import { useAppState } from '../lib/app-state.ts';
import { keysOf, UNDO } from '../lib/shortcuts.ts';
import { fold } from './fold.ts';
import * as overlays from './overlays.ts';
import * as screens from './screens.ts';
import { RAIL } from './shortcuts.ts';

type OverlayId = (typeof overlays)[keyof typeof overlays]['id'];

/** The window as its declarations describe it. */
export const REGISTRY = fold(screens, overlays, { ...RAIL, ...UNDO });

export const showOverlay = (id: OverlayId): void => useAppState.getState().show(id);

/** Keys of an overlay as they are shown; empty where it has none. */
export function keysOfOverlay(id: OverlayId): string {
  const shortcut = REGISTRY.overlays.find(overlay => overlay.id === id)?.shortcut;
  return shortcut ? keysOf(shortcut) : '';
}
