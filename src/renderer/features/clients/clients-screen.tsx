import type { ClientDirectoryRow } from '@astrix/contract';
import { Plus, Store } from 'lucide-react';
import { useRef, useState } from 'react';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { count, dateTimeOf, exactOf, shortOf } from '../../lib/format.ts';
import { change } from '../../lib/routes.ts';
import type { AgencyScreenProps } from '../../lib/screen.ts';
import { LIST } from '../../lib/shortcuts.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Chip, ClientMark, Empty, Failed, Skeleton } from '../../ui/parts.tsx';
import { FilterChip, SearchField } from '../../ui/search-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { ClientPage } from './client-page.tsx';
import { IdentityForm } from './identity-form.tsx';
import { refreshClients, useDirectory, useDirectoryPeople } from './queries.ts';

const STATUSES = ['active', 'paused', 'archived'] as const;
type Status = (typeof STATUSES)[number];
const STATUS: Readonly<Record<Status, { readonly label: string; readonly tone: 'done' | 'waiting' | 'plain' }>> = {
  active: { label: 'Active', tone: 'done' },
  paused: { label: 'Paused', tone: 'waiting' },
  archived: { label: 'Archived', tone: 'plain' },
};

/** Every client of the agency, the dialog that adds one, and the page of one of them. */
export function ClientsScreen({ at, open }: AgencyScreenProps) {
  const directory = useDirectory();
  const [id = '', tab] = (at ?? '').split('.');
  const clients = directory.data;
  if (!clients)
    return directory.isError ? (
      <Failed error={directory.error} onRetry={() => void directory.refetch()} />
    ) : (
      <Skeleton rows={10} what="Loading clients…" />
    );
  const shown = clients.find(client => client.id === id);
  if (shown)
    return (
      <ClientPage
        key={shown.id}
        client={shown}
        others={clients.filter(client => client.id !== shown.id)}
        tab={tab ?? null}
        onTab={next => open(`${shown.id}.${next}`)}
        onBack={() => open(null)}
      />
    );
  return (
    <>
      <List clients={clients} onOpen={open} />
      {at === 'new' ? <NewClient clients={clients} onClose={() => open(null)} onAdded={added => open(added)} /> : null}
    </>
  );
}

const byName = (a: ClientDirectoryRow, b: ClientDirectoryRow) => a.name.localeCompare(b.name, 'en');

