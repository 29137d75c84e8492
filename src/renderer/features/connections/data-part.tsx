import type { Capability, CatalogueEntry, ConnectionView, Preview } from '@astrix/contract';
import { ExternalLink, RefreshCw, Search } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { ClientView } from '../../../shared/ipc.ts';
import { useMay, useOnline } from '../../lib/app-state.ts';
import { ask, bridge, wordsOf } from '../../lib/bridge.ts';
import { useNow } from '../../lib/clock.ts';
import { ago, count, exactOf } from '../../lib/format.ts';
import { IconButton } from '../../ui/button.tsx';
import { Notice, Part } from '../../ui/page.tsx';
import { Failed, Skeleton } from '../../ui/parts.tsx';
import { FilterChip } from '../../ui/search-field.tsx';
import { Table } from '../../ui/table.tsx';
import { complain } from '../../ui/toast.tsx';
import { type Column, columnsOf, KEYS } from './columns.tsx';
import { refreshData, refreshList, useData } from './queries.ts';
import { CAPABILITY, gapWords } from './words.ts';

type Props = { readonly client: ClientView; readonly connection: ConnectionView; readonly entry: CatalogueEntry };

/** A preview of the account's data, one capability at a time, with its source and its age. */
export function DataPart({ client, connection, entry }: Props) {
  const may = useMay('connection.use');
  const readable = entry.capabilities.filter(one => one.kind === 'read');
  const [picked, setPicked] = useState<Capability | null>(null);
  const chosen = readable.find(one => one.capability === picked) ?? readable[0];
  if (!may || !chosen) return null;
  return (
    <Part
      title={readable.length === 1 ? chosen.title : 'Data'}
      aside={
        readable.length > 1 ? (
          <fieldset aria-label="What to show" className="flex flex-wrap gap-1">
            {readable.map(({ capability, title }) => (
              <FilterChip
                key={capability}
                label={CAPABILITY[capability]}
                title={title}
                on={capability === chosen.capability}
                onPick={() => setPicked(capability)}
              />
            ))}
          </fieldset>
        ) : null
      }
    >
      <Rows key={chosen.capability} {...{ client, connection, entry }} read={chosen} />
    </Part>
  );
}

function Rows({ client, connection, entry, read }: Props & { readonly read: CatalogueEntry['capabilities'][number] }) {
  const online = useOnline();
  const now = useNow(10);
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const [asking, setAsking] = useState(false);
  const { capability, input } = read;
  const of = { clientId: client.id, connectionId: connection.id, capability, text };
  const needed = input?.required === true && text === '';
  const usable =
    !connection.off &&
    connection.health.every(one => one.capability !== capability || one.kind !== 'read' || one.status !== 'gated');
  const data = useData(of, usable && !needed);
  const refresh = async () => {
    setAsking(true);
    await refreshData(of).catch(complain);
    setAsking(false);
  };
  const search = (event: FormEvent) => {
    event.preventDefault();
    setText(typed.trim());
  };
  const found = data.data;
  // Each answer also changes the connection: its health, its last fault and its remaining budget.
  const answeredAt = data.dataUpdatedAt;
  useEffect(() => {
    if (answeredAt > 0) refreshList(client.id);
  }, [answeredAt, client.id]);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {input ? (
          <form onSubmit={search} className="relative w-72 max-w-full">
            <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-meta" />
            <input
              aria-label={input.label}
              placeholder={input.placeholder}
              maxLength={800}
              value={typed}
              onChange={event => {
                setTyped(event.target.value);
                if (event.target.value === '') setText('');
              }}
              className="field h-8 pl-8"
            />
          </form>
        ) : null}
        <p className="min-w-0 flex-1 text-meta" aria-live="polite">
          From {entry.name} · <bdi>{connection.account.name}</bdi>
          {found?.fetchedAt ? (
            <span title={exactOf(found.fetchedAt)}>
              {' '}
              · {ago(found.fetchedAt, now)}
              {found.stale ? <span className="text-waiting"> · Out of date</span> : ''}
            </span>
          ) : null}
        </p>
        <IconButton
          label={`Refresh from ${entry.name}`}
          disabled={asking || !online || needed || !usable}
          onClick={() => void refresh()}
        >
          <RefreshCw size={14} className={asking ? 'opacity-40' : ''} />
        </IconButton>
      </div>
      {/* A fault that the head of the page shows is not repeated here. */}
      {found?.fault && found.fetchedAt !== null && found.fault.reason !== connection.fault?.reason ? (
        <Notice tone="waiting" title={found.fault.reason}>
          Showing saved data. {found.fault.next}
        </Notice>
      ) : null}
      {!usable && !found ? (
        <p className="text-meta">
          {connection.off
            ? 'No data is read while this is turned off.'
            : 'Read permission is missing. Reconnect and allow it.'}
        </p>
      ) : needed ? (
        <p className="py-4 text-meta">Enter {input.label} to see results.</p>
      ) : data.isPending ? (
        <Skeleton rows={6} what={`Loading from ${entry.name}…`} />
      ) : found ? (
        <DataTable
          data={found}
          title={read.title}
          text={text}
          name={entry.name}
          failed={connection.off ? null : data.error}
        />
      ) : (
        <Failed error={data.error} onRetry={() => void data.refetch()} />
      )}
    </>
  );
}

