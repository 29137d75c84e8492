import type { OutboxItem } from '../../shared/ipc.ts';
import { ask, bridge } from '../lib/bridge.ts';
import { complain, toast } from './toast.tsx';

/** Takes a write out of the outbox, with an undo that puts it back as it was. */
export function discard({ clientId, id, label }: OutboxItem): void {
  const undo = () => void ask(bridge.outbox.restore({ clientId, id })).catch(complain);
  ask(bridge.outbox.discard({ clientId, id })).then(() => toast(`${label} discarded`, undo), complain);
}
