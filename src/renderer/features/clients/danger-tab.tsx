import type { ClientDirectoryRow } from '@astrix/contract';
import { useState } from 'react';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { wordsOf } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { dateOf, dayOf } from '../../lib/format.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFault } from '../../ui/field.tsx';
import { Part } from '../../ui/page.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { refreshClients } from './queries.ts';
import { RetentionPart } from './retention-part.tsx';

const DAY_MS = 86_400_000;
/** As `CLIENT_DELETION_DAYS` of the contract says; the server decides, and its date is shown afterwards. */
const DELETION_DAYS = 30;

/** Pause, archive and delete, each with its consequence in words. */
export function DangerTab({ client }: { readonly client: ClientDirectoryRow }) {
  const online = useOnline();
  const mayEnd = useMay('client.manage');
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const { id, name, status, deleteAt } = client;
  const isArchived = status === 'archived';

  const run = async (request: () => Promise<unknown>, says: string) => {
    setBusy(true);
    try {
      await request();
      await refreshClients();
      toast(says);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  const params = { clientId: id };
  const pause = (paused: boolean) =>
    run(
      () => change('clients.pause', id, { params, body: { paused } }),
      paused ? `${name} is paused. Nobody can send for it.` : `${name} is active again`,
    );
  const archive = (archived: boolean) =>
    run(
      () => change('clients.archive', null, { params, body: { archived } }),
      archived ? `${name} is archived` : `${name} is back`,
    );
  const keep = () =>
    run(
      () => change('clients.schedule-deletion', null, { params, body: { action: 'cancel' } }),
      `${name} is kept, in the archive`,
    );
  const off = busy || !online;

  return (
    <div className="max-w-[760px]">
      {isArchived ? null : (
        <Part title={status === 'paused' ? 'End the pause' : 'Pause'}>
          <Row
            says={
              status === 'paused'
                ? 'Your team can answer again at once. Replies that were refused meanwhile wait in the outbox of whoever wrote them.'
                : 'Nobody can send for this client until you end the pause. What customers write is still received and kept, and their 24-hour windows go on closing.'
            }
          >
            <Button disabled={off} onClick={() => void pause(status !== 'paused')}>
              {status === 'paused' ? 'End the pause' : 'Pause this client'}
            </Button>
          </Row>
        </Part>
      )}
      {mayEnd && !isArchived ? <RetentionPart key={client.retention} client={client} /> : null}
      {mayEnd ? (
        <Part title={isArchived ? 'Bring it back' : 'Archive'}>
          <Row
            says={
              isArchived
                ? 'The client is in the rail of its people again, with everything that arrived meanwhile. A planned deletion is cancelled.'
                : 'The client leaves everybody’s rail, search and notifications. Its data and connections stay, and what customers write is kept. You can bring it back at any time.'
            }
          >
            <Button disabled={off} onClick={() => void archive(!isArchived)}>
              {isArchived ? 'Bring it back' : 'Archive this client'}
            </Button>
          </Row>
        </Part>
      ) : null}
      {mayEnd ? (
        <Part title="Delete">
          {deleteAt ? (
            <Row
              says={`Everything of this client is deleted on ${dateOf(dayOf(deleteAt))}: conversations, contacts, files, connections. Until then you can change your mind.`}
              danger
            >
              <Button disabled={off} onClick={() => void keep()}>
                Cancel the deletion
              </Button>
            </Row>
          ) : (
            <Row
              says={
                isArchived
                  ? 'Everything of this client is deleted after 30 days and cannot be brought back: conversations, contacts, files, connections. Until then you can cancel it.'
                  : 'Only an archived client can be deleted. Disconnect its systems and archive it first.'
              }
            >
              <Button disabled={off || !isArchived} className="text-danger" onClick={() => setAsking(true)}>
                Delete this client
              </Button>
            </Row>
          )}
        </Part>
      ) : null}
      {online ? null : <p className="px-6 text-waiting">You are offline. These need the network.</p>}
      {asking ? <DeleteDialog client={client} onClose={() => setAsking(false)} /> : null}
    </div>
  );
}

const Row = ({
  says,
  danger = false,
  children,
}: {
  readonly says: string;
  readonly danger?: boolean;
  readonly children: React.ReactNode;
}) => (
  <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
    <p className={`min-w-56 flex-1 ${danger ? 'text-danger' : 'text-meta'}`}>{says}</p>
    {children}
  </div>
);

function DeleteDialog({ client, onClose }: { readonly client: ClientDirectoryRow; readonly onClose: () => void }) {
  const now = useNow(60);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const on = dateOf(dayOf(new Date(now.getTime() + DELETION_DAYS * DAY_MS)));
  const send = async () => {
    setBusy(true);
    setFailed(null);
    try {
      const params = { clientId: client.id };
      await change('clients.schedule-deletion', null, { params, body: { action: 'schedule', name: typed.trim() } });
      await refreshClients();
      toast(`${client.name} is deleted on ${on}`);
      onClose();
    } catch (error) {
      const { reason, next } = wordsOf(error);
      setFailed(`${reason}. ${next}`);
      setBusy(false);
    }
  };
  return (
    <Dialog open onClose={onClose} title="Delete a client">
      <form
        className="flex flex-col gap-4 p-5"
        onSubmit={event => {
          event.preventDefault();
          void send();
        }}
      >
        <p>
          On <b>{on}</b> everything of{' '}
          <b className="break-words">
            <bdi>{client.name}</bdi>
          </b>{' '}
          is deleted: conversations, contacts, files and connections. Until that day you can cancel it here.
        </p>
        <label className="flex flex-col gap-1">
          <span className="font-medium break-words">
            Type <bdi>{client.name}</bdi> to confirm
          </span>
          <input
            className="field"
            maxLength={120}
            dir="auto"
            value={typed}
            onChange={event => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
        <FormFault says={failed} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="danger"
            disabled={busy || typed.trim() !== client.name.trim()}
            className="max-w-full"
          >
            <span className="truncate">{busy ? 'Planning…' : `Delete ${client.name} on ${on}`}</span>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