function DataTable({
  data,
  title,
  text,
  name,
  failed,
}: {
  readonly data: Preview;
  readonly title: string;
  readonly text: string;
  readonly name: string;
  readonly failed: unknown;
}) {
  if (data.rows.length === 0) {
    if (data.fault && data.fetchedAt === null)
      return (
        <Notice tone="danger" title={data.fault.reason}>
          {data.fault.next} <span className="text-meta text-meta">({data.fault.code})</span>
        </Notice>
      );
    return (
      <p className="py-4 text-meta">{text ? `No results in ${name} for “${text}”.` : `${name} has no data here.`}</p>
    );
  }
  return (
    <>
      {failed ? (
        <Notice tone="waiting" title={wordsOf(failed).reason}>
          Showing saved data.
        </Notice>
      ) : null}
      {data.gaps ? (
        <Notice tone="waiting" title={gapWords(data.gaps).join(' ')}>
          {data.gaps.map(({ kind, rows, why }) => (
            <span key={`${kind} ${why}`} className="block">
              {count(rows)}: {why}
            </span>
          ))}
        </Notice>
      ) : null}
      <Facts
        title={title}
        rows={data.rows}
        keyOf={KEYS[data.capability] as (row: Row) => string}
        columns={columnsOf(data.capability, data.rows as never) as readonly Column<Row>[]}
      />
      <p className="text-meta">
        {data.total > data.rows.length
          ? `The newest ${count(data.rows.length)} rows. Search, or open ${name} to see more.`
          : `${count(data.rows.length)} ${data.rows.length === 1 ? 'row' : 'rows'}`}
      </p>
    </>
  );
}

type Row = Preview['rows'][number];

const urlOf = (row: Row): string | null => ('url' in row ? row.url : null);

function Facts({
  title,
  rows,
  keyOf,
  columns,
}: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
}) {
  const linked = rows.some(row => urlOf(row) !== null);
  return (
    <Table label={title} heads={linked ? [...columns, { head: '' }] : columns}>
      {rows.map(row => (
        <tr key={keyOf(row)}>
          {columns.map(({ head, right, cell, title: hint }) => (
            <td key={head} title={hint?.(row)} className={right ? 'text-right' : undefined}>
              {cell(row)}
            </td>
          ))}
          {linked ? (
            <td>
              <OpenRow url={urlOf(row)} name={keyOf(row)} />
            </td>
          ) : null}
        </tr>
      ))}
    </Table>
  );
}

function OpenRow({ url, name }: { readonly url: string | null; readonly name: string }) {
  return url === null ? null : (
    <IconButton
      label={`Open ${name} in the browser`}
      className="size-7"
      onClick={() => void ask(bridge.app.openLink({ url })).catch(complain)}
    >
      <ExternalLink size={13} />
    </IconButton>
  );
}
