import { Tooltip } from '@base-ui/react/tooltip';
import type { ComponentProps, ReactElement } from 'react';
import { Keys } from './keys.tsx';

type Hint = { readonly text: string; readonly keys: string | null };

const handle = Tooltip.createHandle<Hint>();
/** How long the pointer rests before the hint is shown. The keyboard focus shows it at once. Milliseconds. */
const DELAY_MS = 500;

/** Draws the hint of the button that has the pointer or the focus. It stands once in the window. */
export const Hints = () => (
  <Tooltip.Root handle={handle} disableHoverablePopup>
    {({ payload }) => (
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} collisionPadding={6} className="z-50">
          <Tooltip.Popup
            data-hint
            className="pointer-events-none flex max-w-72 items-center gap-2 rounded-md bg-panel px-2 py-1 text-meta shadow-float"
          >
            <bdi className="min-w-0 break-words">{payload?.text}</bdi>
            {payload?.keys ? <Keys>{payload.keys}</Keys> : null}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    )}
  </Tooltip.Root>
);

/**
 * Gives a button a hint, with its shortcut as the keyboard names it. Screen readers do not read the hint, so the button needs a name of its
 * own. What else is passed goes to the button, so that it can open a menu.
 */
export const Hinted = ({
  text,
  keys,
  children,
  ...props
}: Omit<ComponentProps<typeof Tooltip.Trigger>, 'handle' | 'payload' | 'children'> & {
  readonly text: string;
  readonly keys?: string | undefined;
  readonly children: ReactElement;
}) => (
  <Tooltip.Trigger
    handle={handle}
    payload={{ text, keys: keys ?? null }}
    delay={DELAY_MS}
    render={children}
    {...props}
  />
);
