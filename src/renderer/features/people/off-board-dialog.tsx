import type { DirectoryPerson, OffBoardReport } from '@astrix/contract';
import { Printer } from 'lucide-react';
import { useState } from 'react';
import { wordsOf } from '../../lib/bridge.ts';
import { count, exactOf } from '../../lib/format.ts';
import { refreshRoutes } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, FormFault } from '../../ui/field.tsx';

const NOBODY = '';

/** Ends everything by which a person reaches the agency, and shows what that was (AU-09). */
export function OffBoardDialog({
  person,
  people,
  onClose,
}: {
  readonly person: DirectoryPerson;
  readonly people: readonly DirectoryPerson[];
  readonly onClose: () => void;
}) {
  const [handTo, setHandTo] = useState(NOBODY);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const [report, setReport] = useState<OffBoardReport | null>(null);
  const able = people.filter(
    ({ id, status, role }) => id !== person.id && status === 'active' && role !== 'client' && role !== 'analyst',
  );
  const heir = able.find(({ id }) => id === handTo) ?? null;
  const send = async () => {
    setBusy(true);
    setFailed(null);
    try {
      const params = { personId: person.id };
      setReport(await change('people.off-board', null, { params, body: { handTo: heir?.id ?? null } }));
      void refreshRoutes('people');
    } catch (error) {
      const { reason, next } = wordsOf(error);
      setFailed(`${reason}. ${next}`);
    }
    setBusy(false);
  };
  if (report) return <Report person={person} heir={heir} report={report} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} title={`Off-board ${person.name}`}>
      <form
        className="flex flex-col gap-4 p-5"
        onSubmit={event => {
          event.preventDefault();
          void send();
        }}
      >
        <p>
          <b>
            <bdi>{person.name}</bdi>
          </b>{' '}
          is signed out everywhere at once and cannot sign in again. Their devices, factors and open invitations end.
          They come back only by a new invitation.
        </p>
        <Field
          label="Hand their conversations over to"
          help="Whoever does not work on a client gets none of its conversations; those are unassigned."
        >
          {control => (
            <select
              {...control}
              className={`${control.className} py-0`}
              value={handTo}
              onChange={event => setHandTo(event.target.value)}
            >
              <option value={NOBODY}>Nobody: leave them unassigned</option>
              {able.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <FormFault says={failed} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" disabled={busy} className="max-w-full">
            <span className="truncate">{busy ? 'Off-boarding…' : `Off-board ${person.name}`}</span>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Report({
  person,
  heir,
  report,
  onClose,
}: {
  readonly person: DirectoryPerson;
  readonly heir: DirectoryPerson | null;
  readonly report: OffBoardReport;
  readonly onClose: () => void;
}) {
  const lines: readonly (readonly [string, string])[] = [
    ['Person', `${person.name}, ${person.email}`],
    ['Off-boarded', exactOf(report.at)],
    ['Sessions ended', count(report.sessions)],
    ['Devices forgotten', count(report.devices)],
    ['Factors removed', count(report.factors)],
    ['Invitations withdrawn', count(report.invitations)],
    ['Clients taken away', count(report.clients)],
    [`Conversations handed over${heir ? ` to ${heir.name}` : ''}`, count(report.conversations.handedOver)],
    ['Conversations left unassigned', count(report.conversations.unassigned)],
  ];
  return (
    <Dialog open onClose={onClose} title="Off-boarding report">
      <div className="print-alone scroll flex flex-col gap-4 p-5">
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
          {lines.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-meta">{name}</dt>
              <dd className="text-right break-words">{value}</dd>
            </div>
          ))}
        </dl>
        <div className="flex justify-end gap-2 print:hidden">
          <Button onClick={() => window.print()}>
            <Printer size={14} aria-hidden /> Print
          </Button>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
