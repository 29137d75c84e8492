import type { ConversationView } from '../../../shared/ipc.ts';
import { dateTimeOf } from '../../lib/format.ts';
import { write } from '../../lib/write.ts';
import { complain, toast } from '../../ui/toast.tsx';

type At = { readonly clientId: string; readonly conversationId: string };

/** What a person can do with a conversation, each with its undo. The client comes from the screen on which it was asked for (SH-21). */
export function triageOf(conversation: ConversationView, nameOf: (personId: string | null) => string) {
  const at: At = { clientId: conversation.clientId, conversationId: conversation.id };
  const done = (made: Promise<unknown>, text: string, undo: (() => Promise<unknown>) | null) =>
    void made.then(() => toast(text, undo && (() => void undo().catch(complain))), complain);
  const assign = (personId: string | null) =>
    done(
      write('conversations.assign', { ...at, personId }),
      personId ? `Assigned to ${nameOf(personId)}` : 'Assigned to nobody',
      () => write('conversations.assign', { ...at, personId: conversation.assigneeId }),
    );
  const setStatus = (status: 'open' | 'closed') =>
    done(write('conversations.set-status', { ...at, status }), status === 'closed' ? 'Closed' : 'Reopened', () =>
      write('conversations.set-status', { ...at, status: status === 'closed' ? 'open' : 'closed' }),
    );
  const snooze = (until: Date | null) =>
    done(
      write('conversations.snooze', { ...at, until: until?.toISOString() ?? null }),
      until ? `Snoozed until ${dateTimeOf(until.toISOString())}` : 'Awake again',
      until ? () => write('conversations.snooze', { ...at, until: null }) : null,
    );
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
    tags,
    toggle: () => setStatus(conversation.status === 'closed' ? 'open' : 'closed'),
  };
}
