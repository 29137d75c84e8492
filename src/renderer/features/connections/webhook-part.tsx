import type { CatalogueEntry, ConnectionView, WebhookAddress } from '@astrix/contract';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useOnline } from '../../lib/app-state.ts';
import { dateTimeOf } from '../../lib/format.ts';
import { change } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Part } from '../../ui/page.tsx';
import { complain } from '../../ui/toast.tsx';

type Props = { readonly client: ClientView; readonly connection: ConnectionView; readonly entry: CatalogueEntry };

/** The webhook address of the connection. The address is a secret: it is made on request, shown once, and copied to the provider. */
export function WebhookPart({ client, connection, entry }: Props) {
  const online = useOnline();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<WebhookAddress | null>(null);
  const make = async () => {
    setBusy(true);
    const params = { clientId: client.id, connectionId: connection.id };
    await change('connections.rotate-webhook', client.id, { params }).then(setMade, complain);
    setBusy(false);
  };
  return (
    <Part title="Webhook">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="max-w-[68ch] text-meta">
          {entry.name} can notify Astrix when data changes, so that you do not need to refresh. Create an address here
          and add it in {entry.name}.
        </p>
        <Button disabled={busy || !online} onClick={() => void make()}>
          {busy ? 'Creating…' : 'Create webhook address'}
        </Button>
      </div>
      <Dialog open={made !== null} onClose={() => setMade(null)} title={`Copy this to ${entry.name}`} wide>
        <div className="flex flex-col gap-4 overflow-y-auto p-5">
          <p>It is shown only once. Keep it secret. If you lose it, create a new one.</p>
          <CopyField name="Address" value={made?.url ?? ''} />
          {made?.token ? <CopyField name="Secret" value={made.token} /> : null}
          {made?.overlapEndsAt ? (
            <p className="text-meta">The previous address works until {dateTimeOf(made.overlapEndsAt)}.</p>
          ) : null}
          <div className="flex justify-end">
            <Button look="primary" onClick={() => setMade(null)}>
              Done
            </Button>
          </div>
        </div>
      </Dialog>
    </Part>
  );
}

function CopyField({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="flex flex-col gap-1">
      <span className="text-meta text-meta">{name}</span>
      <code className="select-all rounded-md border border-line bg-ground px-3 py-2 text-meta break-all">{value}</code>
    </div>
  );
}
