import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@astrix/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeServer, problem, startServer } from '../../../sdk/test/server.ts';
import { repeated } from '../../../testkit/repeated.ts';
import type { OutboxItem } from '../../shared/ipc.ts';
import { id } from '../testkit/rows.ts';

const CHILD = join(import.meta.dirname, '..', 'testkit', 'outbox.child.ts');
/** Each is killed at 22 points, about 200 times in all under stress. */
const ROUNDS = repeated(1, 10);
const REFUSED = 'the server refuses this one';

let server: FakeServer;
let folder: string;
beforeEach(async () => {
  server = await startServer(newId());
  folder = mkdtempSync(join(tmpdir(), 'astrix-kill-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

type Report = { composed: string[]; kept: string[]; left: OutboxItem[] | null; killed: boolean };

/** One life of the console over the same file. */
async function live(order: Record<string, unknown>): Promise<Report> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', chunk => {
    text += String(chunk);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  const lines = text.split('\n').filter(line => line !== '');
  const of = (word: string) =>
    lines.filter(line => line.startsWith(`${word} `)).map(line => JSON.parse(line.slice(word.length)));
  return { composed: of('composed'), kept: of('kept'), left: of('left')[0] ?? null, killed: signal === 'SIGKILL' };
}

test('LC-10: killed at every step between composing and recording, each reply takes effect exactly once or is shown as refused', async () => {
  const token = (
    (await (await fetch(`${server.url}/v1/auth/sign-in`, { method: 'POST', body: '{}' })).json()) as {
      accessToken: string;
    }
  ).accessToken;
  const texts = new Map<string, string>();
  server.answers['conversations.reply'] = ({ params, body }) => {
    texts.set(String(body.messageId), String(body.text));
    if (body.text === REFUSED) return problem('opted_out');
    server.done.push(String(body.messageId));
    const { clientId, conversationId } = params;
    const at = new Date().toISOString();
    const fixed = { direction: 'out', kind: 'text', media: null, authorId: null, status: 'queued', failure: null };
    const rest = { reactions: [], editedAt: null, deletedAt: null, deliveredAt: null, readAt: null, version: 1 };
    const own = { id: body.messageId, clientId, conversationId, text: body.text, replyToId: null };
    return { status: 202, body: { ...fixed, ...rest, ...own, sentAt: at, expiresAt: at } };
  };
  const composed: string[] = [];
  const kept: string[] = [];
  const left: OutboxItem[] = [];
  let kills = 0;
  /** One computer: each life goes on with the file that the one before left. */
  async function computer(name: string, points: readonly number[]): Promise<void> {
    const order = {
      path: join(folder, `${name}.db`),
      key: randomBytes(32).toString('hex'),
      url: server.url,
      token,
      clientId: id('c00', 1),
      conversationId: id('e00', 1),
      texts: ['first', REFUSED],
    };
    for (const dieAt of points) {
      const told = await live({ ...order, dieAt });
      composed.push(...told.composed);
      kept.push(...told.kept);
      if (told.killed) kills += 1;
    }
    const last = await live({ ...order, dieAt: 0, texts: [] });
    expect(last.killed).toBe(false);
    left.push(...(last.left ?? []));
  }
  const points = Array.from({ length: 22 }, (_, n) => n + 1);
  for (let round = 1; round <= ROUNDS; round++)
    await Promise.all([
      computer(
        `odd ${round}`,
        points.filter(n => n % 2 === 1),
      ),
      computer(
        `even ${round}`,
        points.filter(n => n % 2 === 0),
      ),
    ]);
  expect(kills).toBeGreaterThanOrEqual(20 * ROUNDS);

  expect(new Set(server.done).size).toBe(server.done.length);
  expect(server.done.filter(message => !composed.includes(message))).toEqual([]);
  // What was said to be kept is done, or shown with the reason; what was not said to be kept may be either, once.
  const shown = new Set(left.map(item => item.summary));
  expect(shown).toEqual(new Set([REFUSED]));
  expect(left.every(item => item.refusal?.code === 'opted_out')).toBe(true);
  const refused = [...texts].filter(([, text]) => text === REFUSED).map(([message]) => message);
  expect(left).toHaveLength(refused.length);
  expect(kept.filter(message => !server.done.includes(message) && !refused.includes(message))).toEqual([]);
  expect(server.done.length + refused.length).toBeGreaterThanOrEqual(kept.length);
});
