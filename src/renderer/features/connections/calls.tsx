import type { Capability, ConnectionView, ProviderCall } from '@astrix/contract';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useMay } from '../../lib/app-state.ts';
import { count, dateTimeOf, exactOf } from '../../lib/format.ts';
import { usePeople } from '../../lib/queries.ts';
import { Part } from '../../ui/page.tsx';
import { Failed, Skeleton } from '../../ui/parts.tsx';
import { type Head, Table } from '../../ui/table.tsx';
import { useCalls } from './queries.ts';
import { CAPABILITY } from './words.ts';

const HEADS: readonly Head[] = [
  { head: 'Time' },
  { head: 'User' },
  { head: 'Data' },
  { head: 'Call' },
  { head: 'Result' },
  { head: 'Duration', right: true },
];

/** The newest calls that were made through this connection, and who asked for each (VT-13). They are read when the part is opened. */
export function Calls({ client, connection }: { readonly client: ClientView; readonly connection: ConnectionView }) {
  const may = useMay('connection.manage');
  const [open, setOpen] = useState(false);
  const calls = useCalls(client.id, connection.id, may && open);
  const people = usePeople().data ?? [];
  if (!may) return null;
  const who = (call: ProviderCall) =>
    call.actorId === null ? 'Astrix' : (people.find(person => person.id === call.actorId)?.name ?? 'Former user');
  return (
    <Part
      title="Activity log"
      aside={
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="inline-flex h-7 items-center gap-1 rounded-md px-2 text-meta hover:bg-hover hover:text-text"
        >
          <ChevronRight size={14} className={open ? 'rotate-90' : ''} aria-hidden />{' '}
          {open ? 'Hide calls' : 'Show recent calls'}
        </button>
      }
    >
      {!open ? (
        <p className="text-meta">Every call to the provider is logged with its time, user and result.</p>
      ) : calls.isPending ? (
        <Skeleton rows={5} what="Loading calls…" />
      ) : calls.isError ? (
        <Failed error={calls.error} onRetry={() => void calls.refetch()} />
      ) : calls.data.length === 0 ? (
        <p className="text-meta">No calls yet.</p>
      ) : (
        <Table label="Calls" heads={HEADS}>
          {calls.data.map(call => (
            <tr key={call.id}>
              <td title={exactOf(call.at)}>{dateTimeOf(call.at)}</td>
              <td>{who(call)}</td>
              <td>
                {Object.hasOwn(CAPABILITY, call.capability)
                  ? CAPABILITY[call.capability as Capability]
                  : call.capability}
              </td>
              <td title={`${call.method} ${call.path}`}>
                <code className="block max-w-80 truncate text-meta">
                  {call.method} {call.path}
                </code>
              </td>
              <td className={call.outcome === 'ok' ? '' : 'text-danger'}>
                {call.outcome}
                {call.status === null ? '' : ` · ${call.status}`}
                {call.reason ? ` · ${call.reason}` : ''}
                {call.attempt > 1 ? ` · attempt ${call.attempt}` : ''}
              </td>
              <td className="text-right">{count(call.durationMs)} ms</td>
            </tr>
          ))}
        </Table>
      )}
    </Part>
  );
}
