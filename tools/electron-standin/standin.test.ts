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
/** Where the pages are: the address behind which everything stands. */
const homeOf = ({ open }: Running) => open.replace(/\/open$/, '');

async function socketOf(running: Running, origin = running.origin, home = homeOf(running)): Promise<WebSocket> {
  const socket = new WebSocket(`${home.replace('http', 'ws')}/w1/socket`, { headers: { origin } });
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
  test('only this machine, and only behind the token in the path', async () => {
    const running = await run();
    const home = homeOf(running);
    expect(new URL(running.origin).hostname).toBe('127.0.0.1');
    const opened = await ask(running.open);
    expect([opened.status, opened.headers.location]).toEqual([302, 'w1/index.html']);
    expect((await ask(`${home}/w1/index.html`)).status).toBe(200);

    const token = new URL(home).pathname.slice(1);
    const others = ['', `/${token.slice(0, -1)}`, `/${'A'.repeat(token.length)}`, `/x/${token}`];
    const forged: readonly Record<string, string>[] = [
      { host: 'evil.example' },
      { host: 'localhost' },
      { host: `localhost:${new URL(running.origin).port}` },
    ];
    for (const path of ['/open', '/w1/index.html', '/w1/__standin.js', '/tray', '/state', '/']) {
      for (const headers of forged) expect((await ask(home + path, headers)).status, JSON.stringify(headers)).toBe(403);
      for (const other of others)
        for (const headers of [{}, { cookie: `astrix_standin=${token}` }, { authorization: `Bearer ${token}` }]) {
          const answer = await ask(running.origin + other + path, headers as Record<string, string>);
          expect(answer.status, other + path).toBe(403);
          expect(answer.text).not.toContain(token);
        }
    }
  });

  test('a program on another port of 127.0.0.1 gets nothing that lets it in: no cookie, and no address by the referrer', async () => {
    const running = await run();
    for (const path of ['/open', '/w1/index.html', '/tray', '/state']) {
      const { headers } = await ask(homeOf(running) + path);
      expect(headers['set-cookie'], path).toBeUndefined();
      expect(headers['referrer-policy'], path).toMatch(/^(?:same-origin|no-referrer)$/);
    }
  });

  test('a page of another site cannot open the socket or click the tray, even with the token', async () => {
    const running = await run();
    const home = homeOf(running);
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null'])
      await expect(socketOf(running, origin)).rejects.toThrow();
    await expect(socketOf(running, running.origin, `${running.origin}/wrong`)).rejects.toThrow();
    (await socketOf(running)).close();
    for (const headers of [{}, { origin: 'http://127.0.0.1:1' }, { origin: 'null' }])
      expect((await ask(`${home}/tray?item=0`, headers as Record<string, string>, 'POST')).status).toBe(403);
    expect(running.notes()).not.toContain('tray');
  });

  test('a message that is no JSON object ends its socket and not the console', async () => {
    const running = await run();
    for (const text of ['{', '', 'null', '[]', '"x"']) {
      const socket = await socketOf(running);
      const closed = new Promise<number>(resolve => socket.once('close', resolve));
      socket.send(text);
      expect(await closed, text).toBe(1007);
    }
    expect(await invoke(await socketOf(running), 'echo', 1)).toMatchObject({ value: { value: 1 } });
  });
});

describe('what runs on it', () => {
  test('`ready` comes after the entry has loaded, and the page events after the page has come', async () => {
    const running = await run();
    expect(running.notes()).toEqual(['loaded', 'ready']);
    const socket = await socketOf(running);
    await invoke(socket, 'echo', 1);
    expect(running.notes().slice(2).sort()).toEqual(['did-finish-load', 'ready-to-show']);
  });

  test('a page is what the handler of app:// answers, with its policy, which opens for the own socket only', async () => {
    const running = await run();
    const home = homeOf(running);
    const page = await ask(`${home}/w1/index.html`);
    expect(page.headers['content-security-policy']).toBe("default-src 'none'; connect-src 'self'");
    expect(page.text).toContain('<head><script src="./__standin.js"></script><title>t</title>');
    expect((await ask(`${home}/w1/assets/none.js`)).status).toBe(404);
    expect((await ask(`${home}/w9/index.html`)).status).toBe(404);
    expect((await ask(`${home}/w1/__standin.js`)).text).toContain('exposeInMainWorld');
  });

  test('a call reaches the handler with its sender, and its answer or its fault comes back', async () => {
    const running = await run();
    const socket = await socketOf(running);
    expect(await invoke(socket, 'echo', { deep: [1, null, 'नमस्ते'] })).toMatchObject({
      value: { value: { deep: [1, null, 'नमस्ते'] }, url: 'app://console/index.html', top: true, own: true },
    });
    expect((await invoke(socket, 'fails')).error).toBe("Error invoking remote method 'fails': Error: no such thing");
    expect(String((await invoke(socket, 'nobody')).error)).toContain("No handler registered for 'nobody'");
  });

  test('the tray is a page: what is in it is text, and a click does what the item does', async () => {
    const running = await run();
    const home = homeOf(running);
    const tray = await ask(`${home}/tray`);
    expect(tray.text).toContain('2 unread');
    expect(tray.text).not.toContain('<b>Chai');
    expect(String(tray.headers['content-security-policy'])).toContain("default-src 'none'");
    const socket = await socketOf(running);
    const news = hear(socket, 'send');
    expect((await ask(`${home}/tray?item=0`, { origin: running.origin }, 'POST')).status).toBe(303);
    expect(await news).toMatchObject({ channel: 'news', args: [{ from: 'tray' }] });
    for (const item of ['1', '99', '-1', 'x']) {
      const answer = await ask(`${home}/tray?item=${item}`, { origin: running.origin }, 'POST');
      expect(answer.status, item).toBe(303);
    }
  });

  test('notices, badge and opened links are there to be looked at', async () => {
    const running = await run();
    const home = homeOf(running);
    const socket = await socketOf(running);
    const notice = hear(socket, 'notice');
    await invoke(socket, 'notify');
    const { id } = await notice;
    await invoke(socket, 'open', 'https://example.com/');
    expect(JSON.parse((await ask(`${home}/state`)).text)).toMatchObject({
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
