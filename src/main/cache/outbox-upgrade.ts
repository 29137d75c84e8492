import type { WriteName } from '@astrix/contract';
import type { Refusal } from '../../shared/ipc.ts';
import type { Command } from './api.ts';

/** Kinds of the first version of the outbox, by the writes that they are now. */
const KINDS: Readonly<Record<string, WriteName>> = {
  reply: 'conversations.reply',
  note: 'conversations.add-note',
  assign: 'conversations.assign',
  tags: 'conversations.change-tags',
  snooze: 'conversations.snooze',
  status: 'conversations.set-status',
  read: 'conversations.mark-read',
  optOut: 'contacts.set-opt-out',
};

type First = {
  readonly id: string;
  readonly kind: string;
  readonly clientId: string;
  readonly conversationId: string;
  readonly createdAt: string;
  readonly [key: string]: unknown;
};

/** A stored refusal of any version; the first one called its reason a title. */
export function upgradedRefusal(stored: string | null): Refusal | null {
  if (stored === null) return null;
  const { title, ...refusal } = JSON.parse(stored) as Refusal & { title?: string };
  return title === undefined ? refusal : { ...refusal, reason: title };
}

/** A stored command of any version as a command of this one; null for text that is no command. */
export function upgradedCommand(stored: string): Command | null {
  let read: unknown;
  try {
    read = JSON.parse(stored);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null || !('id' in read)) return null;
  if ('write' in read) return read as Command;
  const { id, kind, createdAt, ...args } = read as First;
  const write = KINDS[kind];
  if (!write) return null;
  const { clientId, conversationId } = args as unknown as First;
  return { id, write, clientId, subject: 'conversations', subjectId: conversationId, createdAt, args };
}
