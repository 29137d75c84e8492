import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useMay } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, exactOf } from '../../lib/format.ts';
import { PageHead, Part } from '../../ui/page.tsx';
import { Chip } from '../../ui/parts.tsx';
import { About } from './about.tsx';
import { AccountNotices } from './account-notices.tsx';
import { Calls } from './calls.tsx';
import { DataPart } from './data-part.tsx';
import { DisconnectButton } from './disconnect.tsx';
import { FixPart } from './fix-part.tsx';
import { Condition, GroupIcon } from './parts.tsx';
import { ReceiptsPage } from './receipts.tsx';
import { OffBanner, SwitchButton } from './switches.tsx';
import { WebhookPart } from './webhook-part.tsx';
import { conditionOf, HEALTH, KIND } from './words.ts';

type Props = {
  readonly client: ClientView;
  readonly connection: ConnectionView;
  readonly entry: CatalogueEntry;
  readonly onOpen: (at: string | null) => void;
};

/** One connected account: its health, its data, its calls, and how to disconnect it. */
export function ConnectionPage({ client, connection, entry, onOpen }: Props) {
  const ended = connection.status === 'disconnecting' || connection.status === 'disconnected';
  const share = useMay('connection.share');
  const manage = useMay('connection.manage');
  const may = connection.clientId === null ? share : manage;
  const [form, setForm] = useState(false);
  if (ended) return <ReceiptsPage client={client} entries={[entry]} onOpen={onOpen} connectionId={connection.id} />;
  return (
    <>
      <PageHead
        icon={<GroupIcon group={entry.group} />}
        title={connection.account.name}
        marks={
          <>
            <Condition label={conditionOf(connection)} />
            <Chip>{connection.clientId === null ? 'Shared by the agency' : 'This client only'}</Chip>
          </>
        }
        actions={
          <>
            <SwitchButton
              client={client}
              scope="connection"
              subject={connection.id}
              name={connection.account.name}
              label="Turn off this connection"
            />
            {may ? <DisconnectButton client={client} connection={connection} entry={entry} /> : null}
          </>
        }
      >
        {entry.name}
        {connection.account.detail ? ` · ${connection.account.detail}` : ''}
      </PageHead>
      <div className="flex flex-col gap-3 px-6 pb-4 empty:hidden">
        <OffBanner
          of={[
            { scope: 'connection', subject: connection.id, name: connection.account.name },
            { scope: 'provider', subject: entry.id, name: `${entry.name} for all clients` },
            { scope: 'client', subject: client.id, name: `All connections of ${client.name}` },
          ]}
          off={connection.off}
        />
        <FixPart client={client} connection={connection} entry={entry} may={may} form={form} onForm={setForm} />
      </div>
      <AccountNotices client={client} connection={connection} />
      <Health connection={connection} />
      <DataPart client={client} connection={connection} entry={entry} />
      <About client={client} connection={connection} entry={entry} onReplace={may ? () => setForm(true) : null} />
      {connection.webhook && may ? <WebhookPart client={client} connection={connection} entry={entry} /> : null}
      <Calls client={client} connection={connection} />
    </>
  );
}

function Health({ connection }: { readonly connection: ConnectionView }) {
  const now = useNow(15);
  if (connection.health.length === 0) return null;
  return (
    <Part title="Health">
      <ul>
        {connection.health.map(one => (
          <li
            key={`${one.capability}/${one.kind}`}
            className="grid grid-cols-[64px_minmax(140px,1fr)_auto] items-baseline gap-x-3 py-1"
          >
            <span className="text-meta">{KIND[one.kind]}</span>
            <span className="min-w-0">
              {one.title}
              <span
                className="block text-meta text-meta"
                title={one.lastOkAt ? `Last successful ${exactOf(one.lastOkAt)}` : undefined}
              >
                {one.status === 'gated'
                  ? 'Permission not granted.'
                  : one.lastOkAt
                    ? `Last successful ${ago(one.lastOkAt, now)}`
                    : 'Not used yet'}
                {one.status === 'failing' && one.lastFailedAt ? `, last failed ${ago(one.lastFailedAt, now)}` : ''}
              </span>
              {one.fault && one.fault.reason !== connection.fault?.reason ? (
                <span className="block text-danger">
                  {one.fault.reason} <span className="text-text">{one.fault.next}</span>
                </span>
              ) : null}
            </span>
            <Condition label={HEALTH[one.status]} />
          </li>
        ))}
      </ul>
    </Part>
  );
}
