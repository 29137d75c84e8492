import { readFileSync } from 'node:fs';

const escaped = (text: string) => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

export type MenuItem = {
  readonly label?: string;
  readonly type?: string;
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly click?: () => void;
};

/** The tray as a page: what a click on the icon would show. */
export function trayPage(tooltip: string, items: readonly MenuItem[]): string {
  const rows = items.map((item, index) =>
    item.type === 'separator'
      ? '<hr>'
      : `<form method="post" action="tray?item=${index}"><button${item.enabled === false ? ' disabled' : ''}><span>${item.checked ? '✓' : ''}</span>${escaped(item.label ?? '')}</button></form>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tray</title><style>
:root{color-scheme:light dark}body{margin:0;display:grid;place-items:center;min-height:100vh;background:light-dark(#e9e7e2,#111);font:13px/1.4 system-ui,sans-serif;color:light-dark(#222,#eee)}
main{width:280px;padding:6px;border-radius:8px;background:light-dark(#fff,#242629);border:1px solid light-dark(#d5d2cb,#3a3d42);box-shadow:0 8px 30px #0003}
p{margin:6px 10px 8px;font-size:12px;opacity:.7}form{margin:0}button{display:flex;gap:8px;width:100%;padding:6px 10px;border:0;border-radius:5px;background:none;color:inherit;font:inherit;text-align:left;cursor:pointer}
button:hover,button:focus-visible{background:light-dark(#eceae5,#34373c);outline:none}span{width:12px}hr{border:0;border-top:1px solid light-dark(#e2dfd8,#3a3d42);margin:5px 0}
</style></head><body><main><p>${escaped(tooltip)}</p>${rows.join('')}</main></body></html>`;
}

/** What runs before the page's own scripts: a socket in place of IPC, the unmodified preload, and a corner for notifications. */
export function pageScript(preload: string): string {
  return `(() => {
const listeners = new Map();
const waiting = new Map();
const openTab = window.open.bind(window);
let next = 1;
const socket = new WebSocket(new URL('socket', location.href.replace('http', 'ws')));
const opened = new Promise(resolve => socket.addEventListener('open', resolve, { once: true }));
const post = async message => { await opened; socket.send(JSON.stringify(message)); };
socket.addEventListener('message', ({ data }) => {
  const message = JSON.parse(data);
  if (message.kind === 'reply') {
    const ask = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) ask.resolve(message.value); else ask.reject(new Error(message.error));
  } else if (message.kind === 'send') {
    for (const listener of [...(listeners.get(message.channel) ?? [])]) listener({}, ...message.args);
  } else if (message.kind === 'notice') showNotice(message);
  else if (message.kind === 'open') openTab(message.url, '_blank', 'noopener,noreferrer');
  else if (message.kind === 'title') document.title = message.title;
});
socket.addEventListener('close', () => { document.documentElement.dataset.standin = 'closed'; });
const trimmed = args => { const kept = [...args]; while (kept.length > 0 && kept.at(-1) === undefined) kept.pop(); return kept; };
const ipcRenderer = {
  invoke: (channel, ...args) => new Promise((resolve, reject) => { const id = next++; waiting.set(id, { resolve, reject }); post({ kind: 'invoke', id, channel, args: trimmed(structuredClone(args)) }); }),
  on: (channel, listener) => { const set = listeners.get(channel) ?? new Set(); set.add(listener); listeners.set(channel, set); return ipcRenderer; },
  off: (channel, listener) => { listeners.get(channel)?.delete(listener); return ipcRenderer; },
};
const contextBridge = { exposeInMainWorld: (name, value) => Object.defineProperty(window, name, { value, writable: false, configurable: false }) };
const focus = () => post({ kind: 'focus', focused: document.hasFocus() });
addEventListener('focus', focus); addEventListener('blur', focus); document.addEventListener('visibilitychange', focus); focus();
let corner = null;
function showNotice({ id, title, body }) {
  if (!corner) {
    const host = document.createElement('standin-notices');
    host.style.cssText = 'position:fixed;right:16px;top:16px;z-index:2147483647';
    corner = host.attachShadow({ mode: 'open' });
    document.documentElement.append(host);
  }
  const card = document.createElement('button');
  card.style.cssText = 'display:block;width:300px;margin:0 0 8px;padding:10px 12px;border:1px solid #0003;border-radius:8px;background:#202226;color:#f2f1ee;font:13px/1.4 system-ui,sans-serif;text-align:left;cursor:pointer;box-shadow:0 6px 24px #0004';
  const heading = document.createElement('b');
  heading.textContent = title;
  const text = document.createElement('div');
  text.textContent = body;
  card.append(heading, text);
  card.onclick = () => { post({ kind: 'notice', notice: id }); card.remove(); };
  corner.append(card);
  setTimeout(() => card.remove(), 6000);
}
const require = name => { if (name === 'electron') return { ipcRenderer, contextBridge }; throw new Error('module not found: ' + name); };
((require, module, exports) => {
${readFileSync(preload, 'utf8')}
})(require, { exports: {} }, {});
})();`;
}
