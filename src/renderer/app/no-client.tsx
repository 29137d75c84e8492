import { Inbox } from 'lucide-react';
import type { SyncStatus } from '../../shared/ipc.ts';
import { Empty, Waiting } from '../ui/parts.tsx';

/** Shown during the first pull, and after a pull that brought no client. */
export function NoClient({ none, sync }: { readonly none: boolean; readonly sync: SyncStatus | null }) {
  if (none && sync?.syncedAt)
    return (
      <Empty icon={<Inbox size={24} />} title="No client yet">
        A manager of your agency gives you access to clients. They appear here at once.
      </Empty>
    );
  const received = sync?.received ?? 0;
  return (
    <Waiting
      what={
        received > 0
          ? `Loading your clients, ${received.toLocaleString('en-IN')} rows so far…`
          : 'Loading your clients…'
      }
    />
  );
}
