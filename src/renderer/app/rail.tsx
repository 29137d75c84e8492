import { LayoutGrid } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ClientView } from '../../shared/ipc.ts';
import { ask, bridge } from '../lib/bridge.ts';
import { hueStyle } from '../lib/client-colour.ts';
import { shownKeys } from '../lib/shortcuts.ts';
import { useShortcuts } from '../lib/use-shortcuts.ts';
import { Hinted } from '../ui/hint.tsx';
import { ClientMark } from '../ui/parts.tsx';
import { complain } from '../ui/toast.tsx';
import { movedTo, neighbourOf } from './rail-order.ts';
import { keysOfOverlay, showOverlay } from './registry.ts';
import { RAIL } from './shortcuts.ts';

const MOST_KEYS = 9;

/** The clients in the person's own order, which only dragging and the keys for it change. The client on screen has a bar in its colour. */
export function Rail({
  clients,
  currentId,
  onPick,
  agency,
}: {
  readonly clients: readonly ClientView[];
  readonly currentId: string | null;
  readonly onPick: (clientId: string) => void;
  /** Stands at the foot, apart from the clients. */
  readonly agency: ReactNode;
}) {
  const ids = clients.map(client => client.id);
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const current = useRef<HTMLLIElement>(null);

  const move = (id: string, to: number) => {
    const clientIds = [...movedTo(ids, id, to)];
    if (clientIds.join() !== ids.join()) void ask(bridge.clients.setOrder({ clientIds })).catch(complain);
  };
  const moveCurrent = (by: number) => currentId !== null && move(currentId, ids.indexOf(currentId) + by);
  const go = (by: number) => {
    const to = neighbourOf(ids, currentId, by);
    if (to !== null) onPick(to);
  };
  useShortcuts(RAIL, {
    previous: () => go(-1),
    next: () => go(1),
    up: () => moveCurrent(-1),
    down: () => moveCurrent(1),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another client, or another place of it, is scrolled into view
  useEffect(() => void current.current?.scrollIntoView({ block: 'nearest' }), [currentId, ids.join()]);

  return (
    <nav
      aria-label="Clients"
      className="flex w-14 shrink-0 flex-col items-center gap-1 border-r border-line bg-sunken py-2"
    >
      <ul className="scroll flex min-h-0 w-full flex-1 flex-col items-center gap-1 [scrollbar-width:none]">
        {clients.map((client, at) => (
          <li
            key={client.id}
            ref={client.id === currentId ? current : null}
            style={hueStyle(client)}
            className={`relative ${over === client.id && dragged !== client.id ? 'rounded-lg outline-2 outline-accent' : ''}`}
            draggable
            onDragStart={() => setDragged(client.id)}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDragOver={event => {
              event.preventDefault();
              setOver(client.id);
            }}
            onDrop={event => {
              event.preventDefault();
              if (dragged !== null) move(dragged, at);
            }}
          >
            {client.id === currentId ? (
              <span aria-hidden className="absolute top-2 -left-[7px] h-6 w-[4px] rounded-full bg-hue" />
            ) : null}
            <Hinted text={client.name} keys={at < MOST_KEYS ? shownKeys(`mod+${at + 1}`) : undefined}>
              <button
                type="button"
                aria-current={client.id === currentId ? 'true' : undefined}
                aria-keyshortcuts={at < MOST_KEYS ? `Control+${at + 1}` : undefined}
                aria-label={`${client.name}${client.unread > 0 ? `, ${client.unread} unread` : ''}${client.failed > 0 ? `, ${client.failed} failed` : ''}`}
                onClick={() => onPick(client.id)}
                className="relative grid size-10 place-items-center rounded-lg hover:bg-hover aria-[current]:bg-picked"
              >
                <ClientMark client={client} size={30} />
                {at < MOST_KEYS ? (
                  <span
                    aria-hidden
                    data-number={at + 1}
                    className="absolute bottom-0.5 -left-[3px] text-[10px] leading-none text-meta before:content-[attr(data-number)]"
                  />
                ) : null}
                {client.unread > 0 && !client.muted ? (
                  <span
                    aria-hidden
                    data-count={client.unread > 99 ? '99+' : client.unread}
                    className="absolute -top-0.5 -right-0.5 grid h-4 min-w-4 place-items-center rounded-full border-2 border-sunken bg-text px-[3px] text-[10px] leading-none font-bold text-ground before:content-[attr(data-count)]"
                  />
                ) : null}
              </button>
            </Hinted>
          </li>
        ))}
      </ul>
      <Hinted text="All clients" keys={keysOfOverlay('switcher')}>
        <button
          type="button"
          aria-label={`All ${clients.length} clients`}
          onClick={() => showOverlay('switcher')}
          className="grid size-10 place-items-center rounded-lg text-meta hover:bg-hover hover:text-text"
        >
          <LayoutGrid size={18} />
        </button>
      </Hinted>
      {agency}
    </nav>
  );
}
