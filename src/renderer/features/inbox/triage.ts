import type { ConversationView } from '../../../shared/ipc.ts';
import { dateTimeOf } from '../../lib/format.ts';
import { write } from '../../lib/write.ts';
import { complain, toast } from '../../ui/toast.tsx';

type At = { readonly clientId: string; readonly conversationId: string };

export type Triage = ReturnType<typeof triageOf>;

/**
 * What a person can do with a conversation, each with its undo. The client comes from the screen on which it was asked for (SH-21). Closing and
 * snoozing leave the conversation: `leave` is asked first where to go, and its answer is told whether the change was kept.
 */
export function triageOf(
  conversation: ConversationView,
  nameOf: (personId: string | null) => string,
  leave: () => (isKept: boolean) => void,
) {
  const at: At = { clientId: conversation.clientId, conversationId: conversation.id };
  const done = (made: Promise<unknown>, text: string, undo: (() => Promise<unknown>) | null) =>
    void made.then(() => toast(text, undo && (() => void undo().catch(complain))), complain);
  const assign = (personId: string | null) =>
    done(
      write('conversations.assign', { ...at, personId }),
      personId ? `Assigned to ${nameOf(personId)}` : 'Unassigned',
      () => write('conversations.assign', { ...at, personId: conversation.assigneeId }),
    );
  const asBefore = () =>
    conversation.status === 'snoozed'
      ? write('conversations.snooze', { ...at, until: conversation.snoozedUntil })
      : write('conversations.set-status', { ...at, status: conversation.status });
  const leaving = (made: Promise<unknown>) => {
    const left = leave();
    made.then(
      () => left(true),
      () => left(false),
    );
    return made;
  };
  const setStatus = (status: 'open' | 'closed') => {
    const made = write('conversations.set-status', { ...at, status });
    done(status === 'closed' ? leaving(made) : made, status === 'closed' ? 'Closed' : 'Reopened', asBefore);
  };
  const snooze = (until: Date | null) => {
    const made = write('conversations.snooze', { ...at, until: until?.toISOString() ?? null });
    const says = until ? `Snoozed until ${dateTimeOf(until.toISOString())}` : 'Snooze removed';
    done(until ? leaving(made) : made, says, asBefore);
  };
  const unread = () => {
    const { lastInboundId } = conversation;
    if (lastInboundId === null) return;
    const read = () => write('conversations.mark-read', { ...at, upToId: lastInboundId });
    done(leaving(write('conversations.mark-unread', at)), 'Marked as unread', read);
  };
  const tags = (add: string[], remove: string[]) =>
    done(
      write('conversations.change-tags', { ...at, add, remove }),
      add.length > 0 ? `Tagged ${add.join(', ')}` : `Removed ${remove.join(', ')}`,
      () => write('conversations.change-tags', { ...at, add: remove, remove: add }),
    );
  return {
    assign,
    setStatus,
    snooze,
    unread,
    tags,
    toggle: () => setStatus(conversation.status === 'closed' ? 'open' : 'closed'),
  };
}
