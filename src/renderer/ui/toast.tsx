import { create } from 'zustand';
import { wordsOf } from '../lib/bridge.ts';

type Toast = { readonly id: number; readonly text: string; readonly undo: (() => void) | null; readonly bad: boolean };
type Toasts = { readonly list: readonly Toast[] };

const useToasts = create<Toasts>(() => ({ list: [] }));
let next = 1;
const SHOWN_MS = 6000;

function push(toast: Omit<Toast, 'id'>): void {
  const id = next++;
  useToasts.setState(({ list }) => ({ list: [...list.slice(-2), { ...toast, id }] }));
  setTimeout(() => drop(id), SHOWN_MS);
}
const drop = (id: number) => useToasts.setState(({ list }) => ({ list: list.filter(toast => toast.id !== id) }));

/** Says what was done, and offers to take it back. */
export const said = (text: string, undo: (() => void) | null = null): void => push({ text, undo, bad: false });

/** Says what did not work and what to do; for the end of a promise nobody waits for. */
export function complain(error: unknown): void {
  const { message, next: then } = wordsOf(error);
  push({ text: `${message} ${then}`, undo: null, bad: true });
}

/** Under the strip, where it covers neither what is being written nor the button that sends it. */
export function Toasts() {
  const list = useToasts(state => state.list);
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed top-14 left-1/2 z-50 flex -translate-x-1/2 flex-col items-center gap-2"
    >
      {list.map(toast => (
        <div
          key={toast.id}
          className={`pointer-events-auto flex max-w-[70vw] items-center gap-3 rounded-lg bg-panel py-2 pr-2 pl-3.5 shadow-float ${toast.bad ? 'text-danger' : ''}`}
        >
          <span>{toast.text}</span>
          {toast.undo ? (
            <button
              type="button"
              className="rounded-md px-2 py-1 font-medium text-accent hover:bg-hover"
              onClick={() => {
                toast.undo?.();
                drop(toast.id);
              }}
            >
              Undo
            </button>
          ) : (
            <button
              type="button"
              className="rounded-md px-2 py-1 text-meta hover:bg-hover"
              onClick={() => drop(toast.id)}
            >
              Dismiss
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
