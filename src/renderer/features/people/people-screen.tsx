import type { DirectoryPerson } from '@astrix/contract';
import { UserPlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, count, exactOf } from '../../lib/format.ts';
import { refreshRoutes, useClients } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import type { AgencyScreenProps } from '../../lib/screen.ts';
import { LIST } from '../../lib/shortcuts.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/page.tsx';
import { Chip, Failed, PersonMark, Skeleton } from '../../ui/parts.tsx';
import { FilterChip, SearchField } from '../../ui/search-field.tsx';
import { type TabOf, Tabs } from '../../ui/tabs.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { Invitations } from './invitations.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { PersonDialog } from './person-dialog.tsx';
import { useActor, usePeopleDirectory } from './queries.ts';
import { Teams } from './teams.tsx';
import { factorsOf, ROLE, STATUS } from './words.ts';

type Tab = 'people' | 'invitations' | 'teams';

/** Who belongs to the agency, who was invited, and the teams. */
export function PeopleScreen({ at, open }: AgencyScreenProps) {
  const directory = usePeopleDirectory();
  const mayInvite = useMay('people.invite');
  const mayManage = useMay('people.manage');
  const online = useOnline();
  if (!directory.data)
    return directory.isError ? (
      <Failed error={directory.error} onRetry={() => void directory.refetch()} />
    ) : (
      <Skeleton rows={10} what="Loading people…" />
    );
  const { people, offer } = directory.data;
  const tab: Tab = at === 'invitations' || at === 'teams' ? at : 'people';
  const shown = people.find(({ id }) => id === at);
  const tabs: readonly TabOf<Tab>[] = [
    {
      value: 'people',
      label: `People ${count(people.filter(({ status }) => status !== 'left').length)}`,
      page: <List people={people} onOpen={open} />,
    },
    ...(mayInvite ? [{ value: 'invitations' as const, label: 'Invitations', page: <Invitations /> }] : []),
    ...(mayManage ? [{ value: 'teams' as const, label: 'Teams', page: <Teams people={people} /> }] : []),
  ];
  return (
    <div className="flex h-full flex-col bg-ground">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-6 pt-5 pb-2">
        <h2 className="text-title font-bold">People</h2>
        <span className="flex-1" />
        {online ? null : <span className="text-waiting">Offline: this list may be old</span>}
        {mayInvite ? (
          <Button look="primary" onClick={() => open('invite')}>
            <UserPlus size={14} aria-hidden /> Invite somebody
          </Button>
        ) : null}
      </header>
      {offer ? <Offer offer={offer} people={people} /> : null}
      <Tabs label="People" value={tab} tabs={tabs} onPick={next => open(next === 'people' ? null : next)} />
      {at === 'invite' && mayInvite ? <InviteDialog onClose={() => open(null)} /> : null}
      {shown ? <PersonDialog key={shown.id} person={shown} people={people} onClose={() => open(null)} /> : null}
    </div>
  );
}

