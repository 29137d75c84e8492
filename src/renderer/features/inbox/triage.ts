import type { ConversationView } from '../../../shared/ipc.ts';
import { count, dateTimeOf } from '../../lib/format.ts';
import { write } from '../../lib/write.ts';
import { complain, toast } from '../../ui/toast.tsx';

export type Triage = ReturnType<typeof triageOf>;

/** A change of one conversation, and the change that brings back what was. */
type Made = { readonly made: Promise<unknown>; readonly undo: () => Promise<unknown> };
/** Makes a change; null where it does not concern the conversation. */
type Change = (conversation: ConversationView) => Made | null;

/** The client of a write is the one of the conversation (SH-21). */
const atOf = ({ clientId, id }: ConversationView) => ({ clientId, conversationId: id });

/** Status and snooze as they were. */
const restore = (was: ConversationView) => () =>
  was.status === 'snoozed'
    ? write('conversations.snooze', { ...atOf(was), until: was.snoozedUntil })
    : write('conversations.set-status', { ...atOf(was), status: was.status });

const assignTo =
  (personId: string | null): Change =>
  was => ({
    made: write('conversations.assign', { ...atOf(was), personId }),
    undo: () => write('conversations.assign', { ...atOf(was), personId: was.assigneeId }),
  });
const setStatusTo =
  (status: 'open' | 'closed'): Change =>
  was => ({ made: write('conversations.set-status', { ...atOf(was), status }), undo: restore(was) });
const snoozeUntil =
  (until: Date | null): Change =>
  was => ({
    made: write('conversations.snooze', { ...atOf(was), until: until?.toISOString() ?? null }),
    undo: restore(was),
  });
const markUnread: Change = was => {
  const { lastInboundId } = was;
  return lastInboundId === null
    ? null
    : {
        made: write('conversations.mark-unread', atOf(was)),
        undo: () => write('conversations.mark-read', { ...atOf(was), upToId: lastInboundId }),
      };
};
/** The undo names only the tags that the change added to this conversation or removed from it. */
const changeTags =
  (add: readonly string[], remove: readonly string[]): Change =>
  was => {
    const added = add.filter(tag => !was.tags.includes(tag));
    const removed = remove.filter(tag => was.tags.includes(tag));
    return {
      made: write('conversations.change-tags', { ...atOf(was), add: [...add], remove: [...remove] }),
      undo: () => write('conversations.change-tags', { ...atOf(was), add: removed, remove: added }),
    };
  };

const snoozeSays = (until: Date | null) =>
  until ? `Snoozed until ${dateTimeOf(until.toISOString())}` : 'Snooze removed';
const tagsSay = (add: readonly string[], remove: readonly string[]) =>
  add.length > 0 ? `Tagged ${add.join(', ')}` : `Removed ${remove.join(', ')}`;

/**
 * What a person can do with a conversation, each with its undo. Closing, snoozing and marking as unread leave the conversation: `leave` is
 * asked first where to go, and its answer is told whether the change was kept.
 */
export function triageOf(
  conversation: ConversationView,
  nameOf: (personId: string | null) => string,
  leave: () => (isKept: boolean) => void,
) {
  const make = (change: Change, says: string, leaves = false) => {
    const one = change(conversation);
    if (one === null) return;
    const left = leaves ? leave() : null;
    one.made.then(
      () => {
        left?.(true);
        toast(says, () => void one.undo().catch(complain));
      },
      error => {
        left?.(false);
        complain(error);
      },
    );
  };
  const setStatus = (status: 'open' | 'closed') =>
    make(setStatusTo(status), status === 'closed' ? 'Closed' : 'Reopened', status === 'closed');
  return {
    assign: (personId: string | null) =>
      make(assignTo(personId), personId ? `Assigned to ${nameOf(personId)}` : 'Unassigned'),
    setStatus,
    snooze: (until: Date | null) => make(snoozeUntil(until), snoozeSays(until), until !== null),
    unread: () => make(markUnread, 'Marked as unread', true),
    tags: (add: string[], remove: string[]) => make(changeTags(add, remove), tagsSay(add, remove)),
    toggle: () => setStatus(conversation.status === 'closed' ? 'open' : 'closed'),
  };
}

/**
 * What a person can do with several conversations at once, with one undo for all of them. What could not be kept is told, and the undo is for
 * the others. `onLeft` runs when at least one conversation was closed, snoozed or marked as unread.
 */
export function bulkTriage(
  conversations: readonly ConversationView[],
  nameOf: (personId: string | null) => string,
  onLeft: () => void,
) {
  const make = async (change: Change, says: string, leaves = false) => {
    const all = conversations.flatMap(one => change(one) ?? []);
    const results = await Promise.allSettled(all.map(({ made }) => made));
    const kept = all.filter((_, at) => results[at]?.status === 'fulfilled');
    const failed = results.find(result => result.status === 'rejected');
    if (failed) complain(failed.reason);
    if (kept.length === 0) return;
    if (leaves) onLeft();
    const undo = () => void Promise.all(kept.map(one => one.undo())).catch(complain);
    toast(`${says}: ${kept.length === 1 ? '1 conversation' : `${count(kept.length)} conversations`}`, undo);
  };
  return {
    assign: (personId: string | null) =>
      make(assignTo(personId), personId ? `Assigned to ${nameOf(personId)}` : 'Unassigned'),
    close: () => make(setStatusTo('closed'), 'Closed', true),
    snooze: (until: Date) => make(snoozeUntil(until), snoozeSays(until), true),
    unread: () => make(markUnread, 'Marked as unread', true),
    tags: (add: string[], remove: string[]) => make(changeTags(add, remove), tagsSay(add, remove)),
  };
}
