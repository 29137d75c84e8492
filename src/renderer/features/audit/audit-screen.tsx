import type { AuditFilter, AuditRow } from '@astrix/contract';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Download, ScrollText } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { count, dayOf, exactOf } from '../../lib/format.ts';
import { useClients } from '../../lib/queries.ts';
import { change, readRoute, routeQuery, routesKey } from '../../lib/routes.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { FormFault } from '../../ui/field.tsx';
import { Notice } from '../../ui/page.tsx';
import { ClientMark, Empty, Failed, Skeleton } from '../../ui/parts.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { ALL, type Chosen, daysFault, filterOf, GROUPS } from './filter.ts';
import { AUDIT } from './shortcuts.ts';

/** Entries of one page: two screens of a large window. */
const PAGE = 100;

/** Hands a text to the person as a file. */
function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold of the blob once it has begun, which is after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** What happened in the agency, newest first, with a filter and an export. */
export function AuditScreen() {
  const online = useOnline();
  const mayExport = useMay('audit.export');
  const [chosen, setChosen] = useState(ALL);
  const fault = daysFault(chosen);
  const filter = filterOf(chosen);
  const exporting = useMutation({
    mutationFn: () => change('audit.export', null, { body: filter }),
    onSuccess({ csv, rows }) {
      saveFile(`audit-log-${dayOf(new Date())}.csv`, csv);
      toast(`${count(rows)} ${rows === 1 ? 'entry' : 'entries'} exported`);
    },
    onError: complain,
  });
  const choose = (part: Partial<Chosen>) => {
    setChosen({ ...chosen, ...part });
    exporting.reset();
  };
  return (
    <div className="flex h-full flex-col bg-ground">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-6 pt-5 pb-2">
        <h2 className="text-title font-bold">Audit log</h2>
        <span className="flex-1" />
        {online ? null : <span className="text-waiting">Offline: newer entries are missing</span>}
        {mayExport ? (
          <Button disabled={!online || fault !== null || exporting.isPending} onClick={() => exporting.mutate()}>
            <Download size={14} aria-hidden /> {exporting.isPending ? 'Exporting…' : 'Export to CSV'}
          </Button>
        ) : null}
      </header>
      <Filters chosen={chosen} onChoose={choose} />
      <div className="flex flex-col gap-2 px-6 empty:hidden">
        <FormFault says={fault} />
        {exporting.data?.complete === false ? (
          <Notice tone="waiting" title="The file does not hold everything">
            It holds the newest {count(exporting.data.rows)} entries of this filter. Choose a shorter time to export the
            older ones.
          </Notice>
        ) : null}
      </div>
      {fault === null ? <Results filter={filter} /> : null}
    </div>
  );
}

