import type { Clock } from '../../kernel/clock.ts';
import type { Keyring } from '../../platform/crypto/index.ts';
import { type Db, withSystem } from '../../platform/db/index.ts';
import type { CollectionReaders } from '../../platform/feed/index.ts';
import type { Module } from '../../platform/http/index.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { type Log, type Metrics, nameOf } from '../../platform/telemetry/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { WhatsappClient } from '../../providers/whatsapp/client.ts';
import { channelHears } from './channels.ts';
import {
  getConversation,
  listConversations,
  listMessages,
  lockConversation,
  readConversations,
  readMessages,
  readNotes,
} from './read.ts';
import { queueReply } from './reply.ts';
import { createSendJob, findStranded, SEND_JOB } from './send.ts';
import { adoptTokens } from './token.ts';
import { addNote, assign, changeTags, markRead, setStatus, snooze, wakeSnoozed } from './triage.ts';
import './tables.ts';

export { type Applied, type ChannelPlace, findChannels } from './applied.ts';
export { applyEvent } from './apply.ts';
export { createChannel, type NewChannel } from './channels.ts';
export { conversationRow, messageRow, previewOf } from './read.ts';
export { SEND_JOB } from './send.ts';
export type { StoredReaction } from './tables.ts';

export const conversationsCollections: CollectionReaders = {
  conversations: readConversations,
  messages: readMessages,
  notes: readNotes,
};

export type ConversationsDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly client: WhatsappClient;
  readonly jobs: () => Jobs;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly keyring: Keyring;
};

const HOUSEKEEPING_MS = 5000;

/** The inbox: conversations, messages, notes, and the one function that sends. */
export function conversationsModule(deps: ConversationsDeps): Module & { readonly housekeep: () => Promise<void> } {
  const send = createSendJob(deps);
  let timer: NodeJS.Timeout | null = null;

  /** Wakes what was snoozed until now, and looks after messages whose worker died. */
  async function housekeep(): Promise<void> {
    await withSystem(deps.db, 'snooze-wake', wakeSnoozed);
    await withSystem(deps.db, 'send-message', async tx => {
      for (const stranded of await findStranded(tx)) await deps.jobs().enqueue(tx, SEND_JOB, stranded);
    });
  }

  return {
    name: 'conversations',
    jobs: [send],
    housekeep,
    hears: channelHears,
    async prepare() {
      await withSystem(deps.db, 'vault-keys', tx => adoptTokens(deps.vault, tx, deps.keyring));
    },
    async startWorker() {
      timer = setInterval(
        () => void housekeep().catch(error => deps.log.warn('housekeeping failed', { error: nameOf(error) })),
        HOUSEKEEPING_MS,
      );
      timer.unref();
    },
    async stop() {
      if (timer) clearInterval(timer);
    },
    handlers: {
      'conversations.list': ({ tx, params, query }) =>
        listConversations(tx, params.clientId, query.filter, query.after, query.limit),
      'conversations.get': ({ tx, params }) => getConversation(tx, params.clientId, params.conversationId),
      async 'conversations.list-messages'({ tx, params, query }) {
        await getConversation(tx, params.clientId, params.conversationId);
        return listMessages(tx, params.conversationId, query.before, query.limit);
      },
      async 'conversations.reply'({ tx, params, body, actor, audit }) {
        const { message, queued } = await queueReply(tx, { ...params, ...body });
        if (queued)
          await deps.jobs().enqueue(tx, SEND_JOB, { agencyId: actor.agencyId, conversationId: params.conversationId });
        await audit({
          subjectType: 'message',
          subjectId: message.id,
          clientId: params.clientId,
          detail: { conversation: params.conversationId, queued },
        });
        return message;
      },
      async 'conversations.add-note'({ tx, params, body, audit }) {
        const note = await addNote(tx, params, body.noteId, body.text);
        await audit({
          subjectType: 'note',
          subjectId: note.id,
          clientId: params.clientId,
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
          clientId: params.clientId,
          detail: { from: before.assignee_id, to: body.personId },
        });
        return row;
      },
      async 'conversations.change-tags'({ tx, params, body, audit }) {
        const row = await changeTags(tx, params, body.add, body.remove);
        await audit({
          subjectType: 'conversation',
          subjectId: row.id,
          clientId: params.clientId,
          detail: { added: body.add.length, removed: body.remove.length },
        });
        return row;
      },
      async 'conversations.snooze'({ tx, params, body, audit }) {
        const row = await snooze(tx, params, body.until === null ? null : new Date(body.until));
        await audit({
          subjectType: 'conversation',
          subjectId: row.id,
          clientId: params.clientId,
          detail: { until: body.until },
        });
        return row;
      },
      async 'conversations.set-status'({ tx, params, body, audit }) {
        const row = await setStatus(tx, params, body.status);
        await audit({
          subjectType: 'conversation',
          subjectId: row.id,
          clientId: params.clientId,
          detail: { status: body.status },
        });
        return row;
      },
      'conversations.mark-read': ({ tx, params, body }) => markRead(tx, params, body.upToId),
    },
  };
}
