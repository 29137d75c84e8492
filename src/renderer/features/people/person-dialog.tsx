import type { DirectoryPerson, Role } from '@astrix/contract';
import { mayManage, roleChangeFault, rolesGivenBy } from '@astrix/contract/people/rules';
import { type ReactNode, useState } from 'react';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { wordsOf } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, dateTimeOf, exactOf } from '../../lib/format.ts';
import { refreshRoutes } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFault } from '../../ui/field.tsx';
import { Chip, PersonMark } from '../../ui/parts.tsx';
import { toast } from '../../ui/toast.tsx';
import { ClientChoice } from './client-choice.tsx';
import { OffBoardDialog } from './off-board-dialog.tsx';
import { useActor } from './queries.ts';
import { OneTimeLink } from './sent.tsx';
import { factorsOf, ROLE, STATUS } from './words.ts';

type Props = {
  readonly person: DirectoryPerson;
  readonly people: readonly DirectoryPerson[];
  readonly onClose: () => void;
};
type Recovery = { readonly link: string | null; readonly readyAt: string };

/** One person: role, clients, and how their work here is stopped or recovered. What this person may not change is shown and not offered. */
export function PersonDialog({ person, people, onClose }: Props) {
  const actor = useActor();
  const online = useOnline();
  const now = useNow(30);
  const mayManagePeople = useMay('people.manage');
  const mayOwn = useMay('people.own');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const [recovery, setRecovery] = useState<Recovery | null>(null);
  if (!actor) return null;
  const isSelf = actor.personId === person.id;
  const manages = mayManagePeople && !isSelf && mayManage(actor.role, person.role) && person.status !== 'left';
  const params = { personId: person.id };
  const off = busy || !online;

  const run = async (request: () => Promise<unknown>, says: string) => {
    setBusy(true);
    setFailed(null);
    try {
      await request();
      await refreshRoutes('people');
      toast(says);
    } catch (error) {
      const { reason, next } = wordsOf(error);
      setFailed(`${reason}. ${next}`);
    }
    setBusy(false);
  };
  const save = (clientIds: readonly string[]) =>
    void run(
      () => change('people.set-clients', null, { params, body: { clientIds: [...clientIds] } }),
      `The clients of ${person.name} are saved`,
    );
  if (leaving) return <OffBoardDialog person={person} people={people} onClose={onClose} />;

  const roles = [person.role, ...rolesGivenBy(actor.role).filter(role => role !== person.role)].filter(
    role => role === person.role || roleChangeFault(actor.role, isSelf, person.role, role) === null,
  );
  return (
    <Dialog open onClose={onClose} title={person.name} wide>
      <div className="scroll flex flex-col">
        <header className="flex items-center gap-3 px-5 py-4">
          <span aria-hidden>
            <PersonMark initials={person.initials} name={person.name} size={36} />
          </span>
          <div className="min-w-0 flex-1">
            <bdi className="block truncate text-[15px] font-bold">{person.name}</bdi>
            <span className="block truncate text-meta">{person.email}</span>
          </div>
          <Chip tone={STATUS[person.status].tone}>{STATUS[person.status].label}</Chip>
        </header>
        <dl className="grid grid-cols-3 gap-4 border-t border-line px-5 py-3">
          <Fact name="Second factor">{factorsOf(person.factors)}</Fact>
          <Fact name="Last seen">{person.lastSeenAt ? ago(person.lastSeenAt, now) : 'Never'}</Fact>
          <Fact name="Joined">{dateTimeOf(person.joinedAt)}</Fact>
        </dl>
        {failed ? (
          <div className="px-5 pb-3">
            <FormFault says={failed} />
          </div>
        ) : null}
        {isSelf ? (
          <p className="border-t border-line px-5 py-4 text-meta">
            This is you. Nobody changes their own role; another owner or admin can.
          </p>
        ) : null}
        <RoleRow
          key={person.role}
          person={person}
          roles={manages ? roles : []}
          disabled={off}
          onChange={role =>
            void run(
              () => change('people.change-role', null, { params, body: { role } }),
              `${person.name} is ${ROLE[role].label.toLocaleLowerCase('en')} now`,
            )
          }
        />
        <ClientsPart person={person} disabled={off} onSave={manages ? save : null} />
        {manages ? (
          <>
            <Row
              title={person.status === 'suspended' ? 'Let them work again' : 'Suspend'}
              says={
                person.status === 'suspended'
                  ? 'In the role and on the clients of before.'
                  : 'Stops this person at once: every session ends, and a sign-in is refused until you restore them.'
              }
            >
              {person.status === 'suspended' ? (
                <Button
                  disabled={off}
                  onClick={() =>
                    void run(() => change('people.restore', null, { params }), `${person.name} can work again`)
                  }
                >
                  Restore
                </Button>
              ) : (
                <Button
                  disabled={off}
                  onClick={() =>
                    void run(() => change('people.suspend', null, { params }), `${person.name} is suspended`)
                  }
                >
                  Suspend
                </Button>
              )}
            </Row>
            <Row
              title="Recovery"
              says={
                person.recovery
                  ? `Started. The link works from ${exactOf(person.recovery.readyAt)}. All owners and this person were told.`
                  : 'For somebody who lost password or authenticator: both are set up anew. This person and all owners are told.'
              }
            >
              {person.recovery ? (
                <Button
                  disabled={off}
                  onClick={() =>
                    void run(async () => {
                      await change('people.cancel-recovery', null, { params });
                      setRecovery(null);
                    }, `The recovery of ${person.name} is cancelled`)
                  }
                >
                  Cancel the recovery
                </Button>
              ) : (
                <Button
                  disabled={off}
                  onClick={() =>
                    void run(
                      async () => setRecovery(await change('people.start-recovery', null, { params })),
                      `The recovery of ${person.name} is started`,
                    )
                  }
                >
                  Start a recovery
                </Button>
              )}
            </Row>
            {recovery?.link ? (
              <div className="px-5 pb-4">
                <OneTimeLink
                  link={recovery.link}
                  says={`This installation sends no mail. Pass this link on to ${person.name} yourself. It works from ${exactOf(recovery.readyAt)} and is not shown again.`}
                />
              </div>
            ) : null}
            {mayOwn && person.role === 'admin' && person.status === 'active' ? (
              <OwnershipRow
                disabled={off}
                onOffer={stepsDown =>
                  void run(
                    () => change('people.offer-ownership', null, { params, body: { stepsDown } }),
                    `The ownership is offered to ${person.name}`,
                  )
                }
              />
            ) : null}
            <Row title="Off-board" says="Ends everything by which this person reaches the agency, and reports it.">
              <Button disabled={off} className="text-danger" onClick={() => setLeaving(true)}>
                Off-board…
              </Button>
            </Row>
          </>
        ) : null}
        {online ? null : (
          <p className="border-t border-line px-5 py-3 text-waiting">You are offline. Changes need the network.</p>
        )}
      </div>
    </Dialog>
  );
}

