import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';

type Props = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly wide?: boolean;
  readonly plain?: boolean;
  readonly children: ReactNode;
};

/** The only dialog of the window: it has a title and a close button and keeps the focus inside. `plain` hides both and leaves the content to the caller. */
export function Dialog({ open, onClose, title, wide = false, plain = false, children }: Props) {
  return (
    <Base.Root open={open} onOpenChange={next => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <Base.Popup
          className={`fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] -translate-x-1/2 flex-col overflow-hidden rounded-lg bg-panel shadow-float outline-none ${wide ? 'w-[min(720px,92vw)]' : 'w-[min(460px,92vw)]'}`}
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
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
