import { writeSync } from 'node:fs';
import { createClient } from '@astrix/sdk';
import { type Cache, openCache } from '../cache/index.ts';
import { createOutboxPump } from '../sync/outbox.ts';
import { createStatusBoard } from '../sync/status.ts';
import { realTimers } from '../timers.ts';
import { commandOf, messageIdOf } from './commands.ts';

/**
 * A console that writes replies and sends them, and dies at the step it is told, as when the power goes. Started by the tests, with one
 * argument of JSON. Says each reply when it is composed and when it was told to be kept, and at the end what is left in the outbox.
 */
type Order = {
  readonly path: string;
  readonly key: string;
  readonly url: string;
  readonly token: string;
  readonly texts: readonly string[];
  readonly clientId: string;
  readonly conversationId: string;
  /** Which step is the last; 0 for none. */
  readonly dieAt: number;
};
const order = JSON.parse(process.argv[2]!) as Order;
const say = (word: string, what: unknown) => writeSync(1, `${word} ${JSON.stringify(what)}\n`);

let steps = 0;
function step(): void {
  steps += 1;
  if (steps === order.dieAt) process.kill(process.pid, 'SIGKILL');
}
/** Before it is asked for, and after it has been answered. */
const stepping =
  <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    step();
    const answer = work(...args);
    // A turn of the loop in which the other thread is already at it.
    await new Promise(resolve => setImmediate(resolve));
    step();
    const value = await answer;
    step();
    return value;
  };

const opened = await openCache({ path: order.path, key: Buffer.from(order.key, 'hex') });
const cache: Cache = {
  ...opened,
  enqueue: stepping(opened.enqueue),
  nextCommands: stepping(opened.nextCommands),
  markSending: stepping(opened.markSending),
  settle: stepping(opened.settle),
  refuse: stepping(opened.refuse),
};
const client = createClient({ baseUrl: order.url, accessToken: async () => order.token, fetch: stepping(fetch) });
const status = createStatusBoard(() => undefined);
status.set({ connection: 'online' });
const pump = createOutboxPump({
  client,
  cache,
  status,
  timers: realTimers,
  log: () => undefined,
  onChanged: () => undefined,
  onRefusedToken: async () => undefined,
});

const { clientId, conversationId } = order;
for (const text of order.texts) {
  const reply = commandOf('conversations.reply', {
    clientId,
    conversationId,
    text,
    replyToId: null,
    seenInboundId: null,
  });
  const messageId = messageIdOf(reply);
  say('composed', messageId);
  await cache.enqueue(reply);
  say('kept', messageId);
  pump.kick();
}
pump.kick();
for (;;) {
  const items = await opened.outbox(null);
  if (items.every(item => item.state === 'refused')) break;
  await new Promise(resolve => setTimeout(resolve, 2));
}
say('left', await opened.outbox(null));
await pump.stop();
await opened.close();
