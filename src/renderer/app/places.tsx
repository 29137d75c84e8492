import { Inbox, Plug } from 'lucide-react';
import type { ReactNode } from 'react';
import { keysOf } from '../lib/shortcuts.ts';

export type Place = 'inbox' | 'connections';
const PLACES: readonly { readonly place: Place; readonly label: string; readonly icon: ReactNode }[] = [
  { place: 'inbox', label: 'Inbox', icon: <Inbox size={16} aria-hidden /> },
  { place: 'connections', label: 'Connections', icon: <Plug size={16} aria-hidden /> },
];

type Props = {
  readonly current: Place;
  readonly onPick: (place: Place) => void;
  /** `column` has words where there is room for them; `bar` stands in the strip of a small window. */
  readonly form: 'column' | 'bar';
  readonly open: number | null;
};

/** The screens of the client that is shown. */
export function Places({ current, onPick, form, open }: Props) {
  const column = form === 'column';
  return (
    <nav
      aria-label="Screens"
      className={
        column ? 'flex w-12 shrink-0 flex-col gap-0.5 border-r border-line bg-panel p-1.5 xl:w-36' : 'flex gap-0.5'
      }
    >
      {PLACES.map(({ place, label, icon }) => (
        <button
          key={place}
          type="button"
          aria-label={place === 'inbox' && open ? `${label}, ${open} open` : label}
          aria-current={place === current ? 'page' : undefined}
          title={`${label} (${keysOf(place)})`}
          onClick={() => onPick(place)}
          className={`flex h-8 items-center gap-2 rounded-md text-meta hover:bg-hover hover:text-text aria-[current]:bg-picked aria-[current]:font-medium aria-[current]:text-text ${column ? 'justify-center xl:justify-start xl:px-2' : 'w-8 justify-center'}`}
        >
          {icon}
          {column ? <span className="hidden min-w-0 flex-1 truncate text-left text-work xl:block">{label}</span> : null}
          {column && place === 'inbox' && open ? (
            <span
              aria-hidden
              data-count={open}
              className="hidden text-meta text-meta before:content-[attr(data-count)] xl:block"
            />
          ) : null}
        </button>
      ))}
    </nav>
  );
}
