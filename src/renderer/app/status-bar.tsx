import { CloudOff, HardDriveDownload, RefreshCw, Send, TriangleAlert } from 'lucide-react';
import type { AccountState, AppInfo, SyncStatus } from '../../shared/ipc.ts';
import { useNow } from '../lib/clock.ts';
import { ago, count, dateTimeOf, exactOf } from '../lib/format.ts';
import type { ClientScreen } from '../lib/screen.ts';
import { useFrame } from './frame-context.ts';
import { useAlarm } from './places.tsx';
import { showOverlay } from './registry.ts';

const STORAGE: Readonly<Record<string, string>> = {
  absent: 'No keychain on this computer: data is deleted when you quit',
  locked: 'The keychain is locked: data is deleted when you quit',
  hanging: 'The keychain is not responding: data is deleted when you quit',
  lost: 'Your local data could not be opened: nothing is saved when you quit',
  'disk-full': 'The disk is full: data is deleted when you quit',
  'file-newer': 'Your local data is from a newer version: update the console',
  'key-lost': 'The keychain lost the encryption key: local data was loaded again, and unsent replies were lost',
};

/** Shows the connection, how fresh the data is, and what waits to be sent. It shows nothing that is not known. */
export function StatusBar({
  sync,
  info,
  account,
}: {
  readonly sync: SyncStatus;
  readonly info: AppInfo | null;
  readonly account: Extract<AccountState, { status: 'signed-in' }>;
}) {
  const now = useNow(5);
  const { screens, client, go } = useFrame();
  const unsent = sync.waiting + sync.refused;
  const storage = account.storage.reason === null ? null : STORAGE[account.storage.reason];
  return (
    <footer className="flex h-7 shrink-0 items-center gap-4 border-t border-line bg-sunken px-3 text-meta text-meta">
      <span
        role="status"
        aria-live="polite"
        className="inline-flex items-center gap-1.5"
        title={sync.syncedAt ? `Last synced: ${exactOf(sync.syncedAt)}` : undefined}
      >
        <Connection sync={sync} now={now} />
      </span>
      {unsent > 0 ? (
        <button
          type="button"
          onClick={() => showOverlay('outbox')}
          className={`inline-flex items-center gap-1.5 rounded-sm px-1 hover:bg-hover hover:text-text ${sync.refused > 0 ? 'text-danger' : 'text-waiting'}`}
        >
          <Send size={12} aria-hidden />
          {[
            sync.waiting > 0 ? `${count(sync.waiting)} waiting to send` : '',
            sync.refused > 0 ? `${count(sync.refused)} need attention` : '',
          ]
            .filter(Boolean)
            .join(', ')}
        </button>
      ) : null}
      {client
        ? screens.map(screen => (
            <AlarmButton
              key={screen.id}
              screen={screen}
              clientId={client.id}
              onOpen={() => go.screen(screen.id, client.id, null)}
            />
          ))
        : null}
      {sync.trouble ? (
        <span role="alert" className="inline-flex min-w-0 items-center gap-1.5 text-danger">
          <TriangleAlert size={12} aria-hidden /> <span className="truncate">{sync.trouble}</span>
        </span>
      ) : null}
      {storage ? (
        <span className="inline-flex min-w-0 items-center gap-1.5 text-waiting">
          <HardDriveDownload size={12} aria-hidden /> <span className="truncate">{storage}</span>
        </span>
      ) : null}
      <span className="flex-1" />
      {Math.abs(sync.clockSkewSeconds) > 60 ? (
        <span className="text-waiting">
          This computer’s clock is {Math.round(Math.abs(sync.clockSkewSeconds) / 60)} min{' '}
          {sync.clockSkewSeconds > 0 ? 'ahead' : 'behind'}
        </span>
      ) : null}
      {info?.demo ? <span>Demo</span> : null}
      <span>{info?.version}</span>
    </footer>
  );
}

/** What is broken on a screen of this client; a press opens the screen. */
function AlarmButton({
  screen,
  clientId,
  onOpen,
}: {
  readonly screen: ClientScreen;
  readonly clientId: string;
  readonly onOpen: () => void;
}) {
  const alarm = useAlarm(screen, clientId);
  return alarm ? (
    <button
      type="button"
      onClick={onOpen}
      className="inline-flex items-center gap-1.5 rounded-sm px-1 text-danger hover:bg-hover"
    >
      <TriangleAlert size={12} aria-hidden /> {alarm.says}
    </button>
  ) : null;
}

function Connection({ sync, now }: { readonly sync: SyncStatus; readonly now: Date }) {
  if (sync.connection === 'offline') {
    return (
      <>
        <CloudOff size={13} className="text-waiting" aria-hidden />
        <span className="text-waiting">
          Offline{sync.offlineSince ? ` since ${dateTimeOf(sync.offlineSince).split(', ')[1]}` : ''}. Replies are sent
          when you are online again.
        </span>
      </>
    );
  }
  if (sync.connection === 'connecting') {
    return (
      <>
        <RefreshCw size={12} aria-hidden /> <span>Connecting…</span>
      </>
    );
  }
  return (
    <>
      <span aria-hidden className="size-2 rounded-full bg-done" />
      <span>
        Online
        {sync.syncing && sync.received > 0
          ? ` · loading, ${count(sync.received)} rows so far`
          : sync.syncedAt
            ? ` · synced ${ago(sync.syncedAt, now)}`
            : ''}
      </span>
    </>
  );
}