/** A role is chosen and then given by a button: the list alone would give one to a key that somebody pressed. */
function RoleRow({
  person,
  roles,
  disabled,
  onChange,
}: {
  readonly person: DirectoryPerson;
  readonly roles: readonly Role[];
  readonly disabled: boolean;
  readonly onChange: (role: Role) => void;
}) {
  const [role, setRole] = useState(person.role);
  if (roles.length < 2)
    return (
      <Row title="Role" says={ROLE[person.role].may}>
        <span className="font-medium">{ROLE[person.role].label}</span>
      </Row>
    );
  return (
    <Row title="Role" says={ROLE[role].may}>
      <select
        aria-label={`Role of ${person.name}`}
        className="field h-8 w-40 py-0"
        value={role}
        disabled={disabled}
        onChange={event => setRole(event.target.value as Role)}
      >
        {roles.map(one => (
          <option key={one} value={one}>
            {ROLE[one].label}
          </option>
        ))}
      </select>
      <Button disabled={disabled || role === person.role} onClick={() => onChange(role)}>
        Change the role
      </Button>
    </Row>
  );
}

/** `onSave` is null for whoever may not choose. */
function ClientsPart({
  person,
  disabled,
  onSave,
}: {
  readonly person: DirectoryPerson;
  readonly disabled: boolean;
  readonly onSave: ((clientIds: readonly string[]) => void) | null;
}) {
  const [clientIds, setClientIds] = useState<readonly string[]>(person.clientIds ?? []);
  if (person.clientIds === null) return <Row title="Clients" says="All clients, by the role." />;
  if (!onSave) return null;
  const isChanged = clientIds.toSorted().join() !== person.clientIds.toSorted().join();
  return (
    <div className="flex flex-col gap-2.5 border-t border-line px-5 py-4">
      <ClientChoice label="Clients" one={person.role === 'client'} value={clientIds} onChange={setClientIds} />
      <Button className="self-start" disabled={disabled || !isChanged} onClick={() => onSave(clientIds)}>
        Save the clients
      </Button>
    </div>
  );
}

const OwnershipRow = ({
  disabled,
  onOffer,
}: {
  readonly disabled: boolean;
  readonly onOffer: (stepsDown: boolean) => void;
}) => (
  <Row
    title="Ownership"
    says="They become an owner when they accept. If you hand it over, you become an admin at that moment."
  >
    <Button disabled={disabled} onClick={() => onOffer(false)}>
      Offer to share it
    </Button>
    <Button disabled={disabled} onClick={() => onOffer(true)}>
      Offer to hand it over
    </Button>
  </Row>
);

const Fact = ({ name, children }: { readonly name: string; readonly children: string }) => (
  <div className="min-w-0">
    <dt className="text-meta">{name}</dt>
    <dd className="truncate">{children}</dd>
  </div>
);

const Row = ({
  title,
  says,
  children,
}: {
  readonly title: string;
  readonly says: string;
  readonly children?: ReactNode;
}) => (
  <section className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-5 py-3">
    <div className="min-w-56 flex-1">
      <h3 className="font-medium">{title}</h3>
      <p className="text-meta">{says}</p>
    </div>
    {children}
  </section>
);
