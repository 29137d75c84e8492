import type { Role, SentInvitation } from '@astrix/contract';
import { rolesGivenBy } from '@astrix/contract/people/rules';
import { type FormEvent, useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { type Faults, faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { refreshRoutes } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, FormFault } from '../../ui/field.tsx';
import { ClientChoice } from './client-choice.tsx';
import { useActor, useTeams } from './queries.ts';
import { Sent } from './sent.tsx';
import { ROLE } from './words.ts';

type Given = Exclude<Role, 'owner'>;
const FIELDS = ['email', 'role', 'clientIds', 'teamIds'];
const BY_CODE = { already_member: 'email', already_invited: 'email' };
const PREFERRED: readonly Given[] = ['agent', 'client'];

/** Invites somebody to a role and clients. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const actor = useActor();
  const online = useOnline();
  const teams = useTeams().data ?? [];
  const roles = rolesGivenBy(actor?.role ?? 'analyst').filter((role): role is Given => role !== 'owner');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Given>(PREFERRED.find(one => roles.includes(one)) ?? 'agent');
  const [clientIds, setClientIds] = useState<readonly string[]>([]);
  const [teamIds, setTeamIds] = useState<readonly string[]>([]);
  const [faults, setFaults] = useState<Faults>(NO_FAULTS);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<SentInvitation | null>(null);
  const reachesAll = role === 'admin';
  const isClients = role === 'client';

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const missing = {
      ...(/^[^@\s]+@[^@\s]+$/.test(email.trim())
        ? {}
        : { email: 'Enter an e-mail address, such as asha@example.com.' }),
      ...(isClients && clientIds.length !== 1 ? { clientIds: 'Choose the client for which this person works.' } : {}),
    };
    setFaults({ fields: missing, form: null });
    if (Object.keys(missing).length > 0) return;
    setBusy(true);
    try {
      const body = {
        ...{ email: email.trim(), role },
        clientIds: reachesAll ? [] : [...clientIds],
        teamIds: reachesAll || isClients ? [] : [...teamIds],
      };
      const answer = await change('people.invite', null, { body });
      void refreshRoutes('people');
      setSent(answer);
    } catch (error) {
      setFaults(faultsOf(error, FIELDS, BY_CODE));
    }
    setBusy(false);
  }

  if (sent)
    return (
      <Dialog open onClose={onClose} title="Invitation sent">
        <Sent sent={sent} onClose={onClose} />
      </Dialog>
    );
  return (
    <Dialog open onClose={onClose} title="Invite somebody">
      <form
        className="scroll flex flex-col gap-4 p-5"
        noValidate
        autoComplete="off"
        onSubmit={event => void send(event)}
      >
        <Field label="E-mail" fault={faults.fields.email}>
          {control => (
            <input
              {...control}
              type="email"
              maxLength={254}
              value={email}
              onChange={event => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Role" fault={faults.fields.role} help={ROLE[role].may}>
          {control => (
            <select
              {...control}
              className={`${control.className} py-0`}
              value={role}
              onChange={event => {
                setRole(event.target.value as Given);
                setClientIds([]);
              }}
            >
              {roles.map(one => (
                <option key={one} value={one}>
                  {ROLE[one].label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {reachesAll ? (
          <p className="text-meta">Admins reach every client.</p>
        ) : (
          <ClientChoice
            label={isClients ? 'Client' : 'Clients'}
            one={isClients}
            value={clientIds}
            onChange={setClientIds}
            fault={faults.fields.clientIds}
          />
        )}
        {teams.length > 0 && !reachesAll && !isClients ? (
          <fieldset className="flex flex-wrap gap-1.5">
            <legend className="mb-1 font-medium">Teams, with their clients</legend>
            {teams.map(team => (
              <label
                key={team.id}
                className="flex h-8 items-center gap-2 rounded-md border border-line px-2.5 has-checked:border-accent has-checked:bg-picked"
              >
                <input
                  type="checkbox"
                  className="size-3.5 accent-(--accent)"
                  checked={teamIds.includes(team.id)}
                  onChange={event =>
                    setTeamIds(event.target.checked ? [...teamIds, team.id] : teamIds.filter(id => id !== team.id))
                  }
                />
                {team.name}
              </label>
            ))}
          </fieldset>
        ) : null}
        <FormFault says={faults.form} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy || !online}>
            {busy ? 'Inviting…' : `Invite as ${ROLE[role].label.toLocaleLowerCase('en')}`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
