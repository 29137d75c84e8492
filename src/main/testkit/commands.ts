import { newId, type WriteArgs, type WriteName, writeOf } from '@astrix/contract';
import type { Command } from '../cache/api.ts';

type Change = { readonly id?: string; readonly createdAt?: string; readonly personId?: string };

/** A write as the console keeps it, made from its declaration as main makes it. */
export function commandOf<W extends WriteName>(write: W, given: WriteArgs<W>, change: Change = {}): Command {
  const { args: schema, subject, subjectId, complete } = writeOf(write);
  const args = schema.parse(given);
  const completed = { ...args, ...complete(args, { newId, personId: change.personId ?? newId() }) };
  return {
    id: change.id ?? newId(),
    write,
    clientId: String((completed as { clientId: string }).clientId),
    subject: subject as Command['subject'],
    subjectId: subjectId(completed),
    createdAt: change.createdAt ?? new Date().toISOString(),
    args: completed,
  };
}

/** The id that the writer of a reply gave to its message. */
export const messageIdOf = (command: Command): string => String(command.args.messageId);
