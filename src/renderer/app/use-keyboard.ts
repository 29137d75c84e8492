import { useEffect } from 'react';
import { useAppState } from '../lib/app-state.ts';
import { keysPressed, press } from '../lib/shortcuts.ts';
import type { Bound } from './fold.ts';
import type { FrameState } from './frame-context.ts';
import { REGISTRY } from './registry.ts';

function run(bound: Bound, { clients, client, go, show }: FrameState): void {
  if (bound.kind === 'shortcut') press(bound.shortcut);
  else if (bound.kind === 'overlay') show(bound.overlay.id);
  else if (bound.kind === 'screen' && client) go.screen(bound.screen.id, client.id, null);
  else if (bound.kind === 'client') {
    const picked = clients[bound.index];
    if (picked) go.client(picked.id);
  }
}

/** Runs what the declarations bind to the keys. Keys without Ctrl or ⌘ are ignored in text fields, in dialogs and under an overlay. */
export function useKeyboard(frame: FrameState): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      const keys = keysPressed(event, typing || target.closest('[role="dialog"]') !== null);
      const bound = keys === null ? null : REGISTRY.boundTo(keys, frame.screen);
      if (!bound || (bound.kind === 'screen' && !frame.screens.includes(bound.screen))) return;
      if (useAppState.getState().open !== null && !event.metaKey && !event.ctrlKey) return;
      event.preventDefault();
      run(bound, frame);
    };
    window.addEventListener('keydown', down);
    return () => window.removeEventListener('keydown', down);
  }, [frame]);
}
