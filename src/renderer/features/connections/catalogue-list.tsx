import type { CatalogueEntry, ConnectionView, ProviderGroup } from '@astrix/contract';
import { LayoutList, ReceiptText } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useMemo, useState } from 'react';
import { count } from '../../lib/format.ts';
import { keysOf, LIST } from '../../lib/shortcuts.ts';
import { FilterChip, SearchField } from '../../ui/search-field.tsx';
import { AvailabilityChip, Condition, GroupIcon } from './parts.tsx';
import { answers, type CatalogueFilter, conditionOf, FILTERS, GROUPS, isPossible } from './words.ts';

type Props = {
  readonly entries: readonly CatalogueEntry[];
  readonly connections: readonly ConnectionView[];
  readonly at: string | null;
  readonly onOpen: (at: string | null) => void;
  readonly searchField: RefObject<HTMLInputElement | null>;
  /** Told what is listed, for moving with j and k. */
  readonly onListed: (ids: readonly string[]) => void;
};

/** What is connected first, then every system there is, in groups. */
export function CatalogueList({ entries, connections, at, onOpen, searchField, onListed }: Props) {
  const [typed, setTyped] = useState('');
  const [filter, setFilter] = useState<CatalogueFilter>('all');
  const byId = useMemo(() => new Map(entries.map(entry => [entry.id, entry])), [entries]);
  const connectedIds = useMemo(() => new Set(connections.map(one => one.provider)), [connections]);
  const fits: Readonly<Record<CatalogueFilter, (entry: CatalogueEntry) => boolean>> = {
    all: () => true,
    connected: () => false,
    possible: isPossible,
    planned: entry => entry.availability === 'planned',
  };
  const found = entries.filter(entry => answers(entry, typed));
  const shown = found.filter(fits[filter]);
  const shownConnections =
    filter === 'planned' || filter === 'possible'
      ? []
      : connections.filter(
          one =>
            found.some(entry => entry.id === one.provider) ||
            one.account.name.toLowerCase().includes(typed.trim().toLowerCase()),
        );
  // What can be had stands before what is to come.
  const groups = Map.groupBy(
    [...shown].sort((a, b) => Number(a.availability === 'planned') - Number(b.availability === 'planned')),
    entry => entry.group,
  );
  const ids = [
    ...shownConnections.map(one => one.id),
    ...(Object.keys(GROUPS) as ProviderGroup[]).flatMap(group => (groups.get(group) ?? []).map(entry => entry.id)),
  ].join();
  useEffect(() => onListed(ids ? ids.split(',') : []), [ids, onListed]);
  const counts: Readonly<Record<CatalogueFilter, number>> = {
    all: entries.length,
    connected: connections.length,
    possible: entries.filter(isPossible).length,
    planned: entries.filter(fits.planned).length,
  };

  return (
    <nav aria-label="Systems" className="flex h-full flex-col bg-panel">
      <div className="flex flex-col gap-2 border-b border-line p-2">
        <SearchField
          field={searchField}
          label="Search systems"
          placeholder={`Search systems (${keysOf(LIST.search)})`}
          maxLength={100}
          value={typed}
          onType={setTyped}
          onEnter={() => {
            const first = ids.split(',')[0];
            if (first) onOpen(first);
          }}
        />
        <fieldset aria-label="Filter" className="flex flex-wrap gap-0.5">
          {FILTERS.map(entry => (
            <FilterChip
              key={entry.filter}
              label={entry.label}
              count={count(counts[entry.filter])}
              on={filter === entry.filter}
              onPick={() => setFilter(entry.filter)}
            />
          ))}
        </fieldset>
      </div>
      <div className="scroll min-h-0 flex-1 pb-2">
        {shownConnections.length > 0 ? (
          <Block title="Connected">
            {shownConnections.map(one => (
              <ConnectionRow
                key={one.id}
                connection={one}
                entry={byId.get(one.provider)}
                open={one.id === at}
                onOpen={onOpen}
              />
            ))}
          </Block>
        ) : null}
        {(Object.keys(GROUPS) as ProviderGroup[]).map(group => {
          const list = groups.get(group) ?? [];
          return list.length === 0 ? null : (
            <Block key={group} title={GROUPS[group]} icon={<GroupIcon group={group} size={14} />}>
              {list.map(entry => (
                <EntryRow
                  key={entry.id}
                  entry={entry}
                  connected={connectedIds.has(entry.id)}
                  open={entry.id === at}
                  onOpen={onOpen}
                />
              ))}
            </Block>
          );
        })}
        {shown.length + shownConnections.length === 0 ? (
          <p className="px-4 py-8 text-center text-meta">
            {typed ? `No results for “${typed}”.` : 'No connected systems. Choose one under “Available”.'}
          </p>
        ) : null}
      </div>
      <div className="flex flex-col border-t border-line p-1.5">
        <FootRow
          icon={<LayoutList size={15} />}
          label="Overview"
          open={at === 'overview'}
          onOpen={() => onOpen('overview')}
        />
        <FootRow
          icon={<ReceiptText size={15} />}
          label="Receipts"
          open={at === 'receipts'}
          onOpen={() => onOpen('receipts')}
        />
      </div>
    </nav>
  );
}

