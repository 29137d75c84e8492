import { newId, type SyncLine } from '@astrix/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeServer, problem, startServer } from '../../../sdk/test/server.ts';
import { until } from '../../../testkit/until.ts';
import { id, messageRow } from '../testkit/rows.ts';
import { end, hello, NOW, type SyncRig, startSync, whole } from '../testkit/sync-rig.ts';

const DAY = 86_400_000;

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

const pulls = () => server.asked.filter(asked => asked.name === 'sync.pull').map(asked => asked.query);

const online = () => until(() => rig.status.get().connection === 'online' && server.listening() === 1);
const quiet = () => until(() => !rig.status.get().syncing && rig.status.get().syncedAt !== null);

test('F-18: a pull that fails while the stream goes on is made again, later and later, until it works', async () => {
  server.answers['sync.pull'] = () => problem('unavailable');
  rig.engine.start();
  for (const least of [200, 500, 1100, 2200, 3700, 3700]) {
    await until(() => rig.timers.waiting().length === 2);
    const [wait = 0] = rig.timers.waiting();
    expect(wait).toBeGreaterThanOrEqual(least);
    rig.timers.advance(wait);
  }
  await until(() => rig.timers.waiting().length === 2);
  delete server.answers['sync.pull'];
  rig.timers.advance(rig.timers.waiting()[0]!);
  await quiet();
  expect(rig.timers.waiting()).toHaveLength(1);
});

test('F-06: with Retry-After neither pull nor stream comes back earlier', async () => {
  server.answers['sync.pull'] = () => problem('rate_limited', { retryAfterSeconds: 20 });
  rig.engine.start();
  await until(() => rig.timers.waiting().length === 2);
  expect(rig.timers.waiting()[0]).toBe(20_000);
  server.answers['sync.live'] = () => problem('rate_limited', { retryAfterSeconds: 40 });
  server.cutStreams();
  await until(() => rig.status.get().connection === 'offline');
  rig.timers.advance(rig.timers.waiting()[0]!);
  await until(() => server.asked.filter(asked => asked.name === 'sync.live').length === 2);
  await until(() => rig.timers.waiting().includes(40_000));
});

test('F-17: after silence the line counts as dead, and a new one takes over', async () => {
  rig.engine.start();
  await online();
  await quiet();
  rig.timers.advance(34_000);
  expect(server.asked.filter(asked => asked.name === 'sync.live')).toHaveLength(1);
  rig.timers.advance(1_000);
  await until(() => rig.status.get().connection === 'offline');
  rig.timers.advance(rig.timers.waiting()[0]!);
  await online();
  expect(rig.status.get().offlineSince).toBeNull();
});

test('F-18: a pull that hangs ends with the line, and the next one gets through', async () => {
  rig.engine.start();
  await online();
  await quiet();
  server.answers['sync.pull'] = () => 'hang';
  server.say({ event: 'moved', data: {} });
  await until(() => rig.status.get().syncing);
  server.cutStreams();
  await until(() => rig.status.get().connection === 'offline' && !rig.status.get().syncing);
  delete server.answers['sync.pull'];
  server.pull = () => [hello([1]), ...whole(1), end(1)];
  rig.timers.advance(rig.timers.waiting()[0]!);
  await until(() => rig.stored().length === 3);
});

test('F-18: a page of another network is never data: offline, said in words, and the copy as it was', async () => {
  server.pull = () => [hello([1]), ...whole(1), end(1)];
  await rig.engine.pullNow();
  const before = rig.cache.syncState();
  server.answers['sync.live'] = () => ({ status: 200, body: '<html>Airport</html>' });
  server.pull = () => '<!doctype html><html>Airport</html>\n';
  rig.engine.start();
  await rig.engine.pullNow();
  await until(() => rig.status.get().connection === 'offline');
  expect(rig.status.get().trouble).toContain('This network answers in place of the server');
  expect(rig.cache.syncState()).toEqual(before);
  expect(rig.stored()).toHaveLength(3);
});

test('F-15: a token that cannot be renewed does not end the trying', async () => {
  server.answers['sync.live'] = () => problem('unauthenticated');
  rig.engine.start();
  for (let turn = 1; turn <= 3; turn++) {
    await until(() => rig.refused() === turn && rig.timers.waiting().length === 1);
    rig.timers.advance(rig.timers.waiting()[0]!);
  }
  delete server.answers['sync.live'];
  await until(() => rig.timers.waiting().length >= 1);
  rig.timers.advance(10_000);
  await online();
});

test.each(['revoked', 'expired', 'signed-out'] as const)('AU-07: "%s" is told as what it is', async reason => {
  rig.engine.start();
  await online();
  server.say({ event: 'ended', data: { reason } });
  await until(() => rig.ended.length > 0);
  expect(rig.ended).toEqual([reason === 'expired' ? 'expired' : 'revoked']);
});

test('F-17: what moves while a pull is under way makes one more', async () => {
  let goOn: () => void = () => undefined;
  server.answers['sync.pull'] = () => new Promise(resolve => (goOn = () => resolve(problem('not_found'))));
  rig.engine.start();
  await until(() => pulls().length === 1);
  for (let n = 0; n < 5; n++) server.say({ event: 'moved', data: {} });
  server.say({ event: 'ping', data: { serverTime: new Date(NOW - 60_000).toISOString() } });
  await until(() => rig.status.get().clockSkewSeconds === 60);
  delete server.answers['sync.pull'];
  server.pull = () => [hello([1]), ...whole(1), end(1)];
  goOn();
  await until(() => rig.stored().length === 3);
  await quiet();
  expect(pulls()).toHaveLength(2);
});

test.each([
  ['a day ahead', DAY, 86_400],
  ['a day behind', -DAY, -86_400],
  ['five minutes behind', -300_000, -300],
])(
  'F-14: with the clock of the machine %s expiry goes by the time of the server, and it is said',
  async (_what, shift, skew) => {
    const soon = { ...messageRow(7, 100, 1, NOW - 30 * DAY), expiresAt: new Date(NOW - 1000).toISOString() };
    const rows: SyncLine = { t: 'rows', c: 'messages', rows: [soon] };
    rig.at = NOW + shift;
    server.pull = () => [hello([1]), ...whole(1), rows, end(1)];
    rig.engine.start();
    await online();
    await until(() => rig.stored().length === 4);
    expect(rig.status.get().clockSkewSeconds).toBe(skew);
    const thread = { clientId: id('c00', 1), conversationId: id('e00', 100), before: null, limit: 20 };
    expect(rig.cache.thread(thread).items).toHaveLength(3);
  },
);
