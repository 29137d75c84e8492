import type { Permission } from '@astrix/contract';
import { create } from 'zustand';
import type { BackendState } from '../../shared/backend.ts';
import type { AccountState, AppInfo, Settings, SyncStatus } from '../../shared/ipc.ts';
import { ask, bridge } from './bridge.ts';
import { forgetMemories } from './client-memory.ts';
import { invalidate, queryClient } from './queries.ts';

/** What the window shows and what belongs to no client. */
type AppState = {
  readonly info: AppInfo | null;
  /** The server in use. */
  readonly backend: BackendState | null;
  readonly account: AccountState;
  readonly sync: SyncStatus | null;
  readonly settings: Settings | null;
  /** Id of the overlay that is open. */
  readonly open: string | null;
  readonly show: (open: AppState['open']) => void;
};

export const useAppState = create<AppState>(set => ({
  info: null,
  backend: null,
  account: { status: 'starting' },
  sync: null,
  settings: null,
  open: null,
  show: open => set({ open }),
}));

const dark = window.matchMedia('(prefers-color-scheme: dark)');

function paint(settings: Settings | null): void {
  const theme = settings?.theme ?? 'system';
  document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
}

/** Loads the state from main and keeps it up to date until the window closes. */
export async function connectAppState(): Promise<void> {
  const set = useAppState.setState;
  dark.addEventListener('change', () => paint(useAppState.getState().settings));
  bridge.on.changed(({ topics }) => invalidate(topics));
  bridge.on.accountChanged(account => {
    if (account.status !== 'signed-in') {
      queryClient.clear();
      set({ open: null });
    }
    if (account.status === 'signed-out') forgetMemories();
    set({ account });
  });
  bridge.on.backendChanged(backend => set({ backend }));
  bridge.on.syncChanged(sync => set({ sync }));
  bridge.on.settingsChanged(settings => {
    set({ settings });
    paint(settings);
  });
  const [info, backend, account, sync, settings] = await Promise.all([
    ask(bridge.app.info()),
    ask(bridge.backend.state()),
    ask(bridge.account.state()),
    ask(bridge.sync.status()),
    ask(bridge.settings.get()),
  ]);
  paint(settings);
  set({ info, backend, account, sync, settings });
}

/** Whether the role of this person has the permission. The server checks it again. */
export const useMay = (permission: Permission): boolean =>
  useAppState(({ account }) => account.status === 'signed-in' && account.permissions.includes(permission));

/** Whether the server can be asked. */
export const useOnline = (): boolean => useAppState(state => state.sync?.connection !== 'offline');
