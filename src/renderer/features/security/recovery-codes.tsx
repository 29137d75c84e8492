import { Copy, Printer } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { copy } from '../../ui/copy.ts';
import { Dialog } from '../../ui/dialog.tsx';

/** Shows new recovery codes once. It closes only by the button that says they were saved. */
export function RecoveryCodesDialog({
  codes,
  onSaved,
}: {
  readonly codes: readonly string[];
  readonly onSaved: () => void;
}) {
  return (
    <Dialog open onClose={() => undefined} title="Your recovery codes" plain>
      <div className="flex flex-col gap-4 p-5">
        <div>
          <h2 className="font-bold">Your recovery codes</h2>
          <p className="mt-1 text-meta">
            Each code signs you in once when your authenticator is not at hand. They are shown only now. Earlier codes
            no longer work.
          </p>
        </div>
        <ol className="printed grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-md border border-line bg-ground px-4 py-3 font-medium tabular-nums select-text">
          {codes.map(code => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => copy(codes.join('\n'), 'Recovery codes copied')}>
            <Copy size={14} aria-hidden /> Copy
          </Button>
          <Button onClick={() => window.print()}>
            <Printer size={14} aria-hidden /> Print
          </Button>
          <Button look="primary" onClick={onSaved}>
            I have saved them
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
