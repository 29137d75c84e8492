import type { DirectoryPerson } from '@astrix/contract';
import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { type Faults, faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { refreshRoutes } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, FormFault } from '../../ui/field.tsx';
import { Failed, PersonMark, Skeleton } from '../../ui/parts.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { ClientChoice } from './client-choice.tsx';
import { useTeams } from './queries.ts';

type Team = {
  readonly id: string | null;
  readonly name: string;
  readonly personIds: readonly string[];
  readonly clientIds: readonly string[];
};
const NEW: Team = { id: null, name: '', personIds: [], clientIds: [] };

/** Teams, and the clients on which everybody in one works. */
export function Teams({ people }: { readonly people: readonly DirectoryPerson[] }) {
  const teams = useTeams();
  const [edited, setEdited] = useState<Team | null>(null);
  if (teams.isPending) return <Skeleton rows={4} what="Loading teams…" />;
  if (teams.isError) return <Failed error={teams.error} onRetry={() => void teams.refetch()} />;
  const nameOf = (id: string) => people.find(person => person.id === id)?.name ?? 'Somebody who left';
  return (
    <div className="flex flex-col gap-3 px-6 py-4">
      <p className="flex flex-wrap items-center gap-3 text-meta">
        <span className="min-w-56 flex-1">
          Everybody in a team works on its clients, beside those that they have by name.
        </span>
        <Button onClick={() => setEdited(NEW)}>
          <Plus size={14} aria-hidden /> Make a team
        </Button>
      </p>
      {teams.data.length > 0 ? (
        <ul className="flex flex-col rounded-md border border-line bg-panel">
          {teams.data.map(team => (
            <li
              key={team.id}
              className="flex flex-wrap items-center gap-4 border-t border-line px-3 py-2.5 first:border-0"
            >
              <div className="min-w-48 flex-1">
                <bdi className="block font-medium">{team.name}</bdi>
                <span className="block text-meta">
                  {team.clientIds.length} {team.clientIds.length === 1 ? 'client' : 'clients'} ·{' '}
                  {team.personIds.map(nameOf).join(', ') || 'nobody yet'}
                </span>
              </div>
              <Button onClick={() => setEdited(team)}>Change</Button>
            </li>
          ))}
        </ul>
      ) : null}
      {edited ? <TeamDialog team={edited} people={people} onClose={() => setEdited(null)} /> : null}
    </div>
  );
}

function TeamDialog({
  team,
  people,
  onClose,
}: {
  readonly team: Team;
  readonly people: readonly DirectoryPerson[];
  readonly onClose: () => void;
}) {
  const online = useOnline();
  const [name, setName] = useState(team.name);
  const [personIds, setPersonIds] = useState(team.personIds);
  const [clientIds, setClientIds] = useState(team.clientIds);
  const [faults, setFaults] = useState<Faults>(NO_FAULTS);
  const [busy, setBusy] = useState(false);
  const able = people.filter(({ status, clientIds: all }) => status !== 'left' && all !== null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFaults(NO_FAULTS);
    try {
      const body = { name: name.trim(), personIds: [...personIds], clientIds: [...clientIds] };
      if (team.id === null) await change('people.create-team', null, { body });
      else await change('people.change-team', null, { params: { teamId: team.id }, body });
      void refreshRoutes('people');
      toast(`The team ${body.name} is saved`);
      onClose();
    } catch (error) {
      setFaults(faultsOf(error, ['name', 'personIds', 'clientIds'], { name_taken: 'name' }));
      setBusy(false);
    }
  };
  const remove = (teamId: string) => {
    setBusy(true);
    change('people.remove-team', null, { params: { teamId } }).then(
      () => {
        void refreshRoutes('people');
        toast(`The team ${team.name} is removed`);
        onClose();
      },
      (error: unknown) => {
        complain(error);
        setBusy(false);
      },
    );
  };
  const { id } = team;
  return (
    <Dialog open onClose={onClose} title={id === null ? 'Make a team' : `Team ${team.name}`}>
      <form
        className="scroll flex flex-col gap-4 p-5"
        noValidate
        autoComplete="off"
        onSubmit={event => void save(event)}
      >
        <Field label="Name" fault={faults.fields.name}>
          {control => (
            <input
              {...control}
              dir="auto"
              maxLength={120}
              value={name}
              onChange={event => setName(event.target.value)}
            />
          )}
        </Field>
        <ClientChoice label="Clients" value={clientIds} onChange={setClientIds} fault={faults.fields.clientIds} />
        <fieldset className="flex min-w-0 flex-col gap-1">
          <legend className="mb-1 font-medium">People</legend>
          <ul className="scroll max-h-40 rounded-md border border-line bg-panel p-1">
            {able.map(person => (
              <li key={person.id}>
                <label className="flex h-8 items-center gap-2.5 rounded-sm px-2 hover:bg-hover">
                  <input
                    type="checkbox"
                    className="size-4 shrink-0 accent-(--accent)"
                    checked={personIds.includes(person.id)}
                    onChange={event =>
                      setPersonIds(
                        event.target.checked ? [...personIds, person.id] : personIds.filter(one => one !== person.id),
                      )
                    }
                  />
                  <span aria-hidden>
                    <PersonMark initials={person.initials} name={person.name} />
                  </span>
                  <bdi className="min-w-0 flex-1 truncate">{person.name}</bdi>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <FormFault says={faults.form ?? faults.fields.personIds ?? null} />
        <div className="flex flex-wrap justify-end gap-2">
          {id === null ? null : (
            <Button className="text-danger" disabled={busy || !online} onClick={() => remove(id)}>
              Remove the team
            </Button>
          )}
          <span className="flex-1" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy || !online || name.trim() === ''}>
            {busy ? 'Saving…' : 'Save the team'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
