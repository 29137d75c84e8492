import { useRef, useState } from 'react';
import { useClients } from '../../lib/queries.ts';
import { ClientMark } from '../../ui/parts.tsx';
import { SearchField } from '../../ui/search-field.tsx';

/** Clients to tick, found by their name: as easy for two hundred as for five. `one` allows a single one. */
export function ClientChoice({
  label,
  value,
  one = false,
  fault,
  onChange,
}: {
  readonly label: string;
  readonly value: readonly string[];
  readonly one?: boolean;
  readonly fault?: string | null | undefined;
  readonly onChange: (clientIds: readonly string[]) => void;
}) {
  const clients = useClients().data ?? [];
  const [typed, setTyped] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const q = typed.trim().toLocaleLowerCase('en');
  const found = clients.filter(({ name }) => name.toLocaleLowerCase('en').includes(q));
  const toggle = (id: string, on: boolean) => {
    const others = one ? [] : value.filter(other => other !== id);
    onChange(on ? [...others, id] : others);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 font-medium">
        {label} <span className="font-normal text-meta">· {value.length} chosen</span>
      </legend>
      <SearchField
        label={`Search for ${label.toLocaleLowerCase('en')}`}
        placeholder={`Find one of ${clients.length} clients`}
        maxLength={120}
        value={typed}
        onType={setTyped}
        field={field}
      />
      <ul className="scroll flex max-h-40 flex-col rounded-md border border-line bg-panel p-1">
        {found.length === 0 ? (
          <li className="px-2 py-1.5 text-meta">
            {clients.length === 0 ? 'The agency has no clients yet.' : 'No client fits.'}
          </li>
        ) : null}
        {found.map(client => (
          <li key={client.id}>
            <label className="flex h-8 items-center gap-2.5 rounded-sm px-2 hover:bg-hover">
              <input
                type="checkbox"
                className="size-4 shrink-0 accent-(--accent)"
                checked={value.includes(client.id)}
                onChange={event => toggle(client.id, event.target.checked)}
              />
              <ClientMark client={client} size={20} />
              <bdi className="min-w-0 flex-1 truncate">{client.name}</bdi>
            </label>
          </li>
        ))}
      </ul>
      {fault ? (
        <span role="alert" className="text-danger">
          {fault}
        </span>
      ) : null}
    </fieldset>
  );
}
