import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type MenuItem, pageScript, trayPage } from './pages.ts';

/** What the modules of the stand-in share: one loopback server, the windows on it, and what the desktop would show. */
export type Notice = {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly emitter: EventEmitter;
};
export type StandInWindow = {
  readonly id: number;
  url: string;
  preload: string;
  readonly sockets: Set<WebSocket>;
  focused: boolean;
  title: string;
  readonly events: EventEmitter;
  readonly contents: EventEmitter;
};

/**
 * The first part of every path. It is in no cookie, because the browser sends those of 127.0.0.1 to the programs on its other ports as well.
 */
const capability = randomBytes(24).toString('base64url');
export const windows = new Map<number, StandInWindow>();
export const schemes = new Map<string, (request: Request) => Response | Promise<Response>>();
export const invokeHandlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();
export const notices: Notice[] = [];
export const opened: string[] = [];
export const desktop = { trayItems: [] as readonly MenuItem[], tooltip: '', badge: 0, origin: '' };

/** The path behind the capability; null for a request that does not have it, or that was made for another host. */
function pathOf(request: IncomingMessage): URL | null {
  if (`http://${request.headers.host ?? ''}` !== desktop.origin) return null;
  const [, given = '', rest = ''] = /^\/([\w-]+)(\/.*)$/.exec(request.url ?? '') ?? [];
  const isRight = given.length === capability.length && timingSafeEqual(Buffer.from(given), Buffer.from(capability));
  return isRight ? new URL(`${desktop.origin}${rest}`) : null;
}

function refuse(response: ServerResponse, status: number): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
    .end('This page belongs to a console that runs on this machine. Open the address that it printed.');
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = pathOf(request);
  if (url === null) return refuse(response, 403);
  response.setHeader('referrer-policy', 'same-origin');
  if (request.method !== 'GET' && request.headers.origin !== desktop.origin) return refuse(response, 403);
  if (url.pathname === '/open') {
    const first = [...windows.keys()][0] ?? 1;
    response.writeHead(302, { location: `w${first}/index.html` }).end();
    return;
  }
  if (request.method === 'GET' && url.pathname === '/tray') {
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
      })
      .end(trayPage(desktop.tooltip, desktop.trayItems));
    return;
  }
  if (request.method === 'POST' && url.pathname === '/tray') {
    desktop.trayItems[Number(url.searchParams.get('item'))]?.click?.();
    response.writeHead(303, { location: 'tray' }).end();
    return;
  }
  if (url.pathname === '/state') {
    const state = {
      tray: desktop.trayItems.map(({ label, type, checked }) => ({
        label: label ?? '',
        type: type ?? 'normal',
        checked: checked ?? false,
      })),
      tooltip: desktop.tooltip,
      badge: desktop.badge,
      notices: notices.map(({ id, title, body }) => ({ id, title, body })),
      opened,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state));
    return;
  }
  const [, id, path = 'index.html'] = /^\/w(\d+)\/(.*)$/.exec(url.pathname) ?? [];
  const window = windows.get(Number(id));
  if (!window) return refuse(response, 404);
  if (path === '__standin.js') {
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(pageScript(window.preload));
    return;
  }
  await servePage(window, path, response);
}

/** The page's own handler answers, with its own headers; only its socket home is added to the policy. */
async function servePage(window: StandInWindow, path: string, response: ServerResponse): Promise<void> {
  const scheme = new URL(window.url).protocol.slice(0, -1);
  const handler = schemes.get(scheme);
  if (!handler) return refuse(response, 404);
  const reply = await handler(new Request(new URL(path, window.url).href));
  const headers = Object.fromEntries(reply.headers);
  if (headers['content-security-policy'])
    headers['content-security-policy'] = headers['content-security-policy'].replace(
      "connect-src 'none'",
      "connect-src 'self'",
    );
  const bytes = Buffer.from(await reply.arrayBuffer());
  const html = headers['content-type']?.startsWith('text/html');
  response
    .writeHead(reply.status, headers)
    .end(html ? bytes.toString('utf8').replace('<head>', '<head><script src="./__standin.js"></script>') : bytes);
}

type Message = {
  readonly kind?: string;
  readonly id?: number;
  readonly channel?: string;
  readonly args?: unknown[];
  readonly focused?: boolean;
  readonly notice?: number;
};

/** Null for what is no JSON object. */
function readMessage(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function onMessage(window: StandInWindow, socket: WebSocket, text: string): void {
  const message = readMessage(text);
  // 1007: data that is not consistent with its type.
  if (message === null) {
    socket.close(1007);
    return;
  }
  if (message.kind === 'focus') window.focused = message.focused === true;
  if (message.kind === 'notice') notices.find(notice => notice.id === message.notice)?.emitter.emit('click');
  if (message.kind !== 'invoke') return;
  const handler = invokeHandlers.get(message.channel ?? '');
  const event = { sender: window.contents, senderFrame: { url: window.url, parent: null } };
  const run = async () => {
    if (!handler) throw new Error(`No handler registered for '${message.channel}'`);
    return structuredClone(await handler(event, ...structuredClone(Array.isArray(message.args) ? message.args : [])));
  };
  run().then(
    value => socket.send(JSON.stringify({ kind: 'reply', id: message.id, value })),
    (error: unknown) =>
      socket.send(
        JSON.stringify({
          kind: 'reply',
          id: message.id,
          error: `Error invoking remote method '${message.channel}': ${String(error)}`,
        }),
      ),
  );
}

export function sendTo(window: StandInWindow, message: object): void {
  for (const socket of window.sockets) socket.send(JSON.stringify(message));
}

/** Starts the server. The address that is returned is the only way in, for as long as this process lives. */
export async function startHost(): Promise<string> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => refuse(response, 500));
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4 * 1_048_576 });
  server.on('upgrade', (request, socket, head) => {
    const window = windows.get(Number(/^\/w(\d+)\/socket$/.exec(pathOf(request)?.pathname ?? '')?.[1]));
    if (!window || request.headers.origin !== desktop.origin) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, client => {
      window.sockets.add(client);
      client.on('error', () => undefined);
      client.on('message', data => onMessage(window, client, String(data)));
      client.on('close', () => {
        window.sockets.delete(client);
        window.focused = false;
      });
      for (const { id, title, body } of notices.slice(-3))
        client.send(JSON.stringify({ kind: 'old-notice', id, title, body }));
      window.contents.emit('did-finish-load');
      window.events.emit('ready-to-show');
    });
  });
  const port = Number(process.env.ASTRIX_STANDIN_PORT ?? 0);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  desktop.origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return `${desktop.origin}/${capability}/open`;
}
