import { SearchX } from 'lucide-react';
import { type KeyboardEvent, type Ref, useEffect, useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { exactOf, shortOf } from '../../lib/format.ts';
import { useClients } from '../../lib/queries.ts';
import { placeAfter } from '../../lib/roving.ts';
import { Marked } from '../../lib/text.tsx';
import { ClientMark, Empty, Failed, Waiting } from '../../ui/parts.tsx';
import { useSearch } from './queries.ts';

/** Hits while the person types. A hit of another client names that client, and opening it switches to the client visibly. */
export function SearchResults({
  clientId,
  q,
  results,
  onOpen,
  onListed,
  onLeave,
}: {
  readonly clientId: string;
  readonly q: string;
  readonly results: Ref<HTMLDivElement>;
  readonly onOpen: (clientId: string, conversationId: string) => void;
  /** Receives the found conversations of this client in order, for the shortcuts that move through the list. */
  readonly onListed: (ids: readonly string[]) => void;
  /** Runs on Escape: the search is cleared. */
  readonly onLeave: () => void;
}) {
  const [everywhere, setEverywhere] = useState(false);
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins at its first hit
  useEffect(() => setAt(0), [q, everywhere]);
  const search = useSearch(everywhere ? null : clientId, q);
  const clients = useClients().data ?? [];
  const now = useNow(60);
  const ids = [...new Set(search.data?.filter(hit => hit.clientId === clientId).map(hit => hit.conversationId))].join();
  useEffect(() => onListed(ids ? ids.split(',') : []), [ids, onListed]);
  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') onLeave();
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
    const to = placeAfter(event.key, rows.indexOf(document.activeElement as HTMLElement), rows.length);
    if (to === null) return;
    event.preventDefault();
    rows[to]?.focus();
  };
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
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of its buttons are handled here */}
      <div ref={results} onKeyDown={press} className="scroll min-h-0 flex-1" aria-live="polite">
        {search.isError ? <Failed error={search.error} /> : null}
        {search.isPending && !search.data ? <Waiting what="Searching…" /> : null}
        {search.data?.length === 0 ? (
          <Empty icon={<SearchX size={22} />} title="No results">
            {everywhere ? 'No names or messages of the last 30 days match.' : 'Try “All clients” or fewer words.'}
          </Empty>
        ) : null}
        <ul>
          {(search.data ?? []).map((hit, place) => {
            const client = clients.find(one => one.id === hit.clientId);
            return (
              <li key={`${hit.conversationId}/${hit.messageId ?? ''}`}>
                <button
                  type="button"
                  data-row={place}
                  tabIndex={place === at ? 0 : -1}
                  onFocus={() => setAt(place)}
                  onClick={() => onOpen(hit.clientId, hit.conversationId)}
                  className="flex w-full flex-col gap-0.5 border-b border-line px-4 py-2 text-left hover:bg-hover"
                >
                  <span className="flex w-full items-center gap-2">
                    {everywhere && client ? <ClientMark client={client} size={18} /> : null}
                    <span className="min-w-0 flex-1 truncate font-medium">
                      <bdi>{hit.contactName}</bdi>
                      {everywhere ? (
                        <span className="font-normal text-meta">
                          {' '}
                          · <bdi>{hit.clientName}</bdi>
                        </span>
                      ) : null}
                    </span>
                    <time dateTime={hit.at} title={exactOf(hit.at)} className="shrink-0 text-meta text-meta">
                      {shortOf(hit.at, now)}
                    </time>
                  </span>
                  <span dir="auto" className="line-clamp-2 text-meta">
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
