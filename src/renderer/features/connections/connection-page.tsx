import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { ask, bridge } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, count, dateTimeOf, exactOf } from '../../lib/format.ts';
import { queryClient, usePeople } from '../../lib/queries.ts';
import { useMay } from '../../lib/store.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/parts.tsx';
import { complain, said } from '../../ui/toast.tsx';
import { Calls } from './calls.tsx';
import { ConnectForm } from './connect-form.tsx';
import { DataPart } from './data-part.tsx';
import { DisconnectButton } from './disconnect.tsx';
import { Condition, Fact, Facts, GroupIcon, Notice, PageHead, Part } from './parts.tsx';
import { lookAgain, useConnect, useOnline } from './queries.ts';
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

/** One connected account: how it is, what it brings, what it was used for, and the way out. */
export function ConnectionPage({ client, connection, entry, onOpen }: Props) {
  const ended = connection.status === 'disconnecting' || connection.status === 'disconnected';
  const share = useMay('connection.share');
  const manage = useMay('connection.manage');
  const may = connection.clientId === null ? share : manage;
  if (ended) return <ReceiptsPage client={client} entries={[entry]} onOpen={onOpen} connectionId={connection.id} />;
  return (
    <>
      <PageHead
        icon={<GroupIcon group={entry.group} />}
        title={connection.account.name}
        marks={
          <>
            <Condition said={conditionOf(connection)} />
            <Chip>{connection.clientId === null ? 'Whole agency' : 'Only this client'}</Chip>
          </>
        }
        actions={
          <>
            <SwitchButton client={client} scope="connection" subject={connection.id} name={connection.account.name} />
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
            { scope: 'provider', subject: entry.id, name: `${entry.name}, for everybody,` },
            { scope: 'client', subject: client.id, name: `Everything of ${client.name}` },
          ]}
          off={connection.off}
        />
        <Mend client={client} connection={connection} entry={entry} may={may} />
      </div>
      <Health connection={connection} />
      <DataPart client={client} connection={connection} entry={entry} />
      <About connection={connection} entry={entry} />
      {connection.webhook && may ? <WebhookPart client={client} connection={connection} entry={entry} /> : null}
      <Calls client={client} connection={connection} />
    </>
  );
}

/** What is wrong, in words, and the one button that mends it. */
function Mend({ client, connection, entry, may }: Omit<Props, 'onOpen'> & { readonly may: boolean }) {
  const online = useOnline();
  const attempt = useConnect(client.id).data;
  const [form, setForm] = useState(false);
  const [busy, setBusy] = useState(false);
  const { fix, trouble } = connection;
  const open =
    form ||
    (attempt?.connectionId === connection.id && attempt.now.step !== 'connected' && attempt.now.step !== 'ended');
  if (fix === 'none' && trouble === null && !open) return null;
  const check = async () => {
    setBusy(true);
    await ask(bridge.connections.check({ clientId: client.id, connectionId: connection.id })).then(
      now =>
        said(
          now.fix === 'none' && now.trouble === null ? `${now.account.name} works` : `${now.account.name} was checked`,
        ),
      complain,
    );
    lookAgain(client.id);
    setBusy(false);
  };
  /** Consent is asked for anew at once; a key has to be typed first. */
  const mend = async () => {
    if (fix === 'recheck') return check();
    setForm(true);
    if (entry.connects !== 'oauth2') return;
    setBusy(true);
    const wish = { clientId: client.id, provider: entry.id, shared: connection.clientId === null };
    await ask(bridge.connect.start({ ...wish, connectionId: connection.id })).then(
      state => void queryClient.setQueryData(['connect', client.id], state),
      complain,
    );
    setBusy(false);
  };
  const label = {
    none: '',
    reconnect: 'Reconnect',
    recheck: 'Check again',
    rotate: entry.connects === 'key' ? 'Replace the key' : 'Reconnect',
  }[fix];
  const tone = connection.status === 'broken' || fix === 'reconnect' ? 'danger' : 'waiting';
  const worn = fix === 'rotate' && trouble === null;
  return (
    <>
      <Notice
        tone={worn ? 'waiting' : tone}
        title={trouble?.reason ?? (worn ? 'The key is older than a year' : 'This connection needs a hand')}
        action={
          fix === 'none' || !may || open ? null : (
            <Button look="primary" disabled={busy || !online} onClick={() => void mend()}>
              {busy ? `Asking ${entry.name}…` : label}
            </Button>
          )
        }
      >
        {trouble?.next ?? (worn ? `Make a new one at ${entry.name} and put it in place of this one.` : '')}
        {may || fix === 'none' ? '' : ' Somebody whose role connects systems can mend it.'}
        {trouble?.code ? <span className="ml-1 text-meta text-meta">({trouble.code})</span> : null}
      </Notice>
      {open && may ? (
        <div className="rounded-md border border-line p-4">
          <ConnectForm client={client} entry={entry} connection={connection} onConnected={() => setForm(false)} />
        </div>
      ) : null}
    </>
  );
}

