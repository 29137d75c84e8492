import { Inbox } from 'lucide-react';
import type { SyncStatus } from '../../shared/ipc.ts';
import { Empty, Waiting } from '../ui/parts.tsx';

/** Shown during the first pull, and after a pull that brought no client. */
export function NoClient({ none, sync }: { readonly none: boolean; readonly sync: SyncStatus | null }) {
  if (none && sync?.syncedAt)
    return (
      <Empty icon={<Inbox size={24} />} title="No clients yet">
        Ask a manager of your agency for access to a client.
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
