import { useEffect } from 'react';
import { endsTyping, keyGuard } from '../lib/key-guard.ts';
import type { Screen } from '../lib/screen.ts';
import { keysPressed, press } from '../lib/shortcuts.ts';
import type { Bound } from './fold.ts';
import type { FrameState } from './frame-context.ts';
import { REGISTRY } from './registry.ts';

/** How long a key such as G waits for the one that follows it. */
const SEQUENCE_MS = 1500;

function run(bound: Bound, { clients, client, go, show }: FrameState): void {
  if (bound.kind === 'shortcut') press(bound.shortcut);
  else if (bound.kind === 'overlay') show(bound.overlay.id);
  else if (bound.kind === 'screen' && bound.screen.scope === 'agency') go.agency(bound.screen.id, null);
  else if (bound.kind === 'screen' && client) go.screen(bound.screen.id, client.id, null);
  else if (bound.kind === 'client') {
    const picked = clients[bound.index];
    if (picked) go.client(picked.id);
  }
}

const isOffered = (screen: Screen, { screens, agencyScreens }: FrameState): boolean =>
  [...screens, ...agencyScreens].some(offered => offered === screen);

const isTextField = (element: HTMLElement): boolean =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

const isCharacterKey = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  key.length === 1 && !ctrlKey && !metaKey && !altKey;

const isQuick = (bound: Bound | null): boolean =>
  bound !== null && bound.kind !== 'client' && bound.shortcut.quick === true;

/** The key that was pressed before, where it waits for another one. */
let before: { readonly keys: string; readonly at: number } | null = null;

function sequenceOf(keys: string, at: number): string {
  const joined = before && at - before.at < SEQUENCE_MS ? `${before.keys} ${keys}` : keys;
  before = REGISTRY.isPrefix(keys) ? { keys, at } : null;
  return joined;
}

/**
 * Runs what the declarations bind to the keys. A character without Ctrl or ⌘ belongs to the text field that has the focus; elsewhere the
 * key guard decides whether it acts.
 */
export function useKeyboard(frame: FrameState): void {
  useEffect(() => {
    const boundTo = (keys: string) => {
      const bound = REGISTRY.boundTo(keys, frame.screen);
      return bound?.kind === 'screen' && !isOffered(bound.screen, frame) ? null : bound;
    };
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const typing = isTextField(event.target as HTMLElement);
      const isCharacter = isCharacterKey(event);
      const keys = keysPressed(event, typing);
      if (endsTyping(event.key)) keyGuard.paused();
      if (isCharacter && typing) keyGuard.typed();
      if (keys === null) return;
      const sequence = isCharacter ? sequenceOf(keys, event.timeStamp) : keys;
      const bound = boundTo(sequence) ?? (sequence === keys ? null : boundTo(keys));
      const isPrefix = bound === null && REGISTRY.isPrefix(keys);
      if (
        isCharacter &&
        !keyGuard.admits({ key: keys, bound: bound !== null || isPrefix, quick: isPrefix || isQuick(bound) })
      )
        before = null;
      else if (bound) {
        event.preventDefault();
        run(bound, frame);
      }
    };
    window.addEventListener('keydown', down);
    return () => window.removeEventListener('keydown', down);
  }, [frame]);
}
