import type { CatalogueEntry, PersonRow } from '@astrix/contract';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { usePeople } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Part } from '../../ui/page.tsx';
import { Failed, PersonMark, Skeleton } from '../../ui/parts.tsx';
import { complain } from '../../ui/toast.tsx';
import { keepAccess, refreshCatalogue, useAccess } from './queries.ts';

/** Who may use one provider. A change applies from the person's next request on (A10). */
export function PeopleAccess({ client, entry }: { readonly client: ClientView; readonly entry: CatalogueEntry }) {
  const may = useMay('provider.access');
  const online = useOnline();
  const access = useAccess(may);
  const people = usePeople().data ?? [];
  const [done, setDone] = useState('');
  const [saving, setSaving] = useState<string | null>(null);
  if (!may) return null;
  const able = people.filter(person => person.active && person.role !== 'client');
  const deniedOf = (personId: string) => access.data?.find(one => one.personId === personId)?.providers ?? [];
  const set = async (person: PersonRow, allowed: boolean) => {
    setSaving(person.id);
    const others = deniedOf(person.id).filter(id => id !== entry.id);
    const denied = allowed ? others : [...others, entry.id];
    // The change is shown at once and replaced by the server's answer below.
    keepAccess([
      ...(access.data ?? []).filter(one => one.personId !== person.id),
      { personId: person.id, providers: denied },
    ]);
    try {
      await change('connections.set-provider-access', client.id, {
        params: { personId: person.id },
        body: { denied },
      });
      setDone(allowed ? `${person.name} can use ${entry.name}.` : `${person.name} can no longer use ${entry.name}.`);
    } catch (error) {
      complain(error);
    }
    await access.refetch();
    refreshCatalogue(client.id);
    setSaving(null);
  };
  return (
    <Part
      title={`Who can use ${entry.name} (all clients)`}
      aside={
        <span role="status" className="text-meta">
          {done}
        </span>
      }
    >
      <p className="text-meta">Applies to all clients, within each person’s role. Takes effect at once.</p>
      {access.isPending ? <Skeleton rows={4} what="Loading access…" /> : null}
      {access.isError ? <Failed error={access.error} onRetry={() => void access.refetch()} /> : null}
      {access.data ? (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(230px,1fr))] gap-x-6">
          {able.map(person => (
            <li key={person.id}>
              <label className="flex h-9 items-center gap-2.5 rounded-md px-1 hover:bg-hover">
                <input
                  type="checkbox"
                  className="size-4 shrink-0 accent-(--accent)"
                  checked={!deniedOf(person.id).includes(entry.id)}
                  disabled={!online || saving !== null}
                  onChange={event => void set(person, event.target.checked)}
                />
                <span aria-hidden>
                  <PersonMark initials={person.initials} name={person.name} />
                </span>
                <span className="min-w-0 flex-1 truncate">{person.name}</span>
                <span className="text-meta text-meta">{person.role}</span>
              </label>
            </li>
          ))}
        </ul>
      ) : null}
    </Part>
  );
}
