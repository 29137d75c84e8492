import type { ClientDirectoryRow, DirectoryPerson } from '@astrix/contract';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { refreshRoutes } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { useWays } from '../../lib/ways.ts';
import { Button } from '../../ui/button.tsx';
import { Part } from '../../ui/page.tsx';
import { Failed, PersonMark, Skeleton } from '../../ui/parts.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { useDirectoryPeople } from './queries.ts';

/** Who works on the client. Owners and admins reach every client by their role. */
export function PeopleTab({ client }: { readonly client: ClientDirectoryRow }) {
  const ways = useWays();
  const online = useOnline();
  const mayChange = useMay('people.manage');
  const people = useDirectoryPeople(true);
  const [saving, setSaving] = useState<string | null>(null);
  if (people.isPending) return <Skeleton rows={6} what="Loading people…" />;
  if (people.isError) return <Failed error={people.error} onRetry={() => void people.refetch()} />;
  const present = people.data.filter(({ status }) => status !== 'left');
  const set = async (person: DirectoryPerson, clientIds: readonly string[], isOn: boolean) => {
    setSaving(person.id);
    const others = clientIds.filter(id => id !== client.id);
    try {
      await change('people.set-clients', null, {
        params: { personId: person.id },
        body: { clientIds: isOn ? [...others, client.id] : others },
      });
      await refreshRoutes('people');
      toast(
        isOn ? `${person.name} works on ${client.name} now` : `${person.name} does not work on ${client.name} any more`,
      );
    } catch (error) {
      complain(error);
    }
    setSaving(null);
  };
  return (
    <Part
      title="Who works on this client"
      aside={
        <Button onClick={() => ways.agency('people', 'invite')}>
          <UserPlus size={14} aria-hidden /> Invite somebody
        </Button>
      }
    >
      <ul className="grid max-w-[920px] grid-cols-[repeat(auto-fill,minmax(260px,1fr))] gap-x-6">
        {present.map(person => (
          <li key={person.id}>
            <label className="flex h-10 items-center gap-2.5 rounded-md px-1 hover:bg-hover">
              <input
                type="checkbox"
                className="size-4 shrink-0 accent-(--accent)"
                checked={person.clientIds === null || person.clientIds.includes(client.id)}
                disabled={person.clientIds === null || !mayChange || !online || saving !== null}
                onChange={event => void set(person, person.clientIds ?? [], event.target.checked)}
              />
              <span aria-hidden>
                <PersonMark initials={person.initials} name={person.name} size={24} />
              </span>
              <bdi className="min-w-0 flex-1 truncate" title={person.name}>
                {person.name}
              </bdi>
              <span className="text-meta">
                {person.clientIds === null ? `${person.role}, all clients` : person.role}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </Part>
  );
}
