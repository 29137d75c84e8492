import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bridge, CHANNELS } from '../shared/ipc.ts';

/** What the preload asks of Electron, over arrays. */
const electron = vi.hoisted(() => ({
  exposed: [] as { name: string; value: unknown }[],
  invoked: [] as unknown[][],
  listeners: [] as { channel: string; listener: (...args: unknown[]) => void }[],
}));
vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => electron.exposed.push({ name, value }),
  },
  ipcRenderer: {
    invoke: async (...args: unknown[]) => {
      electron.invoked.push(args);
      return { ok: true, value: null };
    },
    on: (channel: string, listener: (...args: unknown[]) => void) => electron.listeners.push({ channel, listener }),
    off: (channel: string, listener: (...args: unknown[]) => void) => {
      const at = electron.listeners.findIndex(one => one.channel === channel && one.listener === listener);
      if (at >= 0) electron.listeners.splice(at, 1);
    },
  },
}));

const names = (event: boolean) =>
  Object.entries(CHANNELS)
    .filter(([, channel]) => (channel.kind === 'event') === event)
    .map(([name]) => name);

let bridge: Bridge;
beforeEach(async () => {
  electron.exposed.length = 0;
  electron.invoked.length = 0;
  electron.listeners.length = 0;
  vi.resetModules();
  // The build puts these in as text; see electron.vite.config.ts.
  vi.stubGlobal('__CALLS__', names(false));
  vi.stubGlobal('__EVENTS__', names(true));
  await import('./index.ts');
  bridge = electron.exposed[0]?.value as Bridge;
});

/** Every value that a page can reach from the bridge, with the way to it. */
function reachable(value: unknown, at = 'astrix', seen = new Set<unknown>()): [string, unknown][] {
  if (seen.has(value)) return [];
  seen.add(value);
  const rest =
    typeof value === 'object' && value !== null
      ? Reflect.ownKeys(value).flatMap(key =>
          reachable((value as Record<PropertyKey, unknown>)[key], `${at}.${String(key)}`, seen),
        )
      : [];
  return [[at, value], ...rest];
}

describe('what a page can reach', () => {
  test('SH-13: one object is exposed, and nothing in it is anything but frozen objects and functions', () => {
    expect(electron.exposed.map(one => one.name)).toEqual(['astrix']);
    for (const [at, value] of reachable(bridge)) {
      if (typeof value === 'function') continue;
      expect(typeof value, at).toBe('object');
      expect(Object.isFrozen(value), `${at} is frozen`).toBe(true);
    }
  });

  test('SH-13: there is one function for each call and each event of the contract, and no other', () => {
    const functions = reachable(bridge)
      .filter(([, value]) => typeof value === 'function')
      .map(([at]) => at.slice('astrix.'.length));
    expect(functions.sort()).toEqual([...names(false), ...names(true).map(name => `on.${name}`)].sort());
  });

  test('SH-13: nothing of ipcRenderer can be reached by any name', () => {
    const reached = reachable(bridge).map(([at]) => at.split('.').at(-1));
    for (const forbidden of ['ipcRenderer', 'invoke', 'send', 'sendSync', 'postMessage', 'require', 'process'])
      expect(reached).not.toContain(forbidden);
  });
});

describe('calls', () => {
  test('SH-13: each function calls under its own name, with its first argument and nothing else', async () => {
    for (const name of names(false)) {
      const [namespace = '', verb = ''] = name.split('.');
      const call = (bridge as unknown as Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>)[
        namespace
      ]?.[verb];
      await call?.({ of: name }, 'astrix:other', { more: true });
      expect(electron.invoked.pop()).toEqual(['astrix:call', name, { of: name }]);
    }
  });

  test('SH-13: the name of a channel cannot be chosen by the page', async () => {
    const hijack = bridge.app.info as unknown as (...args: unknown[]) => Promise<unknown>;
    await hijack.call({ name: 'account.signOut' }, 'account.signOut');
    expect(electron.invoked).toEqual([['astrix:call', 'app.info', 'account.signOut']]);
  });
});

describe('events', () => {
  const deliver = (...args: unknown[]) => {
    for (const { listener } of [...electron.listeners]) listener(...args);
  };
  const event = { sender: { send: () => undefined }, ports: [] };

  test('SH-13: a listener gets the payload only, never the event with its sender', () => {
    const heard: unknown[][] = [];
    bridge.on.changed(((...args: unknown[]) => heard.push(args)) as never);
    deliver(event, 'changed', { topics: ['clients'] }, 'more');
    expect(heard).toEqual([[{ topics: ['clients'] }]]);
  });

  test('SH-13: a listener hears its own event and no other', () => {
    const heard: unknown[] = [];
    bridge.on.settingsChanged(payload => heard.push(payload));
    for (const name of names(true)) deliver(event, name, { name });
    expect(heard).toEqual([{ name: 'settingsChanged' }]);
  });

  test('a subscription ends when its function is called, and leaves no listener behind', () => {
    const heard: unknown[] = [];
    const end = bridge.on.syncChanged(status => heard.push(status));
    const other = bridge.on.syncChanged(() => undefined);
    end();
    deliver(event, 'syncChanged', {});
    expect(heard).toEqual([]);
    expect(electron.listeners).toHaveLength(1);
    other();
    expect(electron.listeners).toHaveLength(0);
  });
});
