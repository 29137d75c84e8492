import type { CatalogueEntry } from '@astrix/contract';
import { ArrowLeft, Plug } from 'lucide-react';
import { useCallback, useRef } from 'react';
import { Group, Panel } from 'react-resizable-panels';
import type { ClientView } from '../../../shared/ipc.ts';
import { useAppState, useMay, useOnline } from '../../lib/app-state.ts';
import { bridge, wordsOf } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { ago } from '../../lib/format.ts';
import { useMedia } from '../../lib/media.ts';
import type { ScreenProps } from '../../lib/screen.ts';
import { LIST } from '../../lib/shortcuts.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { Handle } from '../../ui/handle.tsx';
import { Empty, Failed, Skeleton } from '../../ui/parts.tsx';
import { CatalogueList } from './catalogue-list.tsx';
import { ConnectionPage } from './connection-page.tsx';
import { Overview } from './overview.tsx';
import { ProviderPage } from './provider-page.tsx';
import { useCatalogue, useConnect, useConnections } from './queries.ts';
import { ReceiptsPage } from './receipts.tsx';

/** The list of systems and the page of one of them: side by side where there is room, else one at a time. */
export function ConnectionsScreen(props: ScreenProps) {
  return useMay('connection.read') ? (
    <Screen {...props} />
  ) : (
    <Empty icon={<Plug size={24} />} title="You do not have access to Connections">
      An owner or admin of your agency manages connections.
    </Empty>
  );
}

function Screen({ client, at, open }: ScreenProps) {
  const catalogue = useCatalogue(client.id);
  const connections = useConnections(client.id);
  const wide = useMedia('(min-width: 900px)');
  const sizes = useAppState(state => state.settings?.panels);
  const searchField = useRef<HTMLInputElement>(null);
  const listed = useRef<readonly string[]>([]);
  const onListed = useCallback((ids: readonly string[]) => {
    listed.current = ids;
  }, []);
  const openListed = (index: number) => {
    const id = listed.current[index];
    if (id) open(id);
  };
  const here = () => listed.current.indexOf(at ?? '');
  useShortcuts(LIST, {
    search: () => searchField.current?.focus(),
    next: () => openListed(here() + 1),
    previous: () => openListed(Math.max(here() - 1, 0)),
  });

  const entries = catalogue.data;
  const existing = connections.data;
  const error = catalogue.error ?? connections.error;
  if (!entries || !existing) {
    if (!error)
      return (
        <div className="flex h-full">
          <div className={wide ? 'w-[26%] min-w-[260px] border-r border-line bg-panel' : 'w-full bg-panel'}>
            <Skeleton rows={14} what="Loading systems…" />
          </div>
        </div>
      );
    const again = () => void Promise.all([catalogue.refetch(), connections.refetch()]);
    return <Failed error={error} onRetry={again} />;
  }
  const list = (
    <CatalogueList
      entries={entries}
      connections={existing}
      at={wide ? (at ?? 'overview') : at}
      onOpen={open}
      searchField={searchField}
      onListed={onListed}
    />
  );
  const entry = entries.find(one => one.id === at);
  const connection = existing.find(one => one.id === at);
  const of = entries.find(one => one.id === connection?.provider);
  const about =
    at === 'receipts' ? (
      <ReceiptsPage client={client} entries={entries} onOpen={open} />
    ) : connection && of ? (
      <ConnectionPage key={connection.id} client={client} connection={connection} entry={of} onOpen={open} />
    ) : entry ? (
      <ProviderPage
        key={entry.id}
        client={client}
        entry={entry}
        entries={entries}
        connections={existing}
        onOpen={open}
      />
    ) : at !== null && at !== 'overview' ? (
      <ReceiptsPage client={client} entries={entries} onOpen={open} connectionId={at} />
    ) : (
      <Overview client={client} entries={entries} connections={existing} onOpen={open} />
    );
  const page = (
    <div className="flex h-full flex-col bg-ground">
      <Freshness error={error} at={Math.min(catalogue.dataUpdatedAt, connections.dataUpdatedAt)} />
      <WaitingChoice client={client} at={at} entries={entries} onOpen={open} />
      {wide ? null : (
        <div className="border-b border-line bg-panel p-1.5">
          <Button look="quiet" onClick={() => open(null)}>
            <ArrowLeft size={14} /> All systems
          </Button>
        </div>
      )}
      {/* The key makes another page start at its top. */}
      <div key={at} className="scroll min-h-0 flex-1">
        {about}
      </div>
    </div>
  );
  if (!wide)
    return at === null ? (
      <div className="flex h-full flex-col">
        <Freshness error={error} at={connections.dataUpdatedAt} />
        <div className="min-h-0 flex-1">{list}</div>
      </div>
    ) : (
      page
    );
  return (
    <Group
      orientation="horizontal"
      className="h-full"
      onLayoutChanged={layout =>
        void bridge.settings.set({ panels: { ...sizes, systems: Math.round((layout.systems ?? 26) * 10) / 10 } })
      }
    >
      <Panel id="systems" defaultSize={`${sizes?.systems ?? 26}%`} minSize="260px" maxSize="40%">
        {list}
      </Panel>
      <Handle />
      <Panel id="system" minSize="420px">
        {page}
      </Panel>
    </Group>
  );
}

/** Shown while consent has been given, the account is not confirmed yet, and another page is open. */
function WaitingChoice({
  client,
  at,
  entries,
  onOpen,
}: {
  readonly client: ClientView;
  readonly at: string | null;
  readonly entries: readonly CatalogueEntry[];
  readonly onOpen: (at: string) => void;
}) {
  const state = useConnect(client.id).data;
  const where = state?.connectionId ?? state?.provider;
  if (state?.now.step !== 'choosing' || where === undefined || where === at) return null;
  return (
    <p className="flex flex-wrap items-center gap-3 border-b border-line bg-waiting-ground px-6 py-1.5 text-waiting">
      <span className="min-w-0 flex-1">
        {entries.find(entry => entry.id === state.provider)?.name} gave access. Confirm the account to finish
        connecting.
      </span>
      <Button onClick={() => onOpen(where)}>Choose the account</Button>
    </p>
  );
}

/** Says how old the data is, and why, when the server cannot be asked. */
function Freshness({ error, at }: { readonly error: unknown; readonly at: number }) {
  const online = useOnline();
  const now = useNow(10);
  if (online && !error) return null;
  const why = online ? wordsOf(error).reason : 'You are offline.';
  return (
    <p role="status" className="border-b border-line bg-waiting-ground px-6 py-2 text-waiting">
      {why} Showing data from {ago(new Date(at).toISOString(), now)}. You can make changes when you are online.
    </p>
  );
}
