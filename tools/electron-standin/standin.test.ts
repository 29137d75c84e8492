import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

/** A console of a few lines: what is proved here is the stand-in, not what runs on it. */
const MAIN = `
import { appendFileSync } from 'node:fs';
import { app, BrowserWindow, ipcMain, Menu, Notification, protocol, shell, Tray } from 'electron';
const note = text => appendFileSync(process.env.TEST_NOTES, text + '\\n');
app.setPath('userData', process.env.TEST_USER_DATA);
if (!app.requestSingleInstanceLock()) { note('second'); app.quit(); process.exit(7); }
app.on('ready', () => note('ready'));
app.on('before-quit', () => note('before-quit'));
let saved = false;
app.on('will-quit', event => {
  if (saved) return;
  event.preventDefault();
  setImmediate(() => { saved = true; note('saved'); app.quit(); });
});
app.whenReady().then(() => {
  protocol.handle('app', async request => {
    const headers = { 'content-security-policy': "default-src 'none'; connect-src 'none'" };
    if (request.url !== 'app://console/index.html') return new Response('none', { status: 404, headers });
    return new Response('<!doctype html><html><head><title>t</title></head><body></body></html>', { headers: { ...headers, 'content-type': 'text/html' } });
  });
  const window = new BrowserWindow({ webPreferences: { preload: process.env.TEST_PRELOAD, sandbox: true } });
  window.on('ready-to-show', () => note('ready-to-show'));
  window.webContents.on('did-finish-load', () => note('did-finish-load'));
  void window.loadURL('app://console/index.html');
  ipcMain.handle('echo', (event, value) => ({ value, url: event.senderFrame.url, top: event.senderFrame.parent === null, own: event.sender === window.webContents }));
  ipcMain.handle('fails', () => { throw new Error('no such thing'); });
  ipcMain.handle('notify', () => { const notice = new Notification({ title: 'A', body: 'B' }); notice.on('click', () => note('notice')); notice.show(); });
  ipcMain.handle('open', (_event, url) => shell.openExternal(url));
  const tray = new Tray('icon');
  tray.setToolTip('2 unread');
  tray.setContextMenu(Menu.buildFromTemplate([{ label: '<b>Chai & Katha</b>', type: 'checkbox', checked: true, click: () => { note('tray'); window.webContents.send('news', { from: 'tray' }); } }, { type: 'separator' }]));
  app.setBadgeCount(2);
});
note('loaded');
`;

const root = join(import.meta.dirname, '..', '..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-standin-'));
  writeFileSync(join(folder, 'main.mjs'), MAIN);
  writeFileSync(join(folder, 'preload.cjs'), "require('electron').contextBridge.exposeInMainWorld('x', {});");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
});

type Running = {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly open: string;
  readonly notes: () => string[];
  readonly ended: Promise<number | null>;
};

async function run(main = 'main.mjs', userData = mkdtempSync(join(folder, 'data-'))): Promise<Running> {
  const notesFile = join(userData, 'notes');
  writeFileSync(notesFile, '', { flag: 'a' });
  const child = spawn(process.execPath, [join(root, 'tools', 'electron-standin', 'run.ts'), join(folder, main)], {
    cwd: root,
    env: {
      ...process.env,
      TEST_USER_DATA: userData,
      TEST_NOTES: notesFile,
      TEST_PRELOAD: join(folder, 'preload.cjs'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  let said = '';
  child.stderr?.on('data', chunk => {
    said += String(chunk);
  });
  const ready = await new Promise<{ url: string }>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', line => resolve(JSON.parse(line) as { url: string }));
    void ended.then(code => reject(new Error(`ended with ${code}: ${said}`)));
  });
  return {
    child,
    ended,
    origin: new URL(ready.url).origin,
    open: ready.url,
    notes: () => readFileSync(notesFile, 'utf8').trimEnd().split('\n'),
  };
}

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };
/** By node:http, so that Host and Origin can be forged. */
const ask = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, { method, headers }, response => {
      let text = '';
      response.on('data', chunk => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    })
      .once('error', reject)
      .end();
  });
