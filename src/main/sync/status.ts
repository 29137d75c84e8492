import type { SyncStatus } from '../../shared/ipc.ts';

export type StatusBoard = { readonly get: () => SyncStatus; readonly set: (change: Partial<SyncStatus>) => void };

export const SIGNED_OUT: SyncStatus = {
  connection: 'signed-out',
  syncedAt: null,
  offlineSince: null,
  syncing: false,
  received: 0,
  waiting: 0,
  refused: 0,
  trouble: null,
  clockSkewSeconds: 0,
};

/** The one place that knows how fresh things are; tells the window only when something changed. */
export function createStatusBoard(emit: (status: SyncStatus) => void): StatusBoard {
  let status = SIGNED_OUT;
  return {
    get: () => status,
    set(change) {
      const next = { ...status, ...change };
      if ((Object.keys(change) as (keyof SyncStatus)[]).every(key => status[key] === next[key])) return;
      status = next;
      emit(status);
    },
  };
}
