import { Inbox } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { AccountState, SyncStatus } from '../../shared/ipc.ts';
import { ConnectionsScreen } from '../features/connections/connections-screen.tsx';
import { InboxScreen } from '../features/inbox/inbox-screen.tsx';
import { useCounts } from '../features/inbox/queries.ts';
import { OutboxSheet } from '../features/outbox/outbox-sheet.tsx';
import { SettingsDialog } from '../features/settings/settings-dialog.tsx';
import { SignOutDialog } from '../features/settings/sign-out-dialog.tsx';
import { useAppState } from '../lib/app-state.ts';
import { ask, bridge } from '../lib/bridge.ts';
import { useMedia } from '../lib/media.ts';
import { forgetOtherClients, useClients } from '../lib/queries.ts';
import { type Action, actionOf } from '../lib/shortcuts.ts';
import { Empty, Failed, Waiting } from '../ui/parts.tsx';
import { complain } from '../ui/toast.tsx';
import { IdentityStrip } from './identity-strip.tsx';
import { Palette, ShortcutMap } from './palette.tsx';
import { type Place, Places } from './places.tsx';
import { Rail } from './rail.tsx';
import { StatusBar } from './status-bar.tsx';

type Props = {
  readonly account: Extract<AccountState, { status: 'signed-in' }>;
  readonly clientId: string | null;
  readonly conversationId: string | null;
  readonly place: Place;
  /** What is open in Connections. */
  readonly at: string | null;
  readonly go: (clientId: string, conversationId: string | null) => void;
  readonly goConnections: (clientId: string, at: string | null) => void;
};

/** Rail, identity strip, the screen, status bar. What is on screen comes from the address, and nothing else says which client it is. */
export function Frame({ account, clientId, conversationId, place, at, go, goConnections }: Props) {
  const { open, show, sync, info } = useAppState();
  const clients = useClients();
  const list = useMemo(() => clients.data ?? [], [clients.data]);
  const client = list.find(one => one.id === clientId) ?? null;
  const listeners = useRef(new Set<(action: Action) => void>());
  const listen = useCallback((handle: (action: Action) => void) => {
    listeners.current.add(handle);
    return () => void listeners.current.delete(handle);
  }, []);
  const roomy = useMedia('(min-width: 1024px)');
  const counts = useCounts(clientId ?? '', clientId !== null).data;
  /** Another client on the same screen. */
  const goClient = useCallback(
    (id: string) => (place === 'connections' ? goConnections(id, null) : go(id, null)),
    [place, go, goConnections],
  );
  const goPlace = useCallback(
    (to: Place) => {
      if (!clientId) return;
      if (to === 'connections') goConnections(clientId, null);
      else go(clientId, null);
    },
    [clientId, go, goConnections],
  );
  const goto = useMemo(() => ({ client: goClient, conversation: go, place: goPlace }), [goClient, go, goPlace]);

  // Main follows the screen, not the other way round: the tray checks what is shown here.
  useEffect(() => {
    if (!clientId) return;
    void ask(bridge.clients.switch({ clientId })).catch(complain);
    forgetOtherClients(clientId);
  }, [clientId]);
  useEffect(() => {
    const title = client ? `${client.name} – Astrix Console` : 'Astrix Console';
    void bridge.app.setTitle({ title });
  }, [client]);
  const first = list[0]?.id ?? null;
  useEffect(() => {
    if (!client && first && clients.isSuccess) go(first, null);
  }, [client, first, clients.isSuccess, go]);

  useEffect(
    () =>
      bridge.on.navigate(target => {
        if (target.to === 'client') go(target.clientId, null);
        else if (target.to === 'connections') goConnections(target.clientId, target.provider);
        else if (target.to === 'conversation') go(target.clientId, target.conversationId);
        else show(target.to);
      }),
    [go, goConnections, show],
  );
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      const found = actionOf(event, typing || target.closest('[role="dialog"]') !== null);
      if (!found || (useAppState.getState().open !== null && !event.metaKey && !event.ctrlKey)) return;
      event.preventDefault();
      if (found.action === 'client') {
        const picked = list[found.index ?? 0];
        if (picked) goClient(picked.id);
      } else if (found.action === 'inbox' || found.action === 'connections') goPlace(found.action);
      else if (
        found.action === 'palette' ||
        found.action === 'switcher' ||
        found.action === 'shortcuts' ||
        found.action === 'settings' ||
        found.action === 'outbox'
      )
        show(found.action);
      else for (const handle of listeners.current) handle(found.action);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [list, goClient, goPlace, show]);

  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-0 flex-1">
        <Rail clients={list} currentId={clientId} onPick={goClient} />
        <div className="flex min-w-0 flex-1 flex-col">
          <IdentityStrip client={client} account={account}>
            {client && !roomy ? <Places form="bar" current={place} onPick={goPlace} open={null} /> : null}
          </IdentityStrip>
          <div className="flex min-h-0 flex-1">
            {client && roomy ? (
              <Places form="column" current={place} onPick={goPlace} open={counts?.open ?? null} />
            ) : null}
            <main className="min-h-0 min-w-0 flex-1">
              {clients.isError ? <Failed error={clients.error} onRetry={() => void clients.refetch()} /> : null}
              {client && place === 'connections' ? (
                <ConnectionsScreen key={client.id} client={client} at={at} onOpen={goConnections} listen={listen} />
              ) : null}
              {client && place === 'inbox' ? (
                <InboxScreen
                  key={client.id}
                  client={client}
                  conversationId={conversationId}
                  onOpen={go}
                  listen={listen}
                />
              ) : null}
              {!client && !clients.isError ? <NoClient none={list.length === 0} sync={sync} /> : null}
            </main>
          </div>
        </div>
      </div>
      {sync ? <StatusBar sync={sync} info={info} account={account} /> : null}
      {open === 'palette' || open === 'switcher' ? (
        <Palette key={open} clients={list} go={goto} only={open === 'switcher' ? 'clients' : 'everything'} />
      ) : null}
      {open === 'shortcuts' ? <ShortcutMap /> : null}
      {open === 'settings' ? <SettingsDialog client={client} /> : null}
      {open === 'outbox' ? <OutboxSheet clients={list} onOpen={go} /> : null}
      {open === 'sign-out' ? <SignOutDialog /> : null}
    </div>
  );
}

/** The first pull is on its way, or it has come and brought no client. */
function NoClient({ none, sync }: { readonly none: boolean; readonly sync: SyncStatus | null }) {
  if (none && sync?.syncedAt)
    return (
      <Empty icon={<Inbox size={24} />} title="No client yet">
        A manager of your agency gives you access to clients. They appear here at once.
      </Empty>
    );
  const received = sync?.received ?? 0;
  return (
    <Waiting
      what={
        received > 0
          ? `Loading your clients, ${received.toLocaleString('en-IN')} rows so far…`
          : 'Loading your clients…'
      }
    />
  );
}
