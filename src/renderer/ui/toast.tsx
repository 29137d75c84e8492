import { Toast, type ToastObject } from '@base-ui/react/toast';
import { wordsOf } from '../lib/bridge.ts';
import { keysOf, UNDO } from '../lib/shortcuts.ts';
import { useShortcuts } from '../lib/use-shortcuts.ts';
import { Keys } from './keys.tsx';

type Undo = () => void;
type Shown = ToastObject<{ readonly undo: Undo | null }>;

const manager = Toast.createToastManager<{ readonly undo: Undo | null }>();
const SHOWN_MS = 6000;
/** What can be undone is shown for longer, because Z undoes it only while it is shown. */
const UNDO_MS = 10_000;
const MAX_SHOWN = 3;
/** A toast asks for nothing, so it is no dialog, and only a dialog may say whether it is modal. Whoever can see it can reach it. */
const GROUP = { role: 'group', 'aria-modal': undefined, 'aria-hidden': false } as const;

/** The newest of the shown changes that can be undone; null when there is none. The list begins with the newest toast. */
export const undoable = (toasts: readonly Shown[]): Shown | null =>
  toasts.find(({ data, limited, transitionStatus }) => data?.undo && !limited && transitionStatus !== 'ending') ?? null;

/** Undoes the change and takes its toast away, so that pressing Z again undoes the change before it. */
function undo({ id, data }: Shown): void {
  manager.close(id);
  data?.undo?.();
}

/** Forgets what is shown: the next person sees and undoes nothing of the one before. */
export const clearToasts = (): void => manager.close();

/**
 * Shows what was done, with a button that undoes it when `undo` is given. The same text without an undo is shown once: a repeat shows it
 * for longer.
 */
export const toast = (text: string, undo: Undo | null = null): void =>
  void manager.add({
    ...(undo ? {} : { id: text }),
    ...{ title: text, timeout: undo ? UNDO_MS : SHOWN_MS, data: { undo } },
  });

/** Shows what failed and what to do. For the rejection of a promise that no caller awaits. Screen readers say it at once. */
export function complain(error: unknown): void {
  const { reason, next } = wordsOf(error);
  const text = `${reason} ${next}`;
  manager.add({ id: text, title: text, timeout: SHOWN_MS, type: 'bad', priority: 'high', data: { undo: null } });
}

/**
 * The toasts appear below the identity strip, so that they cover neither the composer nor its button. They stay while the pointer or the
 * focus is on them and while the window is in the background; F6 moves the focus to them.
 */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={MAX_SHOWN}>
      <List />
    </Toast.Provider>
  );
}

function List() {
  const { toasts } = Toast.useToastManager<{ readonly undo: Undo | null }>();
  useShortcuts(UNDO, {
    undo() {
      const last = undoable(toasts);
      if (last) undo(last);
    },
  });
  return (
    <Toast.Viewport className="pointer-events-none fixed top-14 left-1/2 z-50 flex -translate-x-1/2 flex-col items-center gap-2 rounded-lg">
      {toasts.toReversed().map(shown => (
        <Toast.Root
          key={shown.id}
          toast={shown}
          {...GROUP}
          // Without swiping its text can be selected.
          swipeDirection={[]}
          className="pointer-events-auto flex max-w-[70vw] items-center gap-3 rounded-lg bg-panel py-2 pr-2 pl-3.5 shadow-float data-ending-style:hidden data-limited:hidden data-[type=bad]:text-danger"
        >
          <Toast.Title render={<span />} />
          {shown.data?.undo ? (
            <Toast.Action
              className="rounded-md px-2 py-1 font-medium text-accent hover:bg-hover"
              aria-keyshortcuts="Z"
              onClick={() => undo(shown)}
            >
              Undo <Keys>{keysOf(UNDO.undo)}</Keys>
            </Toast.Action>
          ) : (
            // The library hides it from screen readers until the toasts have the focus.
            <Toast.Close aria-hidden={false} className="rounded-md px-2 py-1 text-meta hover:bg-hover">
              Dismiss
            </Toast.Close>
          )}
        </Toast.Root>
      ))}
    </Toast.Viewport>
  );
}
