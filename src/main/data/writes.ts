import type { CollectionName } from '@astrix/contract';
import { isWrite, writeOf } from '@astrix/contract';
import { z } from 'zod';
import type { Topic } from '../../shared/ipc.ts';
import { type Cache, CacheError, type Command } from '../cache/api.ts';
import { ConsoleError } from '../ipc/errors.ts';
import type { Handlers } from '../ports.ts';
import type { OutboxPump } from '../sync/outbox.ts';
import { topicsOf } from '../sync/topics.ts';
import { checkedArgs, declared } from './checked.ts';

type Own = Pick<Handlers, 'writes.make' | 'outbox.list' | 'outbox.retry' | 'outbox.discard' | 'outbox.restore'>;

export type WriteHandlerDeps = {
  readonly open: () => {
    readonly personId: string;
    readonly cache: Pick<Cache, 'enqueue' | 'hasRow' | 'outbox' | 'retry' | 'discard' | 'restore'>;
    readonly pump: Pick<OutboxPump, 'count' | 'kick'>;
  };
  readonly newId: () => string;
  /** By the clock of the server as far as it is known, so that what waits has its place among what the server sent. */
  readonly serverNow: () => Date;
  readonly changed: (topics: Topic[]) => void;
  readonly onDiskFull: () => void;
};

const notFound = () =>
  new ConsoleError('not_found', 'You do not have access to this.', 'Ask an admin of your agency for access.');

/** Every write goes to the outbox first. Its subject must belong to the client of the screen on which it was made (SH-21). */
export function writeHandlers({ open, newId, serverNow, changed, onDiskFull }: WriteHandlerDeps): Own {
  async function enqueue(command: Command) {
    try {
      return await open().cache.enqueue(command);
    } catch (error) {
      if (!(error instanceof CacheError) || error.failure !== 'disk-full') throw error;
      onDiskFull();
      throw new ConsoleError(
        'storage_full',
        'The disk is full, so this was not saved.',
        'Your text is still here. Free some space and send it again.',
      );
    }
  }

  async function demandItem(clientId: string, id: string) {
    const item = (await open().cache.outbox(clientId)).find(one => one.id === id);
    if (!item) throw notFound();
    return item;
  }

  return {
    async 'writes.make'({ write: name, clientId, args: given }) {
      const write = declared('write', name, isWrite);
      const { args: schema, subject, subjectId, complete, creates } = writeOf(write);
      const args = checkedArgs(schema, given) as Record<string, unknown>;
      if (args.clientId !== clientId)
        throw new ConsoleError('bad_argument', 'This change belongs to another client.', 'Open that client first.');
      const { personId, cache, pump } = open();
      const completed = { ...args, ...complete(args, { newId, personId }) };
      const command: Command = {
        id: newId(),
        write,
        clientId,
        subject: subject as CollectionName,
        subjectId: subjectId(completed),
        createdAt: serverNow().toISOString(),
        args: completed,
      };
      const at = { collection: command.subject, clientId, id: command.subjectId };
      if (creates === null && !(await cache.hasRow(at))) throw notFound();
      const item = await enqueue(command);
      await pump.count();
      changed(topicsOf(item));
      pump.kick();
      return item;
    },
    'outbox.list': ({ clientId }) => open().cache.outbox(clientId),
    async 'outbox.retry'({ clientId, id, changes }) {
      const item = await demandItem(clientId, id);
      const { retry } = writeOf(declared('write', item.write, isWrite));
      const { cache, pump } = open();
      await cache.retry({ clientId, id, changes: checkedArgs(retry ?? z.strictObject({}), changes) });
      await pump.count();
      changed(topicsOf(item));
      pump.kick();
      return null;
    },
    async 'outbox.discard'({ clientId, id }) {
      const item = await demandItem(clientId, id);
      const { cache, pump } = open();
      await cache.discard({ clientId, id });
      await pump.count();
      changed(topicsOf(item));
      return null;
    },
    async 'outbox.restore'({ clientId, id }) {
      const { cache, pump } = open();
      const item = await cache.restore({ clientId, id });
      if (!item) throw new ConsoleError('not_found', 'This cannot be undone any more.', 'Write it again.');
      await pump.count();
      changed(topicsOf(item));
      pump.kick();
      return null;
    },
  };
}
