import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import { HoldKeys } from './hold-keys.tsx';

/** A small panel that opens from a button. Its first field has the focus. */
export function Popover({
  label,
  trigger,
  open,
  onOpen,
  children,
}: {
  /** Name of the panel for screen readers. */
  readonly label: string;
  readonly trigger: ReactElement;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly children: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpen}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="start" className="z-50">
          <Base.Popup aria-label={label} className="w-60 rounded-lg bg-panel p-1 shadow-float outline-none">
            {children}
            <HoldKeys />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
