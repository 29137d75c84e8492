import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import { Plug } from 'lucide-react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, exactOf } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { PageHead, Part } from '../../ui/page.tsx';
import { Empty } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { Condition, GroupIcon } from './parts.tsx';
import { OffBanner, SwitchButton } from './switches.tsx';
import { conditionOf, isPossible, isPressing } from './words.ts';

type Props = {
  readonly client: ClientView;
  readonly entries: readonly CatalogueEntry[];
  readonly connections: readonly ConnectionView[];
  readonly onOpen: (at: string) => void;
};

const HEADS = [{ head: 'System' }, { head: 'Account' }, { head: 'Status' }, { head: 'Last checked' }] as const;

/** The connections of this client, and those that need attention. */
export function Overview({ client, entries, connections, onOpen }: Props) {
  const now = useNow(30);
  const possible = entries.filter(
    entry => isPossible(entry) && entry.bundledWith === null && entry.ready && !entry.denied && !entry.off,
  );
  const pressing = connections.filter(isPressing).length;
  return (
    <>
      <PageHead
        icon={<Plug size={16} className="text-meta" aria-hidden />}
        title={`Connections of ${client.name}`}
        actions={
          <SwitchButton
            client={client}
            label={`Turn off all connections of ${client.name}`}
            scope="client"
            subject={client.id}
            name={client.name}
          />
        }
      >
        {connections.length === 0
          ? 'Connect the systems that this client uses.'
          : pressing === 0
            ? 'All connections are working.'
            : `${pressing} of ${connections.length} ${pressing === 1 ? 'needs' : 'need'} attention.`}
      </PageHead>
      <div className="px-6 pb-4 empty:hidden">
        <OffBanner of={[{ scope: 'client', subject: client.id, name: `All connections of ${client.name}` }]} />
      </div>
      {connections.length === 0 ? (
        <div className="border-t border-line py-6">
          <Empty icon={<Plug size={24} />} title="No connected systems">
            Choose a system on the left to see what it does and which data it uses.
          </Empty>
          {possible.length > 0 ? (
            <div className="flex flex-wrap justify-center gap-2 px-6">
              {possible.slice(0, 6).map(entry => (
                <Button key={entry.id} onClick={() => onOpen(entry.id)}>
                  <GroupIcon group={entry.group} size={14} /> {entry.name}
                </Button>
              ))}
            </div>
          ) : null}
        </div>
      ) : (
        <Part title="Connected">
          <Table label="Connected systems" heads={HEADS}>
            {connections.map(one => (
              <tr key={one.id}>
                <td>
                  <span className="flex items-center gap-2">
                    <GroupIcon group={entries.find(entry => entry.id === one.provider)?.group ?? 'work'} />
                    {entries.find(entry => entry.id === one.provider)?.name ?? one.provider}
                  </span>
                </td>
                <td className="max-w-64">
                  <button
                    type="button"
                    onClick={() => onOpen(one.id)}
                    className="max-w-full truncate rounded-sm text-left font-medium hover:text-accent hover:underline"
                  >
                    <bdi>{one.account.name}</bdi>
                  </button>
                  {one.clientId === null ? <span className="text-meta text-meta"> · shared by the agency</span> : null}
                </td>
                <td>
                  <Condition label={conditionOf(one)} />
                </td>
                <td className="text-meta" title={one.lastCheckedAt ? exactOf(one.lastCheckedAt) : undefined}>
                  {one.lastCheckedAt ? ago(one.lastCheckedAt, now) : 'Not checked yet'}
                </td>
              </tr>
            ))}
          </Table>
        </Part>
      )}
    </>
  );
}