/** An offer of the ownership: whoever it was made to accepts or declines it, whoever made it takes it back. */
function Offer({
  offer,
  people,
}: {
  readonly offer: {
    readonly offeredBy: string;
    readonly offeredTo: string;
    readonly stepsDown: boolean;
    readonly validUntil: string;
  };
  readonly people: readonly DirectoryPerson[];
}) {
  const actor = useActor();
  const [busy, setBusy] = useState(false);
  const nameOf = (id: string) => people.find(person => person.id === id)?.name ?? 'A colleague';
  const isMine = actor?.personId === offer.offeredTo;
  const run = async (request: () => Promise<unknown>, says: string) => {
    setBusy(true);
    try {
      await request();
      await refreshRoutes('people');
      toast(says);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <div className="px-6 pb-2">
      <Notice
        tone="waiting"
        title={
          isMine
            ? `${nameOf(offer.offeredBy)} offers you the ownership of the agency`
            : `The ownership is offered to ${nameOf(offer.offeredTo)}`
        }
        action={
          <span className="flex gap-2">
            <Button
              disabled={busy}
              onClick={() => void run(() => change('people.withdraw-ownership', null, {}), 'The offer has ended')}
            >
              {isMine ? 'Decline' : 'Take it back'}
            </Button>
            {isMine ? (
              <Button
                look="primary"
                disabled={busy}
                onClick={() =>
                  void run(
                    () => change('people.accept-ownership', null, {}),
                    'You are an owner now. Sign in again to see it.',
                  )
                }
              >
                Accept
              </Button>
            ) : null}
          </span>
        }
      >
        {offer.stepsDown ? `${nameOf(offer.offeredBy)} becomes an admin then. ` : ''}It is open until{' '}
        {exactOf(offer.validUntil)}.
      </Notice>
    </div>
  );
}

const STATUSES = ['active', 'suspended', 'left'] as const;

function List({
  people,
  onOpen,
}: {
  readonly people: readonly DirectoryPerson[];
  readonly onOpen: (personId: string) => void;
}) {
  const now = useNow(30);
  const clients = useClients().data ?? [];
  const [typed, setTyped] = useState('');
  const [status, setStatus] = useState<DirectoryPerson['status'] | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const rows = useRef<(HTMLButtonElement | null)[]>([]);
  const step = (by: number) => {
    const here = rows.current.indexOf(document.activeElement as HTMLButtonElement);
    rows.current[Math.max(here + by, 0)]?.focus();
  };
  useShortcuts(LIST, { search: () => field.current?.focus(), next: () => step(1), previous: () => step(-1) });
  const q = typed.trim().toLocaleLowerCase('en');
  const found = people
    .filter(person => (status === null ? person.status !== 'left' : person.status === status))
    .filter(({ name, email, role }) => `${name} ${email} ${ROLE[role].label}`.toLocaleLowerCase('en').includes(q))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  const clientsOf = ({ clientIds }: DirectoryPerson) => {
    if (clientIds === null) return 'All';
    const [only] = clientIds;
    const name = clientIds.length === 1 ? clients.find(({ id }) => id === only)?.name : undefined;
    return name ?? (clientIds.length === 0 ? 'None' : count(clientIds.length));
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 px-6 pt-4 pb-3">
        <div className="w-64 max-w-full">
          <SearchField
            label="Search people"
            placeholder={`Search ${count(people.length)} people`}
            maxLength={120}
            value={typed}
            onType={setTyped}
            onDown={() => rows.current[0]?.focus()}
            field={field}
          />
        </div>
        {STATUSES.map(one => {
          const number = people.filter(person => person.status === one).length;
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
      <div className="px-6 pb-6">
        {found.length === 0 ? (
          <p className="py-8 text-center text-meta">Nobody fits. Clear the search, or choose another state.</p>
        ) : (
          <div className="overflow-x-auto rounded-md border border-line bg-panel">
            <table className="data w-full border-separate border-spacing-0">
              <thead>
                <tr className="text-left">
                  {['Person', 'Role', 'Clients', 'Second factor', 'Last seen', 'Status'].map(head => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {found.map((person, n) => (
                  <tr key={person.id} className="relative">
                    <td className="w-full max-w-0">
                      <button
                        type="button"
                        ref={element => {
                          rows.current[n] = element;
                          rows.current.length = found.length;
                        }}
                        onClick={() => onOpen(person.id)}
                        className="flex max-w-full items-center gap-2.5 rounded-sm text-left after:absolute after:inset-0"
                      >
                        <span aria-hidden>
                          <PersonMark initials={person.initials} name={person.name} size={24} />
                        </span>
                        <bdi className="truncate font-medium" title={person.name}>
                          {person.name}
                        </bdi>
                        <span className="truncate text-meta max-[1000px]:sr-only">{person.email}</span>
                      </button>
                    </td>
                    <td>{ROLE[person.role].label}</td>
                    <td>
                      <bdi className="block max-w-36 truncate">{clientsOf(person)}</bdi>
                    </td>
                    <td className="text-meta">{factorsOf(person.factors)}</td>
                    <td className="text-meta" title={person.lastSeenAt ? exactOf(person.lastSeenAt) : undefined}>
                      {person.lastSeenAt ? ago(person.lastSeenAt, now) : 'Never'}
                    </td>
                    <td>
                      <Chip tone={STATUS[person.status].tone}>{STATUS[person.status].label}</Chip>{' '}
                      {person.recovery ? <Chip tone="waiting">Recovery</Chip> : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </>
  );
}
