import { afterEach, describe, expect, test } from 'vitest';
import { createMetrics, silentLog } from '../telemetry/index.ts';
import { createServer } from './server.ts';

/** A page whose name leads to 127.0.0.1 (DNS rebinding) still sends its own name as the host. */
describe('a server that is for this machine only', () => {
  let app: ReturnType<typeof createServer>;
  afterEach(() => app.close());

  const answerTo = async (host: string, onlyThisMachine = true): Promise<number> => {
    app = createServer({ log: silentLog, metrics: createMetrics(), trustedProxies: [], onlyThisMachine });
    app.get('/people', { config: { routeId: 'people' } }, async () => ({ people: [] }));
    return (await app.inject({ url: '/people', headers: { host } })).statusCode;
  };

  test.each(['127.0.0.1', '127.0.0.1:4600', 'localhost:4600', '[::1]:4600'])('AZ-11: answers to %s', async host => {
    expect(await answerTo(host)).toBe(200);
  });

  test.each(['evil.example', 'evil.example:4600', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.5'])(
    'AZ-11: has nothing for «%s»',
    async host => {
      expect(await answerTo(host)).toBe(404);
    },
  );

  test('AZ-11: any other server goes by the name that it is given', async () => {
    expect(await answerTo('console.agency.example', false)).toBe(200);
  });
});
