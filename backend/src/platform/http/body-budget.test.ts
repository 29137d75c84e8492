import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { createMetrics, type Log, silentLog } from '../telemetry/index.ts';
import { createBodyBudget } from './body-budget.ts';
import { createServer } from './server.ts';

describe('the budget', () => {
  const LIMITS = { bytes: 100, bytesOfNetwork: 60, bodies: 4, bodiesOfNetwork: 3 };

  test('WH-11: one network cannot have all of it, and what is released can be taken again', () => {
    const budget = createBodyBudget(LIMITS);
    const [one, two, other] = ['a', 'a', 'b'].map(network => budget.begin(network)!);
    expect([one!.take(40), two!.take(20), two!.take(1)]).toEqual([true, true, false]);
    expect([other!.take(40), other!.take(1)]).toEqual([true, false]);
    one!.release();
    one!.release();
    expect([two!.take(40), two!.take(1)]).toEqual([true, false]);
    expect(one!.take(1)).toBe(false);
  });

  test('WH-11: bodies are counted too, however small', () => {
    const budget = createBodyBudget(LIMITS);
    const held = [budget.begin('a'), budget.begin('a'), budget.begin('a')];
    expect(budget.begin('a')).toBeNull();
    expect(budget.begin('b')).not.toBeNull();
    expect(budget.begin('c')).toBeNull();
    held[0]!.release();
    expect(budget.begin('c')).not.toBeNull();
  });
});

describe('WH-11: bodies that nobody has judged yet', () => {
  let app: FastifyInstance;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await app.close();
  });

  const connections = () => new Promise(resolve => app.server.getConnections((_, count) => resolve(count)));

  async function listening(bodies: {
    bytes?: number;
    bodies?: number;
    timeoutMs?: number;
    log?: Log;
  }): Promise<number> {
    const bytes = bodies.bytes ?? 1_000_000;
    const limits = { bytes, bytesOfNetwork: bytes, bodies: bodies.bodies ?? 100, bodiesOfNetwork: 100 };
    app = createServer({
      ...{ log: bodies.log ?? silentLog, metrics: createMetrics(), trustedProxies: [] },
      bodies: { ...limits, timeoutMs: bodies.timeoutMs ?? 60_000 },
    });
    app.post('/in', { config: { routeId: 'in' }, bodyLimit: 5000 }, async request => ({
      length: (request.body as Buffer).length,
    }));
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as { port: number }).port;
  }

  /** A request with the beginning of its body; `answer` is all that the server says until it closes, or the first answer. */
  function begin(port: number, sent: string, length = 900) {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    let said = '';
    socket.on('error', () => undefined);
    socket.on('data', chunk => {
      said += String(chunk);
    });
    socket.write(
      `POST /in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${sent}`,
    );
    return { socket, said: () => said };
  }
  const statusOf = (said: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1]);

  test('over the budget the next one is refused with 503 and closed; as soon as another leaves there is room', async () => {
    const port = await listening({ bytes: 1000 });
    const first = begin(port, 'x'.repeat(600));
    const second = begin(port, 'x'.repeat(600));
    const refused = () => [first, second].filter(({ said }) => statusOf(said()) === 503);
    await expect.poll(() => refused().length).toBe(1);
    expect(refused()[0]!.said()).toMatch(/connection: close[\s\S]*"code":"unavailable"/i);
    await expect.poll(() => refused()[0]!.socket.readableEnded || refused()[0]!.socket.closed).toBe(true);
    const held = [first, second].find(one => one !== refused()[0])!;
    held.socket.write('x'.repeat(300));
    await expect.poll(() => statusOf(held.said())).toBe(200);
    const third = begin(port, 'x'.repeat(900));
    await expect.poll(() => statusOf(third.said())).toBe(200);
  });

  test('a body that was given up by its sender is given back', async () => {
    const port = await listening({ bytes: 1000 });
    for (let n = 0; n < 5; n++) {
      const gone = begin(port, 'x'.repeat(800));
      const other = begin(port, 'x'.repeat(800));
      await expect.poll(() => [gone, other].filter(({ said }) => statusOf(said()) === 503).length).toBe(1);
      for (const { socket } of [gone, other]) socket.destroy();
      await expect.poll(() => new Promise(resolve => app.server.getConnections((_, count) => resolve(count)))).toBe(0);
    }
    const last = begin(port, 'x'.repeat(900));
    await expect.poll(() => statusOf(last.said())).toBe(200);
  });

  test('whoever hangs up in the middle of a body is no error of the server', async () => {
    const logged: string[] = [];
    const log = { ...silentLog, error: (event: string) => void logged.push(event) };
    const port = await listening({ log });
    const gone = begin(port, 'x');
    await expect.poll(() => connections()).toBe(1);
    gone.socket.end();
    gone.socket.destroy();
    await expect.poll(() => connections()).toBe(0);
    expect(logged).toEqual([]);
  });

  test('one that goes on after it was refused as too large harms nobody', async () => {
    const port = await listening({ bytes: 10_000 });
    const large = begin(port, 'x'.repeat(100), 6000);
    await expect.poll(() => statusOf(large.said())).toBe(413);
    large.socket.write('x'.repeat(5900));
    const other = begin(port, 'x'.repeat(900));
    await expect.poll(() => statusOf(other.said())).toBe(200);
  });

  test('the number of bodies is bounded', async () => {
    const port = await listening({ bodies: 2 });
    const all = [1, 2, 3].map(() => begin(port, 'x'));
    await expect.poll(() => all.filter(({ said }) => statusOf(said()) === 503).length).toBe(1);
  });

  test('a body that does not arrive in time is given up', async () => {
    const port = await listening({ bodies: 1, timeoutMs: 200 });
    const slow = begin(port, 'x');
    await expect.poll(() => slow.socket.closed || slow.socket.readableEnded).toBe(true);
    const next = begin(port, 'x'.repeat(900));
    await expect.poll(() => statusOf(next.said())).toBe(200);
  });
});
