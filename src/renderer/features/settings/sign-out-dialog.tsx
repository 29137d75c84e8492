import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { count } from '../../lib/format.ts';
import type { OverlayProps } from '../../lib/overlay.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { complain } from '../../ui/toast.tsx';

/** Says what signing out destroys, and what would be lost (LC-07). */
export function SignOutDialog({ onClose }: OverlayProps) {
  const sync = useAppState(state => state.sync);
  const unsent = (sync?.waiting ?? 0) + (sync?.refused ?? 0);
  return (
    <Dialog open onClose={onClose} title="Sign out">
      <div className="flex flex-col gap-3 p-5">
        <p>Your data on this computer will be deleted.</p>
        {unsent > 0 ? (
          <p className="rounded-md bg-danger-ground px-3 py-2 text-danger">
            {count(unsent)} unsent {unsent === 1 ? 'change' : 'changes'} and all drafts will be deleted.
          </p>
        ) : (
          <p className="text-meta">All replies are sent. Unsent drafts will be deleted.</p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look={unsent > 0 ? 'danger' : 'primary'}
            onClick={() => void ask(bridge.account.signOut()).catch(complain)}
          >
            Sign out
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