const ROW =
  'flex w-full items-center gap-2.5 px-3 text-left outline-offset-[-2px] hover:bg-hover aria-[current]:bg-picked';

function Block({
  title,
  icon,
  children,
}: {
  readonly title: string;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section aria-label={title}>
      <h3 className="sticky top-0 z-10 flex items-center gap-2.5 bg-panel px-3 pt-3 pb-1 text-meta text-meta">
        {icon}
        {title}
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

function ConnectionRow({
  connection,
  entry,
  open,
  onOpen,
}: {
  readonly connection: ConnectionView;
  readonly entry: CatalogueEntry | undefined;
  readonly open: boolean;
  readonly onOpen: Props['onOpen'];
}) {
  return (
    <li>
      <button
        type="button"
        aria-current={open ? 'page' : undefined}
        onClick={() => onOpen(connection.id)}
        className={`${ROW} h-12`}
      >
        {entry ? <GroupIcon group={entry.group} /> : null}
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">
            <bdi>{connection.account.name}</bdi>
          </span>
          <span className="block truncate text-meta text-meta">
            {entry?.name ?? connection.provider}
            {connection.clientId === null ? ' · shared by the agency' : ''}
          </span>
        </span>
        <Condition label={conditionOf(connection)} />
      </button>
    </li>
  );
}

function EntryRow({
  entry,
  connected,
  open,
  onOpen,
}: {
  readonly entry: CatalogueEntry;
  readonly connected: boolean;
  readonly open: boolean;
  readonly onOpen: Props['onOpen'];
}) {
  const quiet = entry.availability === 'planned' || entry.denied;
  return (
    <li>
      <button
        type="button"
        aria-current={open ? 'page' : undefined}
        onClick={() => onOpen(entry.id)}
        className={`${ROW} h-9`}
      >
        <span className={`min-w-0 flex-1 truncate pl-6 ${quiet ? 'text-meta' : ''}`}>{entry.name}</span>
        {entry.denied ? (
          <span className="text-meta text-meta">No access</span>
        ) : (
          <AvailabilityChip entry={entry} isConnected={connected} />
        )}
      </button>
    </li>
  );
}

function FootRow({
  icon,
  label,
  open,
  onOpen,
}: {
  readonly icon: ReactNode;
  readonly label: string;
  readonly open: boolean;
  readonly onOpen: () => void;
}) {
  return (
    <button
      type="button"
      aria-current={open ? 'page' : undefined}
      onClick={onOpen}
      className="flex h-8 items-center gap-2.5 rounded-md px-1.5 text-left hover:bg-hover aria-[current]:bg-picked"
    >
      <span className="text-meta" aria-hidden>
        {icon}
      </span>
      {label}
    </button>
  );
}
