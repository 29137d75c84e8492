import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useStepUp } from '../lib/step-up.ts';
import { IconButton } from './button.tsx';
import { HoldKeys } from './hold-keys.tsx';

type Props = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly wide?: boolean;
  readonly plain?: boolean;
  /** Opens over another dialog, which stays as it is. */
  readonly top?: boolean;
  readonly children: ReactNode;
};

/**
 * What has the focus when a dialog opens: its first text field, else the first control below the title. Never the close button: a space that
 * somebody types would press it.
 */
function firstFieldOf(popup: HTMLElement | null): HTMLElement | null {
  const find = (controls: string) =>
    popup?.querySelector<HTMLElement>(`:is(${controls}):not(:disabled, header *, [tabindex="-1"])`) ?? null;
  return (
    find('input:not([type="checkbox"], [type="radio"]), textarea, select') ?? find('input, button, a[href]') ?? popup
  );
}

/** The only dialog of the window: it has a title and a close button and keeps the focus inside. `plain` hides both and leaves the content to the caller. */
export function Dialog({ open, onClose, title, wide = false, plain = false, top = false, children }: Props) {
  const popup = useRef<HTMLDivElement>(null);
  const isCovered = useStepUp(state => state.answer !== null) && !top;
  return (
    <Base.Root open={open} onOpenChange={next => !next && !isCovered && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={`fixed inset-0 bg-shade ${top ? 'z-60' : 'z-40'}`} />
        <Base.Popup
          ref={popup}
          initialFocus={() => firstFieldOf(popup.current)}
          className={`fixed top-[12vh] left-1/2 ${top ? 'z-70' : 'z-50'} flex max-h-[76vh] -translate-x-1/2 flex-col overflow-hidden rounded-lg bg-panel shadow-float outline-none ${wide ? 'w-[min(720px,92vw)]' : 'w-[min(460px,92vw)]'}`}
        >
          {plain ? (
            <Base.Title className="sr-only">{title}</Base.Title>
          ) : (
            <header className="flex items-center justify-between border-b border-line py-2.5 pr-2 pl-5">
              <Base.Title className="text-work font-bold">{title}</Base.Title>
              <IconButton label="Close" keys="Esc" onClick={onClose}>
                <X size={16} />
              </IconButton>
            </header>
          )}
          {children}
          <HoldKeys />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
