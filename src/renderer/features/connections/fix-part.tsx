import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import { type ReactNode, useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useOnline } from '../../lib/app-state.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/page.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { ConnectForm } from './connect-form.tsx';
import { keepAttempt, refreshConnections, useConnect } from './queries.ts';

type Props = {
  readonly client: ClientView;
  readonly connection: ConnectionView;
  readonly entry: CatalogueEntry;
  readonly may: boolean;
  /** The form for a new key, or the steps of a new consent, are shown. */
  readonly form: boolean;
  readonly onForm: (open: boolean) => void;
};

/** Checks the connection at the provider and shows the result. */
export async function checkNow(client: ClientView, connection: ConnectionView): Promise<void> {
  const params = { clientId: client.id, connectionId: connection.id };
  await change('connections.check', client.id, { params }).then(
    now =>
      toast(
        now.fix === 'none' && now.fault === null ? `${now.account.name} is working` : `${now.account.name} checked`,
      ),
    complain,
  );
  refreshConnections(client.id);
}

/** What is wrong with the connection, and the one button that fixes it. */
export function FixPart({ client, connection, entry, may, form, onForm }: Props) {
  const online = useOnline();
  const attempt = useConnect(client.id).data;
  const [busy, setBusy] = useState(false);
  const { fix, fault } = connection;
  const open =
    form ||
    (attempt?.connectionId === connection.id && attempt.now.step !== 'connected' && attempt.now.step !== 'ended');
  if (fix === 'none' && fault === null && !open) return null;
  const check = async () => {
    setBusy(true);
    await checkNow(client, connection);
    setBusy(false);
  };
  /** A new consent starts at once; a new key has to be typed first. */
  const start = async () => {
    if (fix === 'recheck') return check();
    onForm(true);
    if (entry.connects !== 'oauth2') return;
    setBusy(true);
    const wish = { clientId: client.id, provider: entry.id, shared: connection.clientId === null };
    await ask(bridge.connect.start({ ...wish, connectionId: connection.id })).then(keepAttempt, complain);
    setBusy(false);
  };
  return (
    <>
      {fix !== 'none' || fault !== null ? (
        <FaultNotice
          connection={connection}
          entry={entry}
          may={may}
          action={
            fix === 'none' || !may || open ? null : (
              <Button look="primary" disabled={busy || !online} onClick={() => void start()}>
                {busy ? `Checking ${entry.name}…` : LABEL[fix](entry)}
              </Button>
            )
          }
        />
      ) : null}
      {open && may ? (
        <div className="rounded-md border border-line p-4">
          <ConnectForm client={client} entry={entry} connection={connection} onConnected={() => onForm(false)} />
          {form && entry.connects === 'key' ? (
            <div className="pt-3">
              <Button onClick={() => onForm(false)}>Cancel</Button>
            </div>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

const LABEL: Readonly<Record<ConnectionView['fix'], (entry: CatalogueEntry) => string>> = {
  none: () => '',
  reconnect: () => 'Reconnect',
  recheck: () => 'Check again',
  rotate: entry => (entry.connects === 'key' ? 'Replace the key' : 'Reconnect'),
};

/** The fault and what to do: red when nothing works, amber otherwise. */
function FaultNotice({
  connection,
  entry,
  may,
  action,
}: Pick<Props, 'connection' | 'entry' | 'may'> & { readonly action: ReactNode }) {
  const { fix, fault } = connection;
  const worn = fix === 'rotate' && fault === null;
  const tone = !worn && (connection.status === 'broken' || fix === 'reconnect') ? 'danger' : 'waiting';
  return (
    <Notice
      tone={tone}
      title={fault?.reason ?? (worn ? 'The key is more than a year old' : 'This connection needs attention')}
      action={action}
    >
      {fault?.next ?? (worn ? `Create a new key at ${entry.name} and replace this one.` : '')}
      {may || fix === 'none' ? '' : ' Ask a manager or admin of your agency to fix it.'}
      {fault?.code ? <span className="ml-1 text-meta text-meta">({fault.code})</span> : null}
    </Notice>
  );
}
