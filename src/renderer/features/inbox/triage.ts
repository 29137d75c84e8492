import type { ConversationView } from '../../../shared/ipc.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { dateTimeOf } from '../../lib/format.ts';
import { complain, toast } from '../../ui/toast.tsx';

type At = { readonly clientId: string; readonly conversationId: string };

/** What can be done with a conversation, each with its way back. The place comes from the screen it was pressed on (SH-21). */
export function triageOf(conversation: ConversationView, nameOf: (personId: string | null) => string) {
  const at: At = { clientId: conversation.clientId, conversationId: conversation.id };
  const write = (work: Promise<{ ok: boolean }>, text: string, undo: (() => void) | null) =>
    void ask(work as Promise<never>).then(() => toast(text, undo), complain);
  const assign = (personId: string | null) =>
    write(
      bridge.inbox.assign({ ...at, personId }),
      personId ? `Assigned to ${nameOf(personId)}` : 'Assigned to nobody',
      () => void bridge.inbox.assign({ ...at, personId: conversation.assigneeId }),
    );
  const setStatus = (status: 'open' | 'closed') =>
    write(
      bridge.inbox.setStatus({ ...at, status }),
      status === 'closed' ? 'Closed' : 'Reopened',
      () => void bridge.inbox.setStatus({ ...at, status: status === 'closed' ? 'open' : 'closed' }),
    );
  const snooze = (until: Date | null) =>
    write(
      bridge.inbox.snooze({ ...at, until: until?.toISOString() ?? null }),
      until ? `Snoozed until ${dateTimeOf(until.toISOString())}` : 'Awake again',
      until ? () => void bridge.inbox.snooze({ ...at, until: null }) : null,
    );
  const tags = (add: string[], remove: string[]) =>
    write(
      bridge.inbox.changeTags({ ...at, add, remove }),
      add.length > 0 ? `Tagged ${add.join(', ')}` : `Removed ${remove.join(', ')}`,
      () => void bridge.inbox.changeTags({ ...at, add: remove, remove: add }),
    );
  return {
    assign,
    setStatus,
    snooze,
    tags,
    toggle: () => setStatus(conversation.status === 'closed' ? 'open' : 'closed'),
  };
}
