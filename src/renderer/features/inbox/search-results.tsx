import { SearchX } from 'lucide-react';
import { useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { exactOf, shortOf } from '../../lib/format.ts';
import { useClients } from '../../lib/queries.ts';
import { Marked } from '../../lib/text.tsx';
import { ClientMark, Empty, Failed, Waiting } from '../../ui/parts.tsx';
import { useSearch } from './queries.ts';

/** Hits while the person types. A hit of another client names that client, and opening it switches to the client visibly. */
export function SearchResults({
  clientId,
  q,
  onOpen,
}: {
  readonly clientId: string;
  readonly q: string;
  readonly onOpen: (clientId: string, conversationId: string) => void;
}) {
  const [everywhere, setEverywhere] = useState(false);
  const search = useSearch(everywhere ? null : clientId, q);
  const clients = useClients().data ?? [];
  const now = useNow(60);
  const scope = (all: boolean, label: string) => (
    <button
      type="button"
      aria-pressed={everywhere === all}
      onClick={() => setEverywhere(all)}
      className="h-6 rounded-md px-2 text-meta text-meta hover:bg-hover aria-pressed:bg-picked aria-pressed:text-text"
    >
      {label}
    </button>
  );
  return (
    <div className="flex h-full flex-col">
      <fieldset aria-label="Where to search" className="flex gap-1 border-b border-line px-2 py-1.5">
        {scope(false, 'This client')}
        {scope(true, 'All clients')}
      </fieldset>
      <div className="scroll min-h-0 flex-1" aria-live="polite">
        {search.isError ? <Failed error={search.error} /> : null}
        {search.isPending && !search.data ? <Waiting what="Searching…" /> : null}
        {search.data?.length === 0 ? (
          <Empty icon={<SearchX size={22} />} title="Nothing found">
            {everywhere
              ? 'Neither names nor messages of the last 30 days hold these words.'
              : 'Try all clients, or fewer letters: the last word may be unfinished.'}
          </Empty>
        ) : null}
        <ul>
          {(search.data ?? []).map(hit => {
            const client = clients.find(one => one.id === hit.clientId);
            return (
              <li key={`${hit.conversationId}/${hit.messageId ?? ''}`}>
                <button
                  type="button"
                  onClick={() => onOpen(hit.clientId, hit.conversationId)}
                  className="flex w-full flex-col gap-0.5 border-b border-line px-4 py-2 text-left hover:bg-hover"
                >
                  <span className="flex w-full items-center gap-2">
                    {everywhere && client ? <ClientMark client={client} size={18} /> : null}
                    <span className="min-w-0 flex-1 truncate font-medium">
                      {hit.contactName}
                      {everywhere ? <span className="font-normal text-meta"> · {hit.clientName}</span> : null}
                    </span>
                    <time dateTime={hit.at} title={exactOf(hit.at)} className="shrink-0 text-meta text-meta">
                      {shortOf(hit.at, now)}
                    </time>
                  </span>
                  <span className="line-clamp-2 text-meta">
                    <Marked text={hit.snippet} />
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
