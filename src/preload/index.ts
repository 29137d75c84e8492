import { contextBridge, ipcRenderer } from 'electron';

declare const __CALLS__: readonly string[];
declare const __EVENTS__: readonly string[];

/** Names come from the contract at build time; main checks every call again. A page gets functions, never a channel or an event (SH-13). */
const bridge: Record<string, Record<string, unknown>> = { on: {} };

for (const name of __CALLS__) {
  const [namespace = '', verb = ''] = name.split('.');
  bridge[namespace] ??= {};
  bridge[namespace][verb] = (args: unknown) => ipcRenderer.invoke('astrix:call', name, args);
}
for (const name of __EVENTS__) {
  bridge.on![name] = (listener: (payload: unknown) => void) => {
    const hear = (_event: unknown, heard: string, payload: unknown) => {
      if (heard === name) listener(payload);
    };
    ipcRenderer.on('astrix:event', hear);
    return () => ipcRenderer.off('astrix:event', hear);
  };
}
for (const namespace of Object.values(bridge)) Object.freeze(namespace);
contextBridge.exposeInMainWorld('astrix', Object.freeze(bridge));
