import { useQuery } from '@tanstack/react-query';
import { Check, Circle } from 'lucide-react';
import { useMay } from '../lib/app-state.ts';
import { ask, bridge } from '../lib/bridge.ts';
import { clientKey } from '../lib/query-keys.ts';
import { routeQuery } from '../lib/routes.ts';
import { oneRow } from '../lib/rows.ts';
import { useWays } from '../lib/ways.ts';

const FRESH_MS = 5000;

/** What is left to do for a client, from its data alone. Null while it is not known, and when all is done. */
function useSteps(clientId: string, enabled: boolean) {
  const ways = useWays();
  const fresh = { enabled, staleTime: FRESH_MS };
  const connections = useQuery({ ...routeQuery('connections.list', { params: { clientId } }), ...fresh }).data;
  const people = useQuery({ ...routeQuery('people.list', {}), ...fresh }).data;
  const profile = useQuery({ ...oneRow('client-profiles', clientId, clientId), enabled }).data;
  const counts = useQuery({
    queryKey: clientKey(clientId, 'inbox', 'counts'),
    queryFn: () => ask(bridge.inbox.counts({ clientId })),
    enabled,
  }).data;
  if (!connections || !people || profile === undefined || !counts) return null;
  return [
    {
      title: 'Connect WhatsApp',
      says: 'Messages of customers arrive here then.',
      done: connections.connections.some(
        ({ provider, status }) => provider === 'whatsapp' && status !== 'disconnected',
      ),
      go: () => ways.screen('connections', clientId, 'whatsapp'),
    },
    {
      title: 'Add people',
      says: 'Choose who answers for this client.',
      done: people.people.some(({ status, clientIds }) => status === 'active' && clientIds?.includes(clientId)),
      go: () => ways.agency('clients', `${clientId}.people`),
    },
    {
      title: 'Choose hours',
      says: 'Your team sees when the client is closed.',
      done: profile?.hours !== null && profile !== null,
      go: () => ways.agency('clients', `${clientId}.hours`),
    },
    {
      title: 'Say hello',
      says: 'Write to the client’s number from your own phone, and answer it here.',
      done: counts.open + counts.snoozed + counts.closed > 0,
      go: () => ways.client(clientId),
    },
  ];
}

/** The steps that are left for a new client, for those who look after clients. It is gone when all are done. */
export function ClientChecklist({
  clientId,
  isPage = false,
}: {
  readonly clientId: string;
  readonly isPage?: boolean;
}) {
  const mayEdit = useMay('client.edit');
  const mayRead = useMay('people.read');
  const may = mayEdit && mayRead;
  const steps = useSteps(clientId, may);
  const left = steps?.filter(({ done }) => !done).length ?? 0;
  if (!steps || left === 0) return null;
  return (
    <section aria-label="What is left to do" className={isPage ? 'px-5 pb-3' : 'w-full max-w-80'}>
      <ol
        className={`rounded-md border border-line bg-panel ${isPage ? 'grid grid-cols-[repeat(auto-fit,minmax(190px,1fr))] gap-x-2 p-1.5' : 'flex flex-col p-1'}`}
      >
        {steps.map(({ title, says, done, go }) => (
          <li key={title}>
            <button
              type="button"
              onClick={go}
              className="flex h-full w-full items-start gap-2.5 rounded-md px-2.5 py-2 text-left hover:bg-hover"
            >
              {done ? (
                <Check size={16} aria-hidden className="mt-px shrink-0 text-done" />
              ) : (
                <Circle size={16} aria-hidden className="mt-px shrink-0 text-meta" />
              )}
              <span className="min-w-0">
                <span className={`block font-medium ${done ? 'text-meta line-through' : ''}`}>
                  {title}
                  <span className="sr-only">{done ? ', done' : ', to do'}</span>
                </span>
                {done ? null : <span className="block text-meta">{says}</span>}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
