import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { serveWindow } from './dev-window.ts';

let standIn: Server;
let sockets: WebSocketServer;
let origin: string;
let upgrades: IncomingMessage[];
let dev: Awaited<ReturnType<typeof serveWindow>> | null;

beforeEach(async () => {
  upgrades = [];
  dev = null;
  standIn = createServer((request, response) => {
    if (request.url === '/open?token=t')
      response.writeHead(302, { 'set-cookie': 'astrix_standin=t; HttpOnly', location: '/w7/index.html' }).end();
    else if (request.url === '/w7/__standin.js' && request.headers.cookie === 'astrix_standin=t')
      response.end('bridge');
    else response.writeHead(403).end();
  });
  sockets = new WebSocketServer({ noServer: true });
  standIn.on('upgrade', (request, socket, head) => {
    upgrades.push(request);
    sockets.handleUpgrade(request, socket, head, client => client.send('hello'));
  });
  standIn.listen(0, '127.0.0.1');
  await once(standIn, 'listening');
  origin = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await dev?.close();
  for (const client of sockets.clients) client.terminate();
  standIn.closeAllConnections();
  standIn.close();
});

test('the window is drawn from the sources, with the bridge of the running console before them', async () => {
  dev = await serveWindow(`${origin}/open?token=t`, 0);
  const page = await (await fetch(dev.url)).text();
  expect(page.indexOf('/w7/__standin.js')).toBeGreaterThan(0);
  expect(page.indexOf('/w7/__standin.js')).toBeLessThan(page.indexOf('./app/main.tsx'));
  expect(await (await fetch(`${dev.url}app/main.tsx`)).text()).toContain('import.meta.hot');
  expect(await (await fetch(`${dev.url}w7/__standin.js`)).text()).toBe('bridge');
});

test('its calls reach the console as those of the console’s own page; a page from elsewhere reaches nothing', async () => {
  dev = await serveWindow(`${origin}/open?token=t`, 0);
  const socketUrl = `${dev.url.replace('http', 'ws')}w7/socket`;
  const own = new WebSocket(socketUrl, { origin: dev.url.slice(0, -1) });
  expect(String(((await once(own, 'message')) as [Buffer])[0])).toBe('hello');
  expect(upgrades[0]?.headers).toMatchObject({ origin, host: new URL(origin).host, cookie: 'astrix_standin=t' });
  own.close();
  for (const foreign of ['https://evil.example', 'http://127.0.0.1:1', 'null']) {
    const socket = new WebSocket(socketUrl, { origin: foreign });
    await once(socket, 'error');
  }
  expect(upgrades).toHaveLength(1);
});

test('without a window there is nothing to serve', async () => {
  await expect(serveWindow(`${origin}/open?token=wrong`, 0)).rejects.toThrow('has no window');
});
