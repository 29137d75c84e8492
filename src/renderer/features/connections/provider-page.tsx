import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import type { ClientView } from '../../../shared/ipc.ts';
import { useMay } from '../../lib/app-state.ts';
import { Button } from '../../ui/button.tsx';
import { Notice, PageHead, Part } from '../../ui/page.tsx';
import { ConnectForm } from './connect-form.tsx';
import { AvailabilityChip, Condition, GroupIcon } from './parts.tsx';
import { PeopleAccess } from './people-access.tsx';
import { OffBanner, SwitchButton } from './switches.tsx';
import { conditionOf, DATA_CLASS, GROUPS, isPossible, KIND } from './words.ts';

type Props = {
  readonly client: ClientView;
  readonly entry: CatalogueEntry;
  readonly entries: readonly CatalogueEntry[];
  readonly connections: readonly ConnectionView[];
  readonly onOpen: (at: string) => void;
};

/** What a system is for, what it asks for and why, and the way to connect it. */
export function ProviderPage({ client, entry, entries, connections, onOpen }: Props) {
  const own = connections.filter(one => one.provider === entry.id);
  return (
    <>
      <PageHead
        icon={<GroupIcon group={entry.group} />}
        title={entry.name}
        marks={<AvailabilityChip entry={entry} isConnected={own.length > 0} />}
        actions={
          entry.availability === 'planned' ? null : (
            <SwitchButton
              client={client}
              scope="provider"
              subject={entry.id}
              name={entry.name}
              label={`Turn off ${entry.name} for all clients`}
            />
          )
        }
      >
        {GROUPS[entry.group]}
      </PageHead>
      <div className="flex flex-col gap-3 px-6 pb-5">
        <p className="max-w-[68ch]">{entry.purpose}</p>
        {entry.availabilityNote && entry.availability !== 'planned' ? (
          <Notice
            tone={entry.availability === 'suspended' ? 'danger' : 'waiting'}
            title={entry.availability === 'suspended' ? 'Suspended' : 'Limited'}
          >
            {entry.availabilityNote}
          </Notice>
        ) : null}
        <OffBanner
          of={[{ scope: 'provider', subject: entry.id, name: `${entry.name} for all clients` }]}
          off={entry.off}
        />
      </div>
      {own.length > 0 ? (
        <Part title={`Connected for ${client.name}`}>
          <ul>
            {own.map(one => (
              <li key={one.id}>
                <button type="button" onClick={() => onOpen(one.id)} className="row-button -mx-2 w-[calc(100%+16px)]">
                  <span className="min-w-0 flex-1 truncate">
                    <bdi className="font-medium">{one.account.name}</bdi>
                    {one.account.detail ? <span className="text-meta"> · {one.account.detail}</span> : null}
                    {one.clientId === null ? <span className="text-meta"> · shared by the agency</span> : null}
                  </span>
                  <Condition label={conditionOf(one)} />
                </button>
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      <Part title={own.length > 0 ? 'Connect another account' : 'Connect'}>
        <Connect client={client} entry={entry} entries={entries} onOpen={onOpen} />
      </Part>
      {entry.capabilities.length > 0 ? (
        <Part title="Features">
          <ul className="flex flex-col gap-1.5">
            {entry.capabilities.map(({ capability, kind, title }) => (
              <li key={`${capability}/${kind}`} className="flex gap-3">
                <span className="w-16 shrink-0 text-meta">{KIND[kind]}</span> {title}
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      {entry.scopes.length > 0 ? (
        <Part title="Permissions and reasons">
          <dl className="grid grid-cols-1 gap-x-6 gap-y-2 lg:grid-cols-[minmax(160px,auto)_1fr]">
            {entry.scopes.map(({ scope, why }) => (
              <div key={scope} className="contents">
                <dt>
                  <code className="text-meta break-all">{scope}</code>
                </dt>
                <dd className="-mt-2 mb-1 lg:m-0">{why}</dd>
              </div>
            ))}
          </dl>
        </Part>
      ) : null}
      <Part title="Data that Astrix processes">
        <ul className="flex flex-col gap-1">
          {entry.dataClasses.map(one => (
            <li key={one}>{DATA_CLASS[one]}</li>
          ))}
        </ul>
      </Part>
      {entry.availability === 'planned' ? null : <PeopleAccess client={client} entry={entry} />}
    </>
  );
}

/** The form to connect, or one sentence why the provider cannot be connected and who can change that. */
function Connect({ client, entry, entries, onOpen }: Omit<Props, 'connections'>) {
  const may = useMay('connection.manage');
  const bundle = entries.find(one => one.id === entry.bundledWith);
  if (entry.availability === 'planned')
    return (
      <Notice tone="plain" title="Planned. Not available yet.">
        {entry.availabilityNote}
      </Notice>
    );
  if (entry.availability === 'suspended') return <Notice tone="plain" title="Not available while suspended" />;
  if (entry.denied)
    return (
      <Notice tone="plain" title={`You do not have access to ${entry.name}`}>
        Ask an owner or admin of your agency for access.
      </Notice>
    );
  if (!may)
    return (
      <Notice tone="plain" title="You cannot connect systems">
        Ask a manager, admin or owner of your agency. You can use connected systems.
      </Notice>
    );
  if (bundle)
    return (
      <Notice
        tone="plain"
        title={`Included in ${bundle.name}`}
        action={<Button onClick={() => onOpen(bundle.id)}>Open {bundle.name}</Button>}
      >
        One sign-in connects both.
      </Notice>
    );
  if (!isPossible(entry))
    return (
      <Notice tone="plain" title="Not connected here">
        It is set up with this Astrix server.
      </Notice>
    );
  if (entry.missing === 'public-address')
    return (
      <Notice tone="plain" title="This server has no public address yet">
        {entry.name} sends people back to that address. The operator of this server has to set ASTRIX_PUBLIC_URL.
      </Notice>
    );
  if (!entry.ready)
    return (
      <Notice tone="plain" title="This server is not registered with the provider yet">
        The operator of this server has to add the app credentials for {entry.name} to its settings. See docs/providers/
        {entry.id}.md.
      </Notice>
    );
  if (entry.off) return <Notice tone="plain" title="Not available while turned off" />;
  return <ConnectForm client={client} entry={entry} connection={null} onConnected={onOpen} />;
}
