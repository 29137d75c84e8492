import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import { Unplug } from 'lucide-react';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useOnline } from '../../lib/app-state.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { complain } from '../../ui/toast.tsx';
import { keepReceipt, refreshConnections } from './queries.ts';

type Props = { readonly client: ClientView; readonly connection: ConnectionView; readonly entry: CatalogueEntry };

/** Disconnecting cannot be undone, so the dialog asks for the name of the account (VT-11). The receipt shows the progress. */
export function DisconnectButton({ client, connection, entry }: Props) {
  const online = useOnline();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const { name } = connection.account;
  const forWhom = connection.clientId === null ? 'all clients of the agency' : client.name;
  const close = () => {
    setAsking(false);
    setTyped('');
  };
  const disconnect = async () => {
    setBusy(true);
    try {
      const params = { clientId: client.id, connectionId: connection.id };
      const receipt = await change('connections.disconnect', client.id, { params });
      keepReceipt(client.id, receipt);
      close();
      refreshConnections(client.id);
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <>
      <Button disabled={!online} className="text-danger" onClick={() => setAsking(true)}>
        <Unplug size={14} aria-hidden /> Disconnect
      </Button>
      <Dialog open={asking} onClose={close} title={`Disconnect ${entry.name}`}>
        <form
          className="flex flex-col gap-4 p-5"
          onSubmit={event => {
            event.preventDefault();
            void disconnect();
          }}
        >
          <p>
            <b className="break-words">
              <bdi>{name}</bdi>
            </b>{' '}
            stops at once for {forWhom}. Its key and saved data are deleted. You cannot undo this.{' '}
            {entry.revocable
              ? `Access is revoked at ${entry.name}.`
              : `You also need to remove Astrix in ${entry.name}; the receipt explains how.`}
          </p>
          <label className="flex flex-col gap-1">
            <span className="font-medium break-words">
              Type <bdi>{name}</bdi> to confirm
            </span>
            <input
              className="field"
              maxLength={200}
              value={typed}
              onChange={event => setTyped(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button
              type="submit"
              look="danger"
              disabled={busy || !online || typed.trim() !== name.trim()}
              className="max-w-full"
            >
              <span className="truncate">{busy ? 'Disconnecting…' : `Disconnect ${name}`}</span>
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