const cookieOf = async (running: Running) => String((await ask(running.open)).headers['set-cookie']).split(';')[0]!;

async function socketOf(running: Running, cookie: string, origin = running.origin): Promise<WebSocket> {
  const socket = new WebSocket(`${running.origin.replace('http', 'ws')}/w1/socket`, { headers: { cookie, origin } });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}
/** Waits for the first message that fits, from now on. */
const hear = (socket: WebSocket, kind: string): Promise<Record<string, unknown>> =>
  new Promise(resolve => {
    const listen = (data: unknown) => {
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      if (message.kind !== kind) return;
      socket.off('message', listen);
      resolve(message);
    };
    socket.on('message', listen);
  });
const invoke = (socket: WebSocket, channel: string, ...args: unknown[]) => {
  const reply = hear(socket, 'reply');
  socket.send(JSON.stringify({ kind: 'invoke', id: 1, channel, args }));
  return reply;
};

describe('who gets in', () => {
  test('only this machine, only with the token, and the token is kept where no script reads it', async () => {
    const running = await run();
    expect(new URL(running.origin).hostname).toBe('127.0.0.1');
    const opened = await ask(running.open);
    expect(opened.status).toBe(302);
    expect(String(opened.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(opened.headers.location).toBe('/w1/index.html');
    const cookie = await cookieOf(running);
    expect((await ask(`${running.origin}/w1/index.html`, { cookie })).status).toBe(200);

    const token = cookie.split('=')[1]!;
    const forged: readonly Record<string, string>[] = [
      {},
      { cookie: 'astrix_standin=' },
      { cookie: `astrix_standin=${token.slice(0, -1)}` },
      { cookie: `astrix_standin=${'A'.repeat(token.length)}` },
      { cookie: `other=${token}` },
      { cookie, host: 'evil.example' },
      { cookie, host: 'localhost' },
      { cookie, host: `localhost:${new URL(running.origin).port}` },
      { authorization: `Bearer ${token}` },
    ];
    for (const path of ['/w1/index.html', '/w1/__standin.js', '/tray', '/state', '/'])
      for (const headers of forged) {
        const answer = await ask(running.origin + path, headers);
        expect(answer.status, `${path} ${JSON.stringify(headers)}`).toBe(403);
        expect(answer.text).not.toContain(token);
      }
    expect((await ask(`${running.origin}/open?token=wrong`)).status).toBe(403);
    expect((await ask(`${running.origin}/tray?item=0`, {}, 'POST')).status).toBe(403);
  });

  test('a page of another site cannot open the socket, even with the cookie', async () => {
    const running = await run();
    const cookie = await cookieOf(running);
    await expect(socketOf(running, cookie, 'https://evil.example')).rejects.toThrow();
    await expect(socketOf(running, cookie, 'null')).rejects.toThrow();
    await expect(socketOf(running, 'astrix_standin=wrong')).rejects.toThrow();
    (await socketOf(running, cookie)).close();
  });
});

describe('what runs on it', () => {
  test('`ready` comes after the entry has loaded, and the page events after the page has come', async () => {
    const running = await run();
    expect(running.notes()).toEqual(['loaded', 'ready']);
    const socket = await socketOf(running, await cookieOf(running));
    await invoke(socket, 'echo', 1);
    expect(running.notes().slice(2).sort()).toEqual(['did-finish-load', 'ready-to-show']);
  });

  test('a page is what the handler of app:// answers, with its policy, which opens for the own socket only', async () => {
    const running = await run();
    const cookie = await cookieOf(running);
    const page = await ask(`${running.origin}/w1/index.html`, { cookie });
    expect(page.headers['content-security-policy']).toBe("default-src 'none'; connect-src 'self'");
    expect(page.text).toContain('<head><script src="./__standin.js"></script><title>t</title>');
    expect((await ask(`${running.origin}/w1/assets/none.js`, { cookie })).status).toBe(404);
    expect((await ask(`${running.origin}/w9/index.html`, { cookie })).status).toBe(404);
    expect((await ask(`${running.origin}/w1/__standin.js`, { cookie })).text).toContain('exposeInMainWorld');
  });

  test('a call reaches the handler with its sender, and its answer or its fault comes back', async () => {
    const running = await run();
    const socket = await socketOf(running, await cookieOf(running));
    expect(await invoke(socket, 'echo', { deep: [1, null, 'नमस्ते'] })).toMatchObject({
      value: { value: { deep: [1, null, 'नमस्ते'] }, url: 'app://console/index.html', top: true, own: true },
    });
    expect((await invoke(socket, 'fails')).error).toBe("Error invoking remote method 'fails': Error: no such thing");
    expect(String((await invoke(socket, 'nobody')).error)).toContain("No handler registered for 'nobody'");
  });

  test('the tray is a page: what is in it is text, and a click does what the item does', async () => {
    const running = await run();
    const cookie = await cookieOf(running);
    const tray = await ask(`${running.origin}/tray`, { cookie });
    expect(tray.text).toContain('2 unread');
    expect(tray.text).not.toContain('<b>Chai');
    expect(String(tray.headers['content-security-policy'])).toContain("default-src 'none'");
    const socket = await socketOf(running, cookie);
    const news = hear(socket, 'send');
    expect((await ask(`${running.origin}/tray?item=0`, { cookie }, 'POST')).status).toBe(303);
    expect(await news).toMatchObject({ channel: 'news', args: [{ from: 'tray' }] });
    for (const item of ['1', '99', '-1', 'x']) {
      const answer = await ask(`${running.origin}/tray?item=${item}`, { cookie }, 'POST');
      expect(answer.status, item).toBe(303);
    }
  });

  test('notices, badge and opened links are there to be looked at', async () => {
    const running = await run();
    const cookie = await cookieOf(running);
    const socket = await socketOf(running, cookie);
    const notice = hear(socket, 'notice');
    await invoke(socket, 'notify');
    const { id } = await notice;
    await invoke(socket, 'open', 'https://example.com/');
    expect(JSON.parse((await ask(`${running.origin}/state`, { cookie })).text)).toMatchObject({
      badge: 2,
      tooltip: '2 unread',
      tray: [{ label: '<b>Chai & Katha</b>', checked: true }, { type: 'separator' }],
      notices: [{ title: 'A', body: 'B' }],
      opened: ['https://example.com/'],
    });
    socket.send(JSON.stringify({ kind: 'notice', notice: id }));
    await invoke(socket, 'echo', 1);
    expect(running.notes()).toContain('notice');
  });

  test('asked to stop, it waits until everything has been put away', async () => {
    const running = await run();
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(running.notes()).toEqual(['loaded', 'ready', 'before-quit', 'saved', 'before-quit']);
  });
});

describe('one console for each data folder', () => {
  test('a second one steps back while the first lives, and a place left by kill -9 is taken over', async () => {
    const userData = mkdtempSync(join(folder, 'shared-'));
    const first = await run('main.mjs', userData);
    await expect(run('main.mjs', userData)).rejects.toThrow(/ended with (?:0|7)/);
    expect(first.notes()).toContain('second');
    first.child.kill('SIGKILL');
    await first.ended;
    const next = await run('main.mjs', userData);
    expect((await ask(next.open)).status).toBe(302);
  });
});

describe('what the real one would not forgive', () => {
  const WINDOWS: readonly (readonly [string, string])[] = [
    ['a window without a sandbox', "{ sandbox: false, preload: 'x.cjs' }"],
    ['a window with Node in it', "{ nodeIntegration: true, preload: 'x.cjs' }"],
    ['a window that shares its world', "{ contextIsolation: false, preload: 'x.cjs' }"],
    ['a preload that is no CommonJS', "{ preload: 'x.js' }"],
  ];
  test.each(WINDOWS)('%s is refused here as well', async (_what, preferences) => {
    const name = `bad-${WINDOWS.findIndex(([, one]) => one === preferences)}.mjs`;
    writeFileSync(
      join(folder, name),
      `import { BrowserWindow } from 'electron'; new BrowserWindow({ webPreferences: ${preferences} });`,
    );
    await expect(run(name)).rejects.toThrow(/ended with 1/);
  });
});
