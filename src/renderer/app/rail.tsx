import { LayoutGrid } from 'lucide-react';
import type { ClientView } from '../../shared/ipc.ts';
import { ClientMark } from '../ui/parts.tsx';
import { keysOfOverlay, showOverlay } from './registry.ts';

const SHOWN = 12;

/** The clients in the order in which main lists them: pinned, then recent. The client on screen has a bar in its colour. */
export function Rail({
  clients,
  currentId,
  onPick,
}: {
  readonly clients: readonly ClientView[];
  readonly currentId: string | null;
  readonly onPick: (clientId: string) => void;
}) {
  return (
    <nav
      aria-label="Clients"
      className="flex w-14 shrink-0 flex-col items-center gap-1 border-r border-line bg-sunken py-2"
    >
      <ul className="scroll flex min-h-0 flex-1 flex-col items-center gap-1 [scrollbar-width:none]">
        {clients.slice(0, SHOWN).map(client => (
          <li key={client.id} data-hue={client.hue} className="relative">
            {client.id === currentId ? (
              <span aria-hidden className="absolute top-2 -left-[5px] h-6 w-[3px] rounded-full bg-hue" />
            ) : null}
            <button
              type="button"
              aria-current={client.id === currentId ? 'true' : undefined}
              aria-label={`${client.name}${client.unread > 0 ? `, ${client.unread} unread` : ''}${client.failed > 0 ? `, ${client.failed} failed` : ''}`}
              title={client.name}
              onClick={() => onPick(client.id)}
              className="relative grid size-10 place-items-center rounded-lg hover:bg-hover aria-[current]:bg-hover"
            >
              <ClientMark hue={client.hue} initials={client.initials} size={30} />
              {client.unread > 0 && !client.muted ? (
                <span
                  aria-hidden
                  data-count={client.unread > 99 ? '99+' : client.unread}
                  className="absolute -top-0.5 -right-0.5 grid h-4 min-w-4 place-items-center rounded-full border-2 border-sunken bg-text px-[3px] text-[10px] leading-none font-bold text-ground before:content-[attr(data-count)]"
                />
              ) : null}
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        aria-label={`All ${clients.length} clients`}
        title={`All clients (${keysOfOverlay('switcher')})`}
        onClick={() => showOverlay('switcher')}
        className="grid size-10 place-items-center rounded-lg text-meta hover:bg-hover hover:text-text"
      >
        <LayoutGrid size={18} />
      </button>
    </nav>
  );
}