/** The entries of a filter as far as they have been loaded. */
function Results({ filter }: { readonly filter: AuditFilter }) {
  const online = useOnline();
  const log = useInfiniteQuery({
    queryKey: routesKey('audit', null, 'list', filter),
    queryFn: ({ pageParam }) =>
      readRoute('audit.list', {
        query: { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    staleTime: 5000,
  });
  if (!log.data)
    return log.isError ? (
      <Failed error={log.error} onRetry={() => void log.refetch()} />
    ) : (
      <Skeleton rows={12} what="Asking the server for the audit log…" />
    );
  const entries = log.data.pages.flatMap(page => page.entries);
  if (entries.length === 0)
    return (
      <Empty icon={<ScrollText size={20} aria-hidden />} title="No entries">
        {Object.keys(filter).length === 0
          ? 'What people do in the agency appears here.'
          : 'Nothing fits this filter. Choose a longer time, or clear the filter.'}
      </Empty>
    );
  return (
    <Entries entries={entries}>
      {log.isFetchNextPageError ? (
        <FormFault says="The older entries did not arrive. Try again when you are online." />
      ) : null}
      {log.hasNextPage ? (
        <Button disabled={!online || log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {log.isFetchingNextPage ? 'Loading…' : 'Load more'}
        </Button>
      ) : (
        <p className="text-meta">These are all entries.</p>
      )}
    </Entries>
  );
}

function Filters({
  chosen,
  onChoose,
}: {
  readonly chosen: Chosen;
  readonly onChoose: (part: Partial<Chosen>) => void;
}) {
  const people = useQuery(routeQuery('people.list', {})).data?.people ?? [];
  const clients = useQuery(routeQuery('clients.directory', {})).data?.clients ?? [];
  const first = useRef<HTMLSelectElement>(null);
  useShortcuts(AUDIT, { filter: () => first.current?.focus() });
  const byName = <T extends { readonly name: string }>(all: readonly T[]) =>
    all.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  return (
    <search aria-label="Filter of the audit log" className="flex flex-wrap items-center gap-2 px-6 pt-2 pb-3">
      <select
        ref={first}
        aria-label="Person"
        className="field h-8 w-44"
        value={chosen.personId}
        onChange={event => onChoose({ personId: event.target.value })}
      >
        <option value="">Everybody</option>
        {byName(people).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="What"
        className="field h-8 w-36"
        value={chosen.group}
        onChange={event => onChoose({ group: event.target.value as Chosen['group'] })}
      >
        <option value="">Everything</option>
        {Object.entries(GROUPS).map(([group, label]) => (
          <option key={group} value={group}>
            {label}
          </option>
        ))}
      </select>
      <select
        aria-label="Client"
        className="field h-8 w-44"
        value={chosen.clientId}
        onChange={event => onChoose({ clientId: event.target.value })}
      >
        <option value="">All clients</option>
        {byName(clients).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <label className="flex items-center gap-1.5 text-meta">
        From
        <input
          type="date"
          className="field h-8 w-36"
          value={chosen.from}
          onChange={event => onChoose({ from: event.target.value })}
        />
      </label>
      <label className="flex items-center gap-1.5 text-meta">
        to
        <input
          type="date"
          className="field h-8 w-36"
          value={chosen.to}
          onChange={event => onChoose({ to: event.target.value })}
        />
      </label>
      {Object.values(chosen).some(part => part !== '') ? (
        <Button look="quiet" onClick={() => onChoose(ALL)}>
          Clear
        </Button>
      ) : null}
    </search>
  );
}

function Entries({ entries, children }: { readonly entries: readonly AuditRow[]; readonly children: ReactNode }) {
  const clients = useClients().data ?? [];
  return (
    <section
      aria-label="Entries"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      className="scroll flex min-h-0 flex-1 flex-col gap-4 px-6 pb-6"
    >
      <div className="shrink-0 rounded-md border border-line bg-panel">
        <table className="data w-full border-separate border-spacing-0">
          <thead>
            <tr className="text-left">
              {['Time', 'What happened', 'Person', 'Client'].map(head => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.map(({ id, at, sentence, actor, client }) => {
              const mark = clients.find(one => one.id === client?.id);
              return (
                <tr key={id}>
                  <td className="whitespace-nowrap text-meta tabular-nums">
                    <time dateTime={at}>{exactOf(at)}</time>
                  </td>
                  <td className="w-full break-words whitespace-normal" dir="auto">
                    {sentence}
                  </td>
                  <td>
                    <bdi className="block max-w-36 truncate" title={actor?.name}>
                      {actor?.name ?? '–'}
                    </bdi>
                  </td>
                  <td>
                    {client ? (
                      <span className="flex max-w-44 items-center gap-2" title={client.name}>
                        {mark ? <ClientMark client={mark} size={18} /> : null}
                        <bdi className="truncate max-[1000px]:max-w-24">{client.name}</bdi>
                      </span>
                    ) : (
                      '–'
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className="flex shrink-0 flex-col items-center gap-2">{children}</div>
    </section>
  );
}