function Health({ connection }: { readonly connection: ConnectionView }) {
  const now = useNow(15);
  if (connection.health.length === 0) return null;
  return (
    <Part title="How it is">
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
                title={one.lastOkAt ? `Last worked ${exactOf(one.lastOkAt)}` : undefined}
              >
                {one.status === 'gated'
                  ? 'The permission for this was not given.'
                  : one.lastOkAt
                    ? `Last worked ${ago(one.lastOkAt, now)}`
                    : 'Has not been used yet'}
                {one.status === 'failing' && one.lastFailedAt ? `, failed ${ago(one.lastFailedAt, now)}` : ''}
              </span>
              {one.trouble && one.trouble.reason !== connection.trouble?.reason ? (
                <span className="block text-danger">
                  {one.trouble.reason} <span className="text-text">{one.trouble.next}</span>
                </span>
              ) : null}
            </span>
            <Condition said={HEALTH[one.status]} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function About({ connection, entry }: { readonly connection: ConnectionView; readonly entry: CatalogueEntry }) {
  const now = useNow(30);
  const online = useOnline();
  const people = usePeople().data ?? [];
  const by = people.find(person => person.id === connection.connectedBy)?.name;
  const { credential, budget, scopes } = connection;
  return (
    <Part title="About this connection">
      <Facts>
        <Fact name="Connected" title={exactOf(connection.connectedAt)}>
          {dateTimeOf(connection.connectedAt)}
          {by ? `, by ${by}` : ''}
        </Fact>
        <Fact name="Last checked" title={connection.lastCheckedAt ? exactOf(connection.lastCheckedAt) : undefined}>
          {connection.lastCheckedAt ? ago(connection.lastCheckedAt, now) : '—'}
        </Fact>
        <Fact name="Consent ends" title={connection.accessEndsAt ? exactOf(connection.accessEndsAt) : undefined}>
          {connection.accessEndsAt ? dateTimeOf(connection.accessEndsAt) : 'Not by itself'}
        </Fact>
        {credential ? (
          <Fact name={entry.connects === 'key' ? 'Key' : 'Token'} title={`Fingerprint ${credential.fingerprint}`}>
            {credential.last4 ? (
              <>
                <span className="mask">••••{credential.last4}</span> ·{' '}
              </>
            ) : null}
            {credential.ageDays === 0
              ? 'new today'
              : `${count(credential.ageDays)} ${credential.ageDays === 1 ? 'day' : 'days'} old`}
            {credential.stale ? <span className="text-waiting"> · replace it</span> : null}
          </Fact>
        ) : null}
        <Fact name="Calls left">
          {budget === null ? (
            <span className="text-meta">Not used yet</span>
          ) : budget.pausedSeconds > 0 ? (
            <span className="text-waiting">
              Paused by {entry.name} for {count(budget.pausedSeconds)} s
            </span>
          ) : (
            `${count(budget.left)} of ${count(budget.of)} at once`
          )}
        </Fact>
        {scopes.missing.length > 0 ? (
          <Fact name="Not allowed">
            <span className="text-waiting break-all">{scopes.missing.join(', ')}</span>
          </Fact>
        ) : null}
        {scopes.extra.length > 0 ? (
          <Fact name="Allowed and not used">
            <span className="break-all">{scopes.extra.join(', ')}</span>
          </Fact>
        ) : null}
      </Facts>
      {online ? null : (
        <p className="inline-flex items-center gap-1.5 text-meta">
          <RefreshCw size={12} aria-hidden /> As it was when the server was last reached.
        </p>
      )}
    </Part>
  );
}
