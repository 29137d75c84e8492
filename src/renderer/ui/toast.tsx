import { create } from 'zustand';
import { wordsOf } from '../lib/bridge.ts';
import { keysOf, UNDO } from '../lib/shortcuts.ts';
import { useShortcuts } from '../lib/use-shortcuts.ts';
import { Keys } from './parts.tsx';

type Toast = { readonly id: number; readonly text: string; readonly undo: (() => void) | null; readonly bad: boolean };
type Toasts = { readonly list: readonly Toast[] };

const useToasts = create<Toasts>(() => ({ list: [] }));
let next = 1;
const SHOWN_MS = 6000;
/** What can be undone is shown for longer, because Z undoes it only while it is shown. */
const UNDO_MS = 10_000;

function push(shown: Omit<Toast, 'id'>): void {
  const id = next++;
  useToasts.setState(({ list }) => ({ list: [...list.slice(-2), { ...shown, id }] }));
  setTimeout(() => drop(id), shown.undo ? UNDO_MS : SHOWN_MS);
}
const drop = (id: number) => useToasts.setState(({ list }) => ({ list: list.filter(shown => shown.id !== id) }));

/** Undoes the newest of the shown changes that can be undone. Pressed again, the one before it. */
function undoLast(): void {
  const last = useToasts.getState().list.findLast(shown => shown.undo !== null);
  if (last) undo(last);
}

function undo(shown: Toast): void {
  shown.undo?.();
  drop(shown.id);
}

/** Forgets what is shown: the next person sees and undoes nothing of the one before. */
export const clearToasts = (): void => useToasts.setState({ list: [] });

/** Shows what was done, with a button that undoes it when `undo` is given. */
export const toast = (text: string, undo: (() => void) | null = null): void => push({ text, undo, bad: false });

/** Shows what failed and what to do. For the rejection of a promise that no caller awaits. */
export function complain(error: unknown): void {
  const { reason, next: then } = wordsOf(error);
  push({ text: `${reason} ${then}`, undo: null, bad: true });
}

/** The toasts appear below the identity strip, so that they cover neither the composer nor its button. */
export function Toasts() {
  const list = useToasts(state => state.list);
  useShortcuts(UNDO, { undo: undoLast });
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed top-14 left-1/2 z-50 flex -translate-x-1/2 flex-col items-center gap-2"
    >
      {list.map(shown => (
        <div
          key={shown.id}
          className={`pointer-events-auto flex max-w-[70vw] items-center gap-3 rounded-lg bg-panel py-2 pr-2 pl-3.5 shadow-float ${shown.bad ? 'text-danger' : ''}`}
        >
          <span>{shown.text}</span>
          {shown.undo ? (
            <button
              type="button"
              className="rounded-md px-2 py-1 font-medium text-accent hover:bg-hover"
              aria-keyshortcuts="Z"
              onClick={() => undo(shown)}
            >
              Undo <Keys>{keysOf(UNDO.undo)}</Keys>
            </button>
          ) : (
            <button
              type="button"
              className="rounded-md px-2 py-1 text-meta hover:bg-hover"
              onClick={() => drop(shown.id)}
            >
              Dismiss
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