function List({
  clients,
  onOpen,
}: {
  readonly clients: readonly ClientDirectoryRow[];
  readonly onOpen: (at: string) => void;
}) {
  const mayAdd = useMay('client.manage');
  const people = useDirectoryPeople(useMay('people.read')).data;
  const online = useOnline();
  const now = useNow(60);
  const [typed, setTyped] = useState('');
  const [status, setStatus] = useState<Status | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const rows = useRef<(HTMLButtonElement | null)[]>([]);
  const step = (by: number) => {
    const here = rows.current.indexOf(document.activeElement as HTMLButtonElement);
    rows.current[Math.max(here + by, 0)]?.focus();
  };
  useShortcuts(LIST, { search: () => field.current?.focus(), next: () => step(1), previous: () => step(-1) });

  const q = typed.trim().toLocaleLowerCase('en');
  const found = clients
    .filter(client => (status === null ? client.status !== 'archived' : client.status === status))
    .filter(({ name, initials }) => `${name} ${initials}`.toLocaleLowerCase('en').includes(q))
    .toSorted(byName);
  const peopleOf = (id: string) =>
    people?.filter(person => person.status === 'active' && (person.clientIds === null || person.clientIds.includes(id)))
      .length;
  if (clients.length === 0)
    return (
      <div className="grid h-full place-items-center">
        <div className="flex flex-col items-center gap-3">
          <Empty icon={<Store size={24} />} title="No clients yet">
            A client is a brand whose customers you answer. It gets its own mark, inbox and connections.
          </Empty>
          {mayAdd ? (
            <Button look="primary" onClick={() => onOpen('new')}>
              <Plus size={14} aria-hidden /> Add your first client
            </Button>
          ) : null}
        </div>
      </div>
    );
  return (
    <div className="flex h-full flex-col bg-ground">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-6 pt-5 pb-3">
        <h2 className="text-title font-bold">Clients</h2>
        <span className="flex-1" />
        {online ? null : <span className="text-waiting">Offline: this list may be old</span>}
        {mayAdd ? (
          <Button look="primary" onClick={() => onOpen('new')}>
            <Plus size={14} aria-hidden /> Add a client
          </Button>
        ) : null}
      </header>
      <div className="flex flex-wrap items-center gap-2 px-6 pb-3">
        <div className="w-64 max-w-full">
          <SearchField
            label="Search clients"
            placeholder={`Search ${count(clients.length)} clients`}
            maxLength={120}
            value={typed}
            onType={setTyped}
            onDown={() => rows.current[0]?.focus()}
            field={field}
          />
        </div>
        {STATUSES.map(one => {
          const number = clients.filter(client => client.status === one).length;
          return number > 0 ? (
            <FilterChip
              key={one}
              label={STATUS[one].label}
              count={count(number)}
              on={status === one}
              onPick={() => setStatus(status === one ? null : one)}
            />
          ) : null;
        })}
      </div>
      <div className="scroll min-h-0 flex-1 px-6 pb-6">
        {found.length === 0 ? (
          <p className="py-8 text-center text-meta">
            No client fits “{typed}”. Clear the search, or choose another state.
          </p>
        ) : (
          <div className="overflow-x-auto rounded-md border border-line bg-panel">
            <table className="data w-full border-separate border-spacing-0">
              <thead>
                <tr className="text-left">
                  <th scope="col">Client</th>
                  <th scope="col">Status</th>
                  <th scope="col" className="text-right">
                    People
                  </th>
                  <th scope="col" className="text-right">
                    Added
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((client, n) => (
                  <tr key={client.id} className="relative">
                    <td className="w-full max-w-0">
                      <button
                        type="button"
                        ref={element => {
                          rows.current[n] = element;
                          rows.current.length = found.length;
                        }}
                        onClick={() => onOpen(client.id)}
                        className="flex max-w-full items-center gap-2.5 rounded-sm text-left after:absolute after:inset-0"
                      >
                        <ClientMark client={client} size={24} />
                        <bdi className="truncate font-medium" title={client.name}>
                          {client.name}
                        </bdi>
                        {client.replyAs === client.name ? null : (
                          <span className="truncate text-meta">
                            replies as <bdi>{client.replyAs}</bdi>
                          </span>
                        )}
                      </button>
                    </td>
                    <td>
                      <Chip tone={STATUS[client.status].tone}>{STATUS[client.status].label}</Chip>{' '}
                      {client.deleteAt ? <Chip tone="danger">Deleted on {dateTimeOf(client.deleteAt)}</Chip> : null}
                    </td>
                    <td className="text-right">{peopleOf(client.id) ?? '–'}</td>
                    <td className="text-right text-meta" title={exactOf(client.createdAt)}>
                      {shortOf(client.createdAt, now)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </div>
  );
}

function NewClient({
  clients,
  onClose,
  onAdded,
}: {
  readonly clients: readonly ClientDirectoryRow[];
  readonly onClose: () => void;
  readonly onAdded: (clientId: string) => void;
}) {
  return (
    <Dialog open onClose={onClose} title="Add a client" wide>
      <IdentityForm
        client={null}
        others={clients}
        label={(busy, name) => (busy ? 'Adding…' : name ? `Add ${name}` : 'Add the client')}
        aside={<Button onClick={onClose}>Cancel</Button>}
        onSave={async identity => {
          const added = await change('clients.create', null, { body: identity });
          await refreshClients();
          toast(`${added.name} is added`);
          onAdded(added.id);
        }}
      />
    </Dialog>
  );
}
