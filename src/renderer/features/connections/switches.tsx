import type { SwitchView } from '@astrix/contract';
import { Power } from 'lucide-react';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { count, dateTimeOf } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/page.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { refreshConnections, useSwitches } from './queries.ts';

type Subject = { readonly scope: SwitchView['scope']; readonly subject: string };

const stopped = (list: readonly SwitchView[] | undefined, { scope, subject }: Subject): SwitchView | undefined =>
  list?.find(one => one.scope === scope && one.subject === subject);

/** What the switch stops, in words. */
const REACH: Readonly<Record<SwitchView['scope'], (name: string) => string>> = {
  provider: name =>
    `${name} stops for all clients of the agency within five seconds. No data is read or sent through it.`,
  client: name =>
    `All connections of ${name} stop within five seconds. Connections that are shared by the agency keep working for other clients.`,
  connection: name => `${name} stops within five seconds. No data is read or sent through it.`,
};

/** Stops a provider, a client or a connection everywhere. The reason is kept for the person who decides next (VT-13). */
export function SwitchButton({
  client,
  name,
  label,
  ...of
}: Subject & { readonly client: ClientView; readonly name: string; readonly label: string }) {
  const may = useMay('switch.operate');
  const online = useOnline();
  const list = useSwitches().data;
  const [asking, setAsking] = useState(false);
  if (!may || !list) return null;
  const off = stopped(list, of) !== undefined;
  const flip = (reason: string, revoke: boolean) =>
    change('connections.set-switch', client.id, { body: { ...of, off: !off, reason, revoke } }).then(
      ({ disconnected }) => {
        refreshConnections(client.id);
        // The banner shows that it is off, so a toast is needed only for the disconnected accounts.
        if (disconnected > 0) toast(`${count(disconnected)} disconnected`);
      },
      complain,
    );
  return (
    <>
      <Button disabled={!online} onClick={() => (off ? void flip('', false) : setAsking(true))}>
        <Power size={14} aria-hidden /> {off ? 'Turn on' : label}
      </Button>
      {asking ? (
        <SwitchDialog
          title={label}
          verb={label}
          what={REACH[of.scope](name)}
          onClose={() => setAsking(false)}
          onDone={(reason, revoke) => {
            setAsking(false);
            void flip(reason, revoke);
          }}
        />
      ) : null}
    </>
  );
}

function SwitchDialog({
  title,
  what,
  verb,
  onClose,
  onDone,
}: {
  readonly title: string;
  readonly what: string;
  readonly verb: string;
  readonly onClose: () => void;
  readonly onDone: (reason: string, revoke: boolean) => void;
}) {
  const [reason, setReason] = useState('');
  const [revoke, setRevoke] = useState(false);
  return (
    <Dialog open onClose={onClose} title={title}>
      <form
        className="flex flex-col gap-4 p-5"
        onSubmit={event => {
          event.preventDefault();
          onDone(reason.trim(), revoke);
        }}
      >
        <p>{what} You can turn it on again.</p>
        <label className="flex flex-col gap-1">
          <span className="font-medium">Reason</span>
          <input
            className="field"
            required
            maxLength={240}
            value={reason}
            onChange={event => setReason(event.target.value)}
            placeholder="Reason, shown to other admins"
          />
        </label>
        <label className="flex items-start gap-2.5">
          <input
            type="checkbox"
            className="mt-0.5 size-4 accent-(--accent)"
            checked={revoke}
            onChange={event => setRevoke(event.target.checked)}
          />
          <span>
            Also disconnect
            <span className="block text-meta">
              Access is revoked at the provider and the keys are deleted. You cannot undo this: each account has to be
              connected again.
            </span>
          </span>
        </label>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" disabled={reason.trim() === ''} className="max-w-full">
            <span className="truncate">{verb}</span>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Shows the first switch of `of` that is off, wherever its subject would be used. Only a person who may switch sees the reason and the author. */
export function OffBanner({
  of,
  off = false,
}: {
  readonly of: readonly (Subject & { readonly name: string })[];
  readonly off?: boolean;
}) {
  const list = useSwitches().data;
  const people = usePeople().data ?? [];
  const set = of.find(one => stopped(list, one));
  const found = set && stopped(list, set);
  if (!found)
    return off ? (
      <Notice tone="danger" title={`${of[0]?.name ?? 'This'} is turned off`}>
        Ask an admin of your agency to turn it on again.
      </Notice>
    ) : null;
  const by = people.find(person => person.id === found.by)?.name;
  return (
    <Notice tone="danger" title={`${set.name} is turned off`}>
      {found.reason ? `“${found.reason}” ` : ''}
      <span className="text-meta">
        {by ? `${by}, ` : ''}
        {dateTimeOf(found.at)}
      </span>
    </Notice>
  );
}
