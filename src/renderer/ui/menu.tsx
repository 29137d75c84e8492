import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, type ReactNode, useRef } from 'react';
import { HoldKeys } from './hold-keys.tsx';

/** A menu that opens from a button. */
export function Menu({
  trigger,
  children,
  align = 'start',
}: {
  readonly trigger: ReactElement;
  readonly children: ReactNode;
  readonly align?: 'start' | 'end';
}) {
  // Letters jump to an item. A space among them is part of a text, and does not choose the item.
  const typed = useRef(false);
  const keepSpace = (event: KeyboardEvent) => {
    if (event.key === ' ' && typed.current) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key.length === 1) typed.current = true;
    else if (event.key.startsWith('Arrow')) typed.current = false;
  };
  return (
    <Base.Root onOpenChange={() => (typed.current = false)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup
            onKeyDownCapture={keepSpace}
            onKeyUpCapture={keepSpace}
            className="scroll max-h-[60vh] min-w-52 rounded-lg bg-panel p-1 shadow-float outline-none"
          >
            {children}
            <HoldKeys />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({
  onPick,
  checked,
  meta,
  children,
  danger = false,
}: {
  readonly onPick: () => void;
  readonly checked?: boolean;
  readonly meta?: string;
  readonly children: ReactNode;
  readonly danger?: boolean;
}) {
  return (
    <Base.Item onClick={onPick} className={`row-button ${danger ? 'text-danger' : ''}`}>
      {checked === undefined ? null : <Check size={14} className={checked ? '' : 'invisible'} aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {meta ? <span className="text-meta text-meta">{meta}</span> : null}
    </Base.Item>
  );
}

export const MenuLine = () => <Base.Separator className="my-1 h-px bg-line" />;
export const MenuTitle = ({ children }: { readonly children: ReactNode }) => (
  <div className="px-2 pt-1.5 pb-1 text-meta text-meta">{children}</div>
);
