import { newId, type SyncLine } from '@astrix/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeServer, startServer } from '../../../sdk/test/server.ts';
import { commandOf } from '../testkit/commands.ts';
import { conversationRow, id } from '../testkit/rows.ts';
import { cursor, end, hello, messages, NOW, type SyncRig, startSync, textOf, whole } from '../testkit/sync-rig.ts';

let server: FakeServer;
let rig: SyncRig;
beforeEach(async () => {
  server = await startServer(newId());
  server.now = () => new Date(NOW);
  rig = await startSync(server.url);
});
afterEach(async () => {
  await rig.stop();
  await server.close();
});

/** Pages of a feed, each ending with a cursor; a pull with a cursor begins behind it, as with the real server. */
function feed(pages: readonly (readonly SyncLine[])[], opening: SyncLine) {
  return (since: string | null): SyncLine[] => {
    const from = since === null ? 0 : Number(since.split('.')[1]);
    const rest = pages.slice(from).flatMap((page, n) => [...page, cursor(from + n + 1)]);
    return [opening, ...rest, end(pages.length)];
  };
}
const pulls = () => server.asked.filter(asked => asked.name === 'sync.pull').map(asked => asked.query);

const PAGES = [
  [...whole(1), messages(1, 1003, 1007)],
  [{ t: 'rows', c: 'conversations', rows: [conversationRow(100, 1, NOW, { tags: ['vip'], version: 2 })] }],
  [
    { t: 'gone', c: 'messages', ids: [id('100', 1000)] },
    { t: 'rows', c: 'conversations', rows: [conversationRow(100, 1, NOW, { tags: ['old'], version: 3 })] },
  ],
  [messages(1, 1007, 1010)],
] satisfies SyncLine[][];
const MESSAGES = Array.from({ length: 9 }, (_, n) => id('100', 1001 + n));

describe('a cut stream', () => {
  const lines = feed(PAGES, hello([1]));
  const full = textOf(lines(null));
  const ends = [...full].flatMap((letter, n) => (letter === '\n' ? [n + 1, n + 20, n - 5] : []));
  test.each([0, 1, ...ends.filter(n => n < full.length - 1)])(
    'F-17: cut after %i bytes, the next pull goes on at the last cursor, without a gap or a repetition',
    async length => {
      server.pull = () => full.slice(0, length);
      await rig.engine.pullNow();
      const kept = [...full.slice(0, length).matchAll(/"t":"cursor","cursor":"(e\.\d\.1)"\}\n/g)].at(-1)?.[1] ?? null;
      expect(rig.cache.syncState().cursor).toBe(kept);
      server.pull = asked => lines(asked.query.get('since'));
      await rig.engine.pullNow();
      expect(pulls().at(-1)?.get('since')).toBe(kept);
      expect(rig.stored()).toEqual(MESSAGES);
      expect(rig.cache.conversation({ clientId: id('c00', 1), conversationId: id('e00', 100) })?.tags).toEqual(['old']);
    },
  );

  test('F-17: of a client that is new here, a cut in the middle leaves no gap: it is asked for again, whole', async () => {
    server.pull = () => [hello([1]), ...whole(1), end(1)];
    await rig.engine.pullNow();
    const backfill = [hello([1, 2]), ...whole(2), cursor(2), messages(1, 1003, 1004)];
    for (let n = 1; n <= backfill.length; n++) {
      server.pull = asked => (asked.query.get('backfill') ? textOf(backfill.slice(0, n)) : [hello([1, 2])]);
      if (n <= 4) {
        await rig.engine.pullNow();
        expect(rig.cache.syncState().clientIds).toEqual([id('c00', 1)]);
      }
    }
    server.pull = asked => (asked.query.get('backfill') ? [...backfill, end(3)] : [hello([1, 2])]);
    await rig.engine.pullNow();
    expect(pulls().at(-1)?.get('backfill')).toBe(id('c00', 2));
    expect(rig.stored().filter(row => row.startsWith('01990000-0000-7100-8000-00000000200'))).toHaveLength(3);
    server.pull = () => [hello([1, 2]), end(3)];
    await rig.engine.pullNow();
    expect(pulls().at(-1)?.get('backfill')).toBeNull();
  });

  test('AU-08: a client that is taken away while it was still being sent leaves nothing', async () => {
    server.pull = () => [hello([1]), ...whole(1), end(1)];
    await rig.engine.pullNow();
    const lots = messages(2, 2000, 2500);
    server.pull = asked => (asked.query.get('backfill') ? textOf([hello([1, 2]), lots]) : [hello([1, 2])]);
    await rig.engine.pullNow();
    expect(rig.stored()).toHaveLength(503);
    server.pull = () => [hello([1]), end(2)];
    await rig.engine.pullNow();
    expect(rig.stored()).toHaveLength(3);
    expect(
      rig.cache.search({ clientId: null, q: 'message', limit: 50 }).every(hit => hit.clientId === id('c00', 1)),
    ).toBe(true);
  });
});

describe('a reset', () => {
  const NOTE = commandOf(
    'conversations.add-note',
    { clientId: id('c00', 1), conversationId: id('e00', 100), text: 'kept' },
    { createdAt: new Date(NOW).toISOString() },
  );
  test.each([
    ['asked for by the server', { reset: true }],
    ['because it is another database', { epoch: id('a00', 9), reset: true }],
  ])('LC-09: %s: what the server no longer has is gone, what was queued stays', async (_why, change) => {
    server.pull = () => feed(PAGES, hello([1]))(null);
    await rig.engine.pullNow();
    rig.cache.enqueue(NOTE);
    server.pull = () => [hello([1], change), ...whole(1), end(9)];
    await rig.engine.pullNow();
    expect(rig.stored()).toEqual([1000, 1001, 1002].map(n => id('100', n)));
    expect(rig.cache.outbox(null).map(item => item.id)).toEqual([NOTE.id]);
    expect(rig.cache.syncState()).toMatchObject({ cursor: 'e.9.1', clientIds: [id('c00', 1)] });
  });
});

test('F-17: what comes by in several pages at once is the same as one by one, also across the size of a write', async () => {
  const many = Array.from({ length: 7 }, (_, n) => messages(1, 5000 + n * 200, 5200 + n * 200));
  server.pull = () => [hello([1]), ...whole(1), ...many, ...many.slice(2, 4), end(1)];
  await rig.engine.pullNow();
  expect(new Set(rig.stored()).size).toBe(1403);
  expect(rig.stored()).toHaveLength(1403);
});
