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
        <p>
          The key of the copy on this computer is destroyed first, then the copy. The next person to sign in sees
          nothing of yours.
        </p>
        {unsent > 0 ? (
          <p className="rounded-md bg-danger-ground px-3 py-2 text-danger">
            {count(unsent)} {unsent === 1 ? 'thing that was' : 'things that were'} not sent will be lost. Drafts as
            well.
          </p>
        ) : (
          <p className="text-meta">Everything you wrote has been sent. Drafts are lost.</p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Stay signed in</Button>
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
