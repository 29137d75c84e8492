import type { HandlersOf, Services } from '../../composition/index.ts';
import { getConversation, listConversations, listMessages, lockConversation } from './read.ts';
import { queueReply } from './reply.ts';
import { SEND_JOB } from './send-data.ts';
import { addNote, assign, changeTags, dismissFailure, markRead, markUnread, setStatus, snooze } from './triage.ts';

/** The routes of conversations. Permission and client were checked before; each runs in the tenant's transaction. */
export function conversationHandlers({ jobs }: Pick<Services, 'jobs'>): HandlersOf<'conversations'> {
  return {
    'conversations.list': ({ tx, params, query }) =>
      listConversations(tx, params.clientId, query.filter, query.after, query.limit),
    'conversations.get': ({ tx, params }) => getConversation(tx, params.clientId, params.conversationId),
    async 'conversations.list-messages'({ tx, params, query }) {
      await getConversation(tx, params.clientId, params.conversationId);
      return listMessages(tx, params.conversationId, query.before, query.limit);
    },
    async 'conversations.reply'({ tx, params, body, actor, audit }) {
      const { message, queued } = await queueReply(tx, { ...params, ...body });
      if (queued) await jobs.enqueue(tx, SEND_JOB, { agencyId: actor.agencyId, conversationId: params.conversationId });
      await audit({
        subjectType: 'message',
        subjectId: message.id,
        detail: { conversation: params.conversationId, queued },
      });
      return message;
    },
    async 'conversations.add-note'({ tx, params, body, audit }) {
      const note = await addNote(tx, params, body.noteId, body.text);
      await audit({
        subjectType: 'note',
        subjectId: note.id,
        detail: { conversation: params.conversationId },
      });
      return note;
    },
    async 'conversations.assign'({ tx, params, body, audit }) {
      const before = await lockConversation(tx, params.clientId, params.conversationId);
      const row = await assign(tx, params, body.personId);
      await audit({
        subjectType: 'conversation',
        subjectId: row.id,
        detail: { from: before.assignee_id, to: body.personId },
      });
      return row;
    },
    async 'conversations.change-tags'({ tx, params, body, audit }) {
      const row = await changeTags(tx, params, body.add, body.remove);
      await audit({
        subjectType: 'conversation',
        subjectId: row.id,
        detail: { added: body.add.length, removed: body.remove.length },
      });
      return row;
    },
    async 'conversations.snooze'({ tx, params, body, audit }) {
      const row = await snooze(tx, params, body.until === null ? null : new Date(body.until));
      await audit({
        subjectType: 'conversation',
        subjectId: row.id,
        detail: { until: body.until },
      });
      return row;
    },
    async 'conversations.set-status'({ tx, params, body, audit }) {
      const row = await setStatus(tx, params, body.status);
      await audit({
        subjectType: 'conversation',
        subjectId: row.id,
        detail: { status: body.status },
      });
      return row;
    },
    async 'conversations.dismiss-failure'({ tx, params, body, audit }) {
      const row = await dismissFailure(tx, params, body.failedId);
      await audit({
        subjectType: 'message',
        subjectId: body.failedId,
        detail: { conversation: params.conversationId },
      });
      return row;
    },
    'conversations.mark-unread': ({ tx, params }) => markUnread(tx, params),
    'conversations.mark-read': ({ tx, params, body }) => markRead(tx, params, body.upToId),
  };
}
