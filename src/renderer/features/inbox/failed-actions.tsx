import type { MessageRow } from '@astrix/contract';
import { Check, Copy, Pencil, RotateCcw } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { copy } from '../../ui/copy.ts';

/** What a person can do with a reply that WhatsApp did not deliver. It counts as failed until one of them, other than copying, is done. */
export function FailedActions({
  message,
  maySend,
  onResend,
  onEdit,
  onDismiss,
}: {
  readonly message: MessageRow;
  /** False when the customer cannot be written to now, or the role does not write. */
  readonly maySend: boolean;
  readonly onResend: (message: MessageRow) => void;
  readonly onEdit: (message: MessageRow) => void;
  readonly onDismiss: (message: MessageRow) => void;
}) {
  return (
    <span className="mt-2 flex flex-wrap gap-1.5">
      <Button className="h-7" disabled={!maySend} onClick={() => onResend(message)}>
        <RotateCcw size={13} aria-hidden /> Resend
      </Button>
      <Button className="h-7" disabled={!maySend} onClick={() => onEdit(message)}>
        <Pencil size={13} aria-hidden /> Edit
      </Button>
      <Button className="h-7" look="quiet" onClick={() => copy(message.text, 'Message copied')}>
        <Copy size={13} aria-hidden /> Copy
      </Button>
      <Button className="h-7" look="quiet" onClick={() => onDismiss(message)}>
        <Check size={13} aria-hidden /> Dismiss
      </Button>
    </span>
  );
}
